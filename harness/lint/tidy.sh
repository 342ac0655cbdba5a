#!/bin/sh
# tidy.sh SOURCE_DIR BUILD_DIR: clang-tidy over every unit that changed since it last passed.
# A unit's key is a hash of all of the project's files that ninja saw it include, so that nobody
# waits minutes for what was judged before. Tests go without the path-sensitive checks: on
# GoogleTest's macros these take two thirds of the time.
set -eu
cd "$1"
build=$2
tidy=$(command -v clang-tidy-14) || { echo 'skipped: no clang-tidy-14'; exit 77; }
passed=$build/lint
mkdir -p "$passed"

units() { # UNIT FILE... per line; ninja prints an object, then what it was made of, indented
  ninja -C "$build" -t deps | awk -v root="$PWD/" '
    /^[^ ]/ { if (line) print line; line = ""; next }
    index($0, root) && !index($0, root "build/") {
      sub(/^ +/, ""); line = line (line ? " " : "") substr($0, length(root) + 1) }
    END { if (line) print line }' | sort -u -k 1,1
}

changed() { # UNIT KEY per line
  units | while read -r unit files; do
    # shellcheck disable=SC2086
    key=$(cat "$unit" $files .clang-tidy harness/lint/tidy.sh | sha256sum | cut -c 1-32)
    [ "$(cat "$passed/$(echo "$unit" | tr / +)" 2>/dev/null)" = "$key" ] || echo "$unit $key"
  done
}

[ -n "$(units)" ] || { echo "nothing was built in $build"; exit 1; }
# shellcheck disable=SC2016
changed | xargs -r -n 2 -P "$(nproc)" sh -c '
  mark=$2/$(echo "$3" | tr / +)
  case $3 in *_test.cpp) cheaper=--checks=-clang-analyzer-* ;; *) cheaper= ;; esac
  if "$0" -p "$1" --quiet $cheaper "$3" >"$mark.log" 2>&1; then
    echo "$4" >"$mark"
  else
    cat "$mark.log"
    exit 1
  fi' "$tidy" "$build" "$passed"
