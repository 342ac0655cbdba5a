#!/bin/sh
# real-orders.sh [NAME...]: makes docs/real-orders.md, the results of `pidfall explore schedules` on
# Debian's servers in the foreground.
#
#   sudo docs/real-orders.sh           # all; the packages are those of real-servers.sh
#   sudo docs/real-orders.sh cron atd  # these anew, and the page of all results
#   sudo docs/real-orders.sh --replay atd # one step of it only; or --explore, --page
#
# As with real-servers.sh no service of the machine is started, stopped or configured, and
# real-servers-root.sh runs it in a Debian of its own. Takes an hour.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
RESULTS=${RESULTS:-/var/tmp/pidfall-real-orders} # what was printed, as it came

# shellcheck source=docs/real-servers-programs.sh
. "$here/real-servers-programs.sh"

explore() { # NAME COMMAND
  echo "$1" >&2
  (cd / && eval "$PIDFALL explore schedules --json $RESULTS/$1.json -- $2") \
    >"$RESULTS/$1.txt" 2>"$RESULTS/$1.err" </dev/null || [ $? -lt 126 ]
}

breaches() { # of a JSON file: "STATE:SCHEDULE" each
  python3 -c '
import json, re, sys
for result in json.load(open(sys.argv[1]))["results"]:
    if result["verdict"] == "fail":
        print(re.search(r"--replay (\S+) ", result["reproduce"]).group(1))' "$1"
}

# A breach counts where --replay shows it again: a busy machine may have caused it.
replay() { # NAME COMMAND
  : >"$RESULTS/$1.replays"
  for schedule in $(breaches "$RESULTS/$1.json"); do
    echo "again: $1 $schedule" >&2
    status=0
    (cd / && eval "$PIDFALL explore schedules --replay $schedule -- $2") \
      >"$RESULTS/$1.${schedule%%:*}.replay" 2>&1 </dev/null || status=$?
    echo "${schedule%%:*} $status" >>"$RESULTS/$1.replays"
  done
}

step=all
case ${1:-} in --explore | --replay | --page) step=${1#--} && shift ;; esac
mkdir -p "$RESULTS"
configure
commands | while IFS='|' read -r name form _ _ command; do
  [ "$form" = fg ] || continue
  case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
  case $step in all | explore) explore "$name" "$command" ;; esac
  case $step in all | replay) [ ! -e "$RESULTS/$name.json" ] || replay "$name" "$command" ;; esac
done
case $step in
  all | page)
    python3 "$here/real-orders-page.py" "$RESULTS" >"$RESULTS/page"
    cp "$RESULTS/page" "$here/real-orders.md"
    ;;
esac
