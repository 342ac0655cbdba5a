#!/bin/sh
# tidy.sh SOURCE_DIR BUILD_DIR [UNIT...]: clang-tidy over every unit that changed since it last passed.
# A unit is one compilation of the build: with CMAKE_UNITY_BUILD several files at once, which takes a third
# of the time, since the shared headers take nearly all of it. Its key is a hash of all of the project's
# files that it includes, as ninja knows them, so that an unchanged unit is not judged again.
set -eu
cd "$1"
build=$2
passed=$build/lint
tidy=$(command -v clang-tidy-14) || { echo 'skipped: no clang-tidy-14'; exit 77; }

mark_of() { echo "$passed/$(echo "${1#"$build"/}" | tr / +)"; }

# UNIT FILE... per line; ninja prints an object, then its inputs, indented, the unit first.
units() {
  ninja -C "$build" -t deps | awk -v root="$PWD/" -v generated="$build/" '
    function tell() { if (files) print unit files; unit = files = "" }
    /^[^ ]/ { tell(); next }
    { sub(/^ +/, "") }
    !unit { unit = $0 }
    index($0, root) && !index($0, generated) { files = files " " $0 }
    END { tell() }' | sort -u
}

changed() { # UNIT per line; the key that the unit has if it passes lies beside its mark
  units | while read -r unit files; do
    # shellcheck disable=SC2086
    key=$(cat $files .clang-tidy harness/lint/tidy.sh | sha256sum)
    mark=$(mark_of "$unit")
    [ "$(cat "$mark" 2>/dev/null)" = "$key" ] && continue
    echo "$key" >"$mark.key"
    echo "$unit"
  done
}

# In a unity build a .cpp file includes other .cpp files.
judge() { # UNIT
  said=$("$tidy" -p "$build" --config-file=.clang-tidy --quiet --checks=-bugprone-suspicious-include \
    --extra-arg=-Wno-unknown-warning-option "$1" 2>&1) || { printf '%s\n' "$said"; return 1; }
  mv "$(mark_of "$1").key" "$(mark_of "$1")"
}

if [ $# -gt 2 ]; then
  judge "$3"
  exit
fi
mkdir -p "$passed"
[ -n "$(units)" ] || { echo "nothing was built in $build"; exit 1; }
changed | xargs -r -P "$(nproc)" -n 1 sh "$0" "$PWD" "$build"
