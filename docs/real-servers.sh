#!/bin/sh
# real-servers.sh [NAME...]: makes docs/real-servers.md, the results of `pidfall check` on Debian's
# servers.
#
#   sudo docs/real-servers.sh            # installs what is missing, checks all, makes the page
#   sudo docs/real-servers.sh cron atd   # checks these anew, and makes the page of all results
#   sudo docs/real-servers.sh --check cron # one step of it only; or --hand, --page
#   PIDFALL=build/release/bin/pidfall RESULTS=/var/tmp/results sudo -E docs/real-servers.sh
#
# Run by root, like init's services: they drop their privileges themselves. No service of the machine is
# started, stopped or configured: every check runs in pidfall's sandbox, and every check by hand in
# namespaces made by util-linux. real-servers-root.sh runs it in a Debian of its own. Takes two hours.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
RESULTS=${RESULTS:-/var/tmp/pidfall-real-results} # what was printed, as it came

packages='nginx-light redis-server memcached lighttpd haproxy dnsmasq-base cron at mosquitto unbound
apache2 gunicorn openssh-server supervisor dbus-daemon squid rsyslog bind9 uwsgi-core
uwsgi-plugin-python3 postgresql-15 postgresql stunnel4 puma ruby-rack ruby-webrick python3-twisted
xinetd rsync vsftpd tinyproxy dropbear-bin mini-httpd unicorn monit nodejs lsof
dpkg util-linux iproute2 procps python3 strace'

# shellcheck source=docs/real-servers-programs.sh
. "$here/real-servers-programs.sh"
# shellcheck source=docs/real-servers-by-hand.sh
. "$here/real-servers-by-hand.sh"

# --- what is checked

# invoke-rc.d asks this file before it starts a service: 101 says no.
install_all() {
  # shellcheck disable=SC2086
  dpkg-query -W $packages >/dev/null 2>&1 && return
  policy=/usr/sbin/policy-rc.d
  ours=
  [ -e $policy ] || {
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    ours=$policy
  }
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $packages >&2
  [ -z "$ours" ] || rm -f "$ours"
}

# check NAME FORM COMMAND: its results. Without a policy no restart-loop scenario is judged.
check() {
  out=$RESULTS/$1.$2
  echo "$1 $2" >&2
  cut -d' ' -f1 /proc/loadavg >>"$RESULTS/load"
  # shellcheck disable=SC2086
  (cd / && eval "$PIDFALL check -v --except 'restart-loop/*' --json $out.json -- $3") \
    >"$out.txt" 2>"$out.err" </dev/null || [ $? -lt 126 ]
}

# --- by hand: each breach once more, without pidfall, by the snippets of real-servers-by-hand.sh

# hand NAME FORM PORT FILE COMMAND RECIPE ARGUMENT: keeps its output, and whether the breach shows.
hand() {
  out=$RESULTS/hand/$1.$2.$6${7:+.$7}
  echo "by hand: $1 $2 $6 $7" >&2
  snippet="$(prelude)
$(hinder "$7")
$(recipe "$6")"
  status=0
  NAME=$1 PORT=$3 FILE=$4 START=$5 CONTENT=$(content "$7") SIGNAL=${7:-TERM} LC_ALL=C \
    timeout 400 unshare --fork --pid --net --mount --mount-proc --kill-child sh -c "$snippet" \
    >"$out" 2>&1 </dev/null || status=$?
  echo $status >"$out.status"
}

breaches() { # of a JSON file: "SCENARIO SUMMARY" each
  python3 -c '
import json, sys
for result in json.load(open(sys.argv[1]))["results"]:
    if result["verdict"] == "fail" and result["severity"] == "breach":
        print(result["scenario"], result["summary"].replace("\n", " "))' "$1"
}

# The plain form of a recipe comes first. Where it shows nothing, the scenario's own form follows.
own_form() { # OUTPUT RECIPE
  case $2 in late | second | record | statuses | killed | old-exit) ;; *) return ;; esac
  [ -e "$1.$2.status" ] && [ "$(cat "$1.$2.status")" != 0 ]
}

by_hand() { # NAME FORM PORT FILE COMMAND
  mkdir -p "$RESULTS/hand"
  : >"$RESULTS/$1.$2.hand"
  breaches "$RESULTS/$1.$2.json" | {
    while read -r scenario summary; do
      recipe=$(recipe_of "$scenario $summary")
      argument=
      ! own_form "$RESULTS/hand/$1.$2" "$recipe" || argument=$(argument_of "$recipe" "$scenario")
      kept=$recipe${argument:+.$argument}
      echo "$scenario $kept" >>"$RESULTS/$1.$2.hand"
      kept=$RESULTS/hand/$1.$2.$kept.sh
      if [ "$recipe" = none ] || [ -e "$kept" ]; then continue; fi
      printf '%s\n%s\n' "$(hinder "$argument")" "$(recipe "$recipe")" | sed '/^$/d' >"$kept"
      hand "$@" "$recipe" "$argument" & # most of them wait most of the time
      count=$((${count:-0} + 1))
      [ $((count % 6)) != 0 ] || wait
    done
    wait
  }
}

