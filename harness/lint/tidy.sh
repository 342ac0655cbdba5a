#!/bin/sh
# tidy.sh SOURCE_DIR BUILD_DIR: clang-tidy over every unit that changed since it last passed.
# A unit's key is a hash of all of the project's files that ninja saw it include, so that nobody waits
# for what was judged before. Units of one folder are judged as one, since nearly all the time goes to
# the headers they share; where their private names collide, one by one.
set -eu
cd "$1"
build=$2
passed=$build/lint
together=8
tidy=$(command -v clang-tidy-14) || { echo 'skipped: no clang-tidy-14'; exit 77; }

mark_of() { echo "$passed/$(echo "$1" | tr / +)"; }
judge() {
  "$tidy" -p "$build" --config-file=.clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option "$@"
}

units() { # UNIT FILE... per line; ninja prints an object, then what it was made of, indented
  ninja -C "$build" -t deps | awk -v root="$PWD/" '
    /^[^ ]/ { if (line) print line; line = ""; next }
    index($0, root) && !index($0, root "build/") {
      sub(/^ +/, ""); line = line (line ? " " : "") substr($0, length(root) + 1) }
    END { if (line) print line }' | sort -u -k 1,1
}

changed() { # UNIT per line; its mark then holds the key that it has if it passes
  units | while read -r unit files; do
    # shellcheck disable=SC2086
    key=$(cat $files .clang-tidy harness/lint/tidy.sh | sha256sum)
    mark=$(mark_of "$unit")
    [ "$(cat "$mark" 2>/dev/null)" = "$key" ] && continue
    echo "$key" >"$mark.key"
    echo "$unit"
  done
}

# UNIT... per line, of one folder each, tests apart from the rest.
batches() {
  awk -v together="$together" '{
    group = $0; sub(/[^\/]*$/, "", group); group = group (/_test\.cpp$/ ? "test" : "")
    if (group != last || count == together) { if (count) print line; line = ""; count = 0; last = group }
    line = line (count++ ? " " : "") $0 }
    END { if (count) print line }'
}

judge_batch() { # UNIT...
  whole=$passed/batch.$$.cpp
  status=0
  trap 'rm -f "$whole" "$passed/$$.log"' EXIT
  printf '#include "%s"\n' "$@" >"$whole"
  if [ $# -gt 1 ] && judge '--checks=-*,google-explicit-constructor' "$whole" >/dev/null 2>&1; then
    judge_one "$whole" --checks=-bugprone-suspicious-include || status=1
  else
    for unit; do judge_one "$unit" || status=1; done
  fi
  [ "$status" = 0 ] || return 1
  for unit; do mv "$(mark_of "$unit").key" "$(mark_of "$unit")"; done
}

judge_one() { # FILE [OPTION]
  judge "$@" >"$passed/$$.log" 2>&1 || { cat "$passed/$$.log"; return 1; }
}

if [ $# -gt 2 ]; then
  shift 2
  judge_batch "$@"
  exit
fi
mkdir -p "$passed"
[ -n "$(units)" ] || { echo "nothing was built in $build"; exit 1; }
changed | sort | batches | xargs -r -P "$(nproc)" -L 1 sh "$0" "$PWD" "$build"
