#!/bin/sh
# format.sh SOURCE_DIR: every C++ file is as clang-format 14 leaves it (other versions differ).
set -eu
cd "$1"
formatter=$(command -v clang-format-14) || { echo 'skipped: no clang-format-14'; exit 77; }
find guard servers harness scenarios \( -name '*.cpp' -o -name '*.h' \) \
  -exec "$formatter" --dry-run -Werror {} +