# Breaches that the hand did not show, and scenarios that check could not judge, are judged once more,
# alone: a busy machine may have caused them. The second verdict counts.
check_again() { # NAME FORM COMMAND
  out=$RESULTS/$1.$2
  suspects=$(python3 -c '
import json, os, sys
form, folder = sys.argv[1:3]
hands = dict(line.split() for line in open(f"{folder}/{form}.hand"))
for result in json.load(open(f"{folder}/{form}.json"))["results"]:
    scenario = result["scenario"]
    name = f"{folder}/hand/{form}.{hands.get(scenario)}.status"
    shown = os.path.exists(name) and open(name).read().strip() == "0"
    breach = result["verdict"] == "fail" and result["severity"] == "breach"
    if result["verdict"] == "broken" or breach and not shown:
        print("--scenario", scenario)' "$1.$2" "$RESULTS" | tr '\n' ' ')
  [ "$suspects" ] || return 0
  echo "again: $1 $2 $suspects" >&2
  (cd / && eval "$PIDFALL check -v --jobs 1 $suspects --json $out.again.json -- $3") \
    >"$out.again.txt" 2>"$out.err" </dev/null || [ $? -lt 126 ]
  python3 -c '
import json, sys
first, second = (json.load(open(name)) for name in sys.argv[1:3])
anew = {result["scenario"]: result for result in second["results"]}
first["results"] = [anew.get(result["scenario"], result) for result in first["results"]]
json.dump(first, open(sys.argv[1], "w"))' "$out.json" "$out.again.json"
}

# --- the page

head_of_page() {
  cat <<END
# What pidfall says of Debian's servers

<!-- made by docs/real-servers.sh: change that, not this -->

\`pidfall check\` was run on {programs} programs of Debian, {runs} command lines, each exactly as below
and with no other configuration of pidfall's. Then **each breach was tried again with plain shell
commands**, without pidfall. A breach is claimed here only where those commands show it; the commands
and their output are [below](#by-hand). What they did not show counts as not judged.
A program with none broken and many \`?\` had its checks by hand cut short: nothing is said of it.

A breach is one of the contract's promises ([guard/CONTRACT.md](../guard/CONTRACT.md)) that the
program does not keep. Most of these programs never promised it: their unit or init script keeps the
second copy out. The page shows what happens without that, not that the program is bad.

Made on $(date +%Y-%m-%d) on Debian $(cat /etc/debian_version), kernel $(uname -r | cut -d- -f1), by root, load {load} on $(nproc)
processors, with

    pidfall check --except 'restart-loop/*' -- COMMAND

fg means in the foreground, bg in the background. Each configuration file that a command names is in
[real-servers-programs.sh](real-servers-programs.sh). Many scenarios of a program may have one cause: for example, its
second start is in each of them.

END
}

table_head() {
  cat <<'END'

## The table

Two marks per program, fg then bg. **B** a breach, confirmed by hand (one check by hand stands for
all rows with the same cause); w a weakness, harmless by itself; · kept; - does not apply (no port or
no pid file, for example); s skipped; ? not judged. `pidfall check --list` explains each scenario.

END
}

hand_head() {
  cat <<'END'

## By hand

As root, in a shell with its own pids, network and mounts, so that the machine's services are
untouched:

    unshare --fork --pid --net --mount --mount-proc --kill-child sh

In it, once per check, the values of the program's row in the first table (here for nginx fg), then
this:

    NAME=nginx PORT=80 FILE=/run/nginx.pid START="nginx -g 'daemon off;'"

END
}

tail_of_page() {
  cat <<'END'

## Making this page anew

    sudo PIDFALL=build/release/bin/pidfall docs/real-servers.sh          # all
    sudo PIDFALL=build/release/bin/pidfall docs/real-servers.sh cron atd # these anew

It installs what is missing, starts no service of the machine, and keeps the output in
/var/tmp/pidfall-real-results. [real-servers-root.sh](real-servers-root.sh) runs it in a Debian of its
own, so that nothing is installed on the machine; this page was made so. Put no other load on the machine
meanwhile: `check` does not count the time that others had the processor, but the commands by hand do.
END
}

page() {
  for part in commands prelude table_head hand_head; do $part >"$RESULTS/$(echo $part | tr _ -)"; done
  head_of_page >"$RESULTS/head"
  tail_of_page >"$RESULTS/tail"
  packages_of >"$RESULTS/packages"
  # shellcheck disable=SC2086
  dpkg-query -W $packages >"$RESULTS/versions"
  printf 'http-server\t14.1.1, of npm\n' >>"$RESULTS/versions"
  python3 "$here/real-servers-page.py" "$RESULTS" >"$RESULTS/page"
  cp "$RESULTS/page" "$here/real-servers.md"
}

main() {
  step=all
  case ${1:-} in --check | --hand | --page) step=${1#--} && shift ;; esac
  mkdir -p "$RESULTS"
  install_all
  configure
  commands | while IFS='|' read -r name form port file command; do
    case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
    case $step in all | check) check "$name" "$form" "$command" ;; esac
    [ -s "$RESULTS/$name.$form.json" ] || continue
    case $step in
      all | hand)
        rm -f "$RESULTS/hand/$name.$form."*
        by_hand "$name" "$form" "$port" "$file" "$command" </dev/null
        [ "${AGAIN:-yes}" = no ] || check_again "$name" "$form" "$command"
        by_hand "$name" "$form" "$port" "$file" "$command" </dev/null
        ;;
    esac
  done
  case $step in all | page) page ;; esac
  [ "$step" != all ] || rm -rf $T
}

main "$@"
