#!/bin/sh
# Each offence is caught by its own rule, and a clean tree passes.
set -eu
rules=$(dirname "$0")/rules.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

plant() { # FILE CONTENT
  rm -rf "${folder:?}"/*
  mkdir -p "$folder/guard" "$folder/servers" "$folder/harness/cli" "$folder/scenarios" "$folder/docs"
  printf '%b\n' "$2" >"$folder/$1"
}
catches() { # REASON FILE CONTENT
  plant "$2" "$3"
  if said=$(sh "$rules" "$folder"); then
    echo "not caught: $3 in $2"
    exit 1
  fi
  case $said in *"$1"*) ;; *) echo "$3 in $2 was caught, but as: $said"; exit 1 ;; esac
}
accepts() { # FILE CONTENT
  plant "$1" "$2"
  sh "$rules" "$folder" || { echo "refused: $2 in $1"; exit 1; }
}

catches 'wait on an event' harness/a.cpp 'std::this_thread::sleep_for(1s);'
catches 'wait on an event' scenarios/a.cpp '  sleep(1);'
catches 'black-box' harness/a.h '#include "guard/guard.h"'
catches 'one way' harness/a.h '#include "scenarios/catalogue.h"'
catches 'stands alone' guard/a.h '#include "harness/input/bad_input.h"'
catches 'finish it' docs/a.md 'T''ODO: say more'
catches 'a tab' guard/a.cpp 'int\tvalue;'
catches '500 lines' servers/a.cpp "$(yes 'int x;' | head -n 501)"
catches 'a link' docs/a.md 'see [it](missing.md#part)'
accepts harness/cli/a.cpp '#include "scenarios/catalogue.h"'
accepts harness/a.cpp '"python3 -c time.sleep(9)"'
accepts docs/a.md 'see [it](a.md#part) and [that](https://example.org/x)'
