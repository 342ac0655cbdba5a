#!/bin/sh
# patterns_test.sh PIDFALL BIN TEMPLATE: the template keeps the contract, whether a duplicate exits
# or stands by. BIN has the compiled ones.
set -eu
pidfall=$1 bin=$2 template=$3
cd "$(dirname "$0")"

need() { command -v "$1" >/dev/null || { echo "skipped: no $1"; exit 77; }; }

case $template in
  python) need python3 ;;
  node) need node; need flock ;;
  shell) need flock; need ss ;;
esac

# The system's program, where there is one: the first one in the PATH may be a script that searches
# the right version at every start, or lie in a home that the permission scenarios' users may not enter.
python() {
  [ ! -x /usr/bin/python3 ] || { echo /usr/bin/python3; return; }
  python3 -c 'import sys; print(sys.executable)'
}

check() { # ON_DUPLICATE OPTION...: the options are check's
  answer=$1
  shift
  set -- "$@" --
  case $template in
    c | cpp) set -- "$@" "$bin/pattern-$template" --host '{host}' ;;
    python) set -- "$@" "$(python)" "$PWD/serve.py" --host '{host}' ;;
    node) set -- "$@" "$(command -v node)" "$PWD/serve.js" --host '{host}' ;;
    shell) set -- "$@" sh "$PWD/serve.sh" ;;
  esac
  set -- "$@" --port '{port}' --pid-file '{pid_file}' --on-duplicate "$answer"
  if [ "$template" = shell ]; then
    set -- "$@" -- "$bin/zoo" --style port-only --pid-file '{dir}/none' --host '{host}' \
      --port '{port}'
  fi
  "$pidfall" check --duplicate-exit 0 "$@"
}

# Eighty starts of an interpreter take half a minute of a processor: only the compiled templates run
# the races.
case $template in
  c | cpp) check exit ;;
  *) check exit --except 'duplicate/eight-*' ;;
esac
check wait --policy launchd:keepalive --scenario 'restart-loop/*-by-hand-first' \
  --scenario 'stop/*' --scenario duplicate/second-start
