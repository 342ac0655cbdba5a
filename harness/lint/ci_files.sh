#!/bin/sh
# ci_files.sh SOURCE_DIR BUILD_DIR: action.yml, and the job for GitHub that docs/ci.md shows as `check --write-ci`
# prints it, are as GitHub's schemas want them. The validator brings them with it.
set -eu
validator=$2/ci-files/node_modules/.bin/action-validator
[ -x "$validator" ] || { echo 'skipped: no validator (./pidfall test --with-browser installs it)'; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/.github/workflows"
awk '/^```/ { inside = 0 } inside { print } /^```yaml$/ && !seen++ { inside = 1 }' "$1/docs/ci.md" \
  >"$folder/.github/workflows/pidfall.yml"
cp "$1/action.yml" "$folder"
cd "$folder"
"$validator" .github/workflows/pidfall.yml
"$validator" action.yml
