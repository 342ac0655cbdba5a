#!/bin/sh
# shell.sh SOURCE_DIR: the shell scripts are POSIX and shellcheck finds nothing.
set -eu
cd "$1"
command -v shellcheck >/dev/null || { echo 'skipped: no shellcheck'; exit 77; }
find guard servers harness scenarios docs -name '*.sh' -exec shellcheck pidfall .ci/run {} +
