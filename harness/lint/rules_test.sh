#!/bin/sh
# Each offence is caught by its own rule, and a clean tree passes.
set -eu
rules=$(dirname "$0")/rules.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

plant() { # FILE CONTENT
  rm -rf "${folder:?}"/*
  mkdir -p "$folder/guard" "$folder/servers" "$folder/harness" "$folder/scenarios" "$folder/docs" \
    "$folder/$(dirname "$1")"
  printf '%b\n' "$2" >"$folder/$1"
}
catches() { # REASON FILE CONTENT [COPY]
  plant "$2" "$3"
  [ -z "${4:-}" ] || cp "$folder/$2" "$folder/$4"
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
for place in 'harness/run/a.h guard/guard.h' 'scenarios/a_test.cpp guard/guard.h' \
  'scenarios/a.cpp servers/zoo/b.h' 'harness/run/a.h scenarios/catalogue.h' \
  'guard/a.h harness/input/bad_input.h' 'servers/a.cpp harness/kernel/http.h' \
  'servers/zoo/a.cpp guard/guard.h' 'servers/stand_in/a.cpp guard/guard.h' \
  'servers/stand_in/a.cpp servers/options.h' 'harness/kernel/a.cpp harness/run/result.h' \
  'scenarios/a.h harness/cli/options.h' 'harness/magic/a.cpp harness/process/fd.h' \
  'harness/cli/a.cpp harness/magic/b.h'; do
  catches 'points up' "${place% *}" "// A.\n#include \"${place#* }\""
done
wide=$(printf '%098d' 0 | tr 0 x)
catches 'over 100 columns' harness/a.cpp "// x$wide"
catches 'over 100 columns' harness/a.cpp "int a;  // x$wide"
catches 'finish it' docs/a.md 'T''ODO: say more'
catches 'a tab' guard/a.cpp 'int\tvalue;'
for place in servers/a.cpp docs/a.sh harness/a.py harness/report/a.js; do
  catches '400 lines' "$place" "$(yes '# x' | head -n 401)"
done
catches '30 public methods' guard/a.h "// A.\nclass A {\n public:\n$(yes '  void F(int);' | head -n 31)\n};"
catches 'begins with a comment' harness/a.h '#pragma once'
for type in 'struct A {' 'class A : public B {' 'enum class A : char {' 'class A final : B {'; do
  catches 'two types' harness/a.h "// A.\n$type};" scenarios/b.h
done
for place in harness/a.h scenarios/a.cpp; do
  catches 'the name of the thing' "$place" '// What the filter allows.'
  catches 'the name of the thing' "$place" '// Of the filter: its calls.'
done
catches 'the name of the thing' guard/a_c.h '/* What the filter allows. */'
catches 'say "fix"' docs/a.md 'It m''ends itself.'
catches 'say "fix"' guard/a.c '// M''ended'
catches 'name the subject' docs/a.md 'Who''ever reads it'
catches 'name the subject' guard/a.c '// Many ''a server'
catches 'name the subject' harness/a.cpp '// many ''an owner'
catches 'a link' docs/a.md 'see [it](missing.md#part)'
for place in 'harness/cli/a.cpp scenarios/catalogue.h' 'scenarios/a.cpp harness/report/json.h' \
  'harness/stage/a.cpp harness/observe/census.h' 'harness/process/a_test.cpp harness/stage/stage.h' \
  'servers/strategies/a.cpp guard/guard.h' 'servers/a.cpp servers/strategies/strategy.h'; do
  accepts "${place% *}" "#include \"${place#* }\""
done
accepts guard/a.h "// A.\nclass A {\n public:\n$(yes '  void F(int);' | head -n 30)\n private:\n  int G();\n};"
accepts docs/a.md 'We recommend to amend it. Many answers; however many.'
accepts harness/a.h '// The filter.\n// What it refuses is logged. Of course.'
accepts harness/a.cpp '"python3 -c time.sleep(9)"'
accepts harness/a.cpp "// ü${wide#xx}"
accepts harness/a.cpp "// https://example.org/$wide"
accepts docs/a.md 'see [it](a.md#part) and [that](https://example.org/x)'
