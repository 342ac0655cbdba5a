#!/bin/sh
# tidy.sh SOURCE_DIR BUILD_DIR: clang-tidy over every unit that changed since it last passed.
# A unit's key is a hash of all of the project's files that ninja saw it include, so that nobody waits
# for what was judged before. Units of one target are judged as one, since nearly all the time goes to
# the headers they share.
set -eu
cd "$1"
build=$2
passed=$build/lint
together=12
tidy=$(command -v clang-tidy-14) || { echo 'skipped: no clang-tidy-14'; exit 77; }

mark_of() { echo "$passed/$(echo "$1" | tr / +)"; }

# TARGET UNIT FILE... per line; ninja prints an object, then what it was made of, indented
units() {
  ninja -C "$build" -t deps | awk -v root="$PWD/" '
    /^[^ ]/ { if (line) print target line; line = ""; target = $1; sub(/\.dir\/.*/, "", target); next }
    index($0, root) && !index($0, root "build/") {
      sub(/^ +/, ""); line = line " " substr($0, length(root) + 1) }
    END { if (line) print target line }' | sort -u -k 2,2
}

changed() { # TARGET UNIT per line; the key that the unit has if it passes lies beside its mark
  units | while read -r target unit files; do
    # shellcheck disable=SC2086
    key=$(cat "$unit" $files .clang-tidy harness/lint/tidy.sh | sha256sum)
    mark=$(mark_of "$unit")
    [ "$(cat "$mark" 2>/dev/null)" = "$key" ] && continue
    echo "$key" >"$mark.key"
    echo "$target $unit"
  done
}

batches() { # UNIT... per line, of one target each
  sort | awk -v together="$together" '{
    if ($1 != last || count == together) { if (count) print line; line = ""; count = 0; last = $1 }
    line = line (count++ ? " " : "") $2 }
    END { if (count) print line }'
}

judge() { # DATABASE_DIR FILE [OPTION]
  "$tidy" -p "$1" --config-file=.clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option \
    "$2" ${3:+"$3"} >"$work/log" 2>&1
}

# The compile commands with one file in the place of another.
stand_for() { # UNIT
  grep -F -B 2 "\"file\": \"$PWD/$1\"" "$build/compile_commands.json" | head -n 3 |
    sed -e "s|$PWD/$1|$work/all.cpp|g" -e '1s/^/[{/' -e '3s/,$//' -e '$s/$/}]/' \
      >"$work/compile_commands.json"
}

# All units as one, where what they all call alike is told apart by a number.
include_all() { # NAMES UNIT...
  names=$1 number=0
  shift
  for unit; do
    number=$((number + 1))
    for name in $names; do echo "#define $name $name$number"; done
    echo "#include \"$unit\""
    for name in $names; do echo "#undef $name"; done
  done
}

joined() { # UNIT...: whether they compile as one
  stand_for "$1"
  shared=
  for _ in 1 2 3 4; do
    include_all "$shared" "$@" >"$work/all.cpp"
    judge "$work" "$work/all.cpp" '--checks=-*,google-explicit-constructor' && return
    more=$(sed -n "s/.*error: redefinition of '\([A-Za-z_]*\)'.*/\1/p" "$work/log" | sort -u)
    [ -n "$more" ] || return
    shared="$shared $more"
  done
  return 1
}

judge_batch() { # UNIT...
  work=$(mktemp -d "$passed/batch.XXXXXX")
  status=0
  trap 'rm -rf "$work"' EXIT
  if [ $# -gt 1 ] && joined "$@"; then
    judge "$work" "$work/all.cpp" --checks=-bugprone-suspicious-include || { status=1; cat "$work/log"; }
  else
    for unit; do judge "$build" "$unit" || { status=1; cat "$work/log"; }; done
  fi
  [ "$status" = 0 ] || return 1
  for unit; do mv "$(mark_of "$unit").key" "$(mark_of "$unit")"; done
}

if [ $# -gt 2 ]; then
  shift 2
  judge_batch "$@"
  exit
fi
mkdir -p "$passed"
[ -n "$(units)" ] || { echo "nothing was built in $build"; exit 1; }
changed | batches | xargs -r -P "$(nproc)" -L 1 sh "$0" "$PWD" "$build"
