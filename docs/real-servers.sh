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
# namespaces made by util-linux. Takes about an hour.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin # Debian's programs, whatever else the machine has

here=$(cd "$(dirname "$0")" && pwd)
PIDFALL=$(realpath "${PIDFALL:-$here/../build/release/bin/pidfall}")
RESULTS=${RESULTS:-/var/tmp/pidfall-real-results} # what was printed, as it came
T=/tmp/pidfall-real                               # on the page: its commands can be copied

packages='nginx-light redis-server memcached lighttpd haproxy dnsmasq-base cron at mosquitto unbound
apache2 gunicorn openssh-server supervisor dbus-daemon squid rsyslog bind9 uwsgi-core
uwsgi-plugin-python3 postgresql-15 postgresql iproute2 procps python3 strace'

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

# file PATH [OWNER]: from standard input. Each pid file gets a folder of its own, as under /run.
file() {
  mkdir -p "$(dirname "$T/$1")" "$T/$(dirname "$1")/run"
  cat >"$T/$1"
  [ $# -lt 2 ] || chown "$2" "$T/$(dirname "$1")" "$T/$(dirname "$1")/run"
}

configure() {
  [ ! -e $T/configured ] || return 0 # by another step
  mkdir -p $T/redis/run /run/sshd # Debian's unit makes the last one
  file haproxy/haproxy.cfg <<END
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend web
  bind 127.0.0.1:8080
  http-request return status 200
END
  file mosquitto/mosquitto.conf mosquitto <<END
listener 1883 127.0.0.1
allow_anonymous true
pid_file $T/mosquitto/run/mosquitto.pid
END
  file unbound/unbound.conf <<END
server:
  interface: 127.0.0.1
  port: 5353
  chroot: ""
  directory: "$T/unbound"
  pidfile: "$T/unbound/run/unbound.pid"
  use-syslog: no
remote-control:
  control-enable: no
END
  app='def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]'
  printf '%s\n' "$app" | file gunicorn/app.py
  printf '%s\n' "$app" | file uwsgi/app.py
  file supervisord/supervisord.conf <<END
[supervisord]
pidfile=$T/supervisord/run/supervisord.pid
logfile=$T/supervisord/supervisord.log
[unix_http_server]
file=$T/supervisord/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
END
  file dbus/bus.conf <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=$T/dbus/socket</listen>
  <pidfile>$T/dbus/run/dbus.pid</pidfile>
  <policy context="default"><allow send_destination="*"/><allow own="*"/></policy>
</busconfig>
END
  file squid/squid.conf proxy <<END
http_port 127.0.0.1:3128
pid_filename $T/squid/run/squid.pid
access_log none
cache_log $T/squid/cache.log
coredump_dir $T/squid
http_access allow localhost
pinger_enable off
shutdown_lifetime 0 seconds
END
  file rsyslogd/rsyslog.conf <<END
module(load="imtcp")
input(type="imtcp" port="1514" address="127.0.0.1")
*.* $T/rsyslogd/log
END
  file named/named.conf bind <<END
options {
  directory "$T/named";
  pid-file "$T/named/run/named.pid";
  listen-on port 5353 { 127.0.0.1; };
  listen-on-v6 { none; };
  dnssec-validation no;
  recursion no;
};
controls { };
END
  [ -d $T/postgresql ] || {
    install -d -o postgres $T/postgresql
    setpriv --reuid postgres --regid postgres --init-groups \
      /usr/lib/postgresql/15/bin/initdb -A trust -D $T/postgresql/data >/dev/null
  }
  touch $T/configured
}

# NAME|FORM|PORT|PID FILE|COMMAND. The port and the file are for the checks by hand; pidfall finds
# them by itself.
commands() {
  uwsgi="uwsgi --plugin python3 --chdir $T/uwsgi --wsgi app:app --http-socket 127.0.0.1:9090"
  uwsgi="$uwsgi --master --pidfile $T/uwsgi/run/uwsgi.pid"
  gunicorn="gunicorn --chdir $T/gunicorn -b 127.0.0.1:8000 -p $T/gunicorn/run/gunicorn.pid"
  postgres='setpriv --reuid postgres --regid postgres --init-groups /usr/lib/postgresql/15/bin'
  cat <<END
nginx|fg|80|/run/nginx.pid|nginx -g 'daemon off;'
nginx|bg|80|/run/nginx.pid|nginx
redis|fg|6379|$T/redis/run/redis.pid|redis-server --port 6379 --pidfile $T/redis/run/redis.pid
redis|bg|6379|$T/redis/run/redis.pid|redis-server --port 6379 --pidfile $T/redis/run/redis.pid --daemonize yes
memcached|fg|11211|/run/memcached/memcached.pid|memcached -u memcache -P /run/memcached/memcached.pid
memcached|bg|11211|/run/memcached/memcached.pid|memcached -d -u memcache -P /run/memcached/memcached.pid
lighttpd|fg|80|/run/lighttpd.pid|lighttpd -D -f /etc/lighttpd/lighttpd.conf
lighttpd|bg|80|/run/lighttpd.pid|lighttpd -f /etc/lighttpd/lighttpd.conf
haproxy|fg|8080|$T/haproxy/run/haproxy.pid|haproxy -W -f $T/haproxy/haproxy.cfg -p $T/haproxy/run/haproxy.pid
haproxy|bg|8080|$T/haproxy/run/haproxy.pid|haproxy -D -f $T/haproxy/haproxy.cfg -p $T/haproxy/run/haproxy.pid
dnsmasq|fg|5353|/run/dnsmasq/dnsmasq.pid|dnsmasq -k -C /dev/null -p 5353 -x /run/dnsmasq/dnsmasq.pid
dnsmasq|bg|5353|/run/dnsmasq/dnsmasq.pid|dnsmasq -C /dev/null -p 5353 -x /run/dnsmasq/dnsmasq.pid
cron|fg||/run/crond.pid|cron -f
cron|bg||/run/crond.pid|cron
atd|fg||/run/atd.pid|atd -f
atd|bg||/run/atd.pid|atd
mosquitto|fg|1883|$T/mosquitto/run/mosquitto.pid|mosquitto -c $T/mosquitto/mosquitto.conf
mosquitto|bg|1883|$T/mosquitto/run/mosquitto.pid|mosquitto -d -c $T/mosquitto/mosquitto.conf
unbound|fg|5353|$T/unbound/run/unbound.pid|unbound -d -c $T/unbound/unbound.conf
unbound|bg|5353|$T/unbound/run/unbound.pid|unbound -c $T/unbound/unbound.conf
apache2|fg|80|/run/apache2/apache2.pid|apachectl -D FOREGROUND
apache2|bg|80|/run/apache2/apache2.pid|apachectl start
gunicorn|fg|8000|$T/gunicorn/run/gunicorn.pid|$gunicorn app:app
gunicorn|bg|8000|$T/gunicorn/run/gunicorn.pid|$gunicorn --daemon app:app
sshd|fg|22|/run/sshd.pid|/usr/sbin/sshd -D
sshd|bg|22|/run/sshd.pid|/usr/sbin/sshd
supervisord|fg||$T/supervisord/run/supervisord.pid|supervisord -n -c $T/supervisord/supervisord.conf
supervisord|bg||$T/supervisord/run/supervisord.pid|supervisord -c $T/supervisord/supervisord.conf
dbus-daemon|fg||$T/dbus/run/dbus.pid|dbus-daemon --config-file=$T/dbus/bus.conf --nofork
dbus-daemon|bg||$T/dbus/run/dbus.pid|dbus-daemon --config-file=$T/dbus/bus.conf --fork
squid|fg|3128|$T/squid/run/squid.pid|squid --foreground -f $T/squid/squid.conf
squid|bg|3128|$T/squid/run/squid.pid|squid -f $T/squid/squid.conf
rsyslogd|fg|1514|$T/rsyslogd/run/rsyslogd.pid|rsyslogd -n -f $T/rsyslogd/rsyslog.conf -i $T/rsyslogd/run/rsyslogd.pid
rsyslogd|bg|1514|$T/rsyslogd/run/rsyslogd.pid|rsyslogd -f $T/rsyslogd/rsyslog.conf -i $T/rsyslogd/run/rsyslogd.pid
named|fg|5353|$T/named/run/named.pid|named -f -u bind -c $T/named/named.conf
named|bg|5353|$T/named/run/named.pid|named -u bind -c $T/named/named.conf
uwsgi|fg|9090|$T/uwsgi/run/uwsgi.pid|$uwsgi
uwsgi|bg|9090|$T/uwsgi/run/uwsgi.pid|$uwsgi --daemonize $T/uwsgi/uwsgi.log
postgresql|fg|5432|$T/postgresql/data/postmaster.pid|$postgres/postgres -D $T/postgresql/data -k $T/postgresql
postgresql|bg|5432|$T/postgresql/data/postmaster.pid|$postgres/pg_ctl -w -D $T/postgresql/data -o '-k $T/postgresql' start
END
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

# --- by hand: each breach once more, without pidfall. The page prints these snippets.

# Run before each of them. START, PORT and FILE are the program's, NAME is its name for pgrep.
prelude() {
  cat <<'END'
ip link set lo up
mount -t tmpfs none /mnt; cd /mnt # what is written below stays in here
for d in run tmp var; do
  mkdir $d $d.work; chmod --reference=/$d $d
  mount -t overlay -o lowerdir=/$d,upperdir=/mnt/$d,workdir=/mnt/$d.work none /$d
done
mkdir -p "${FILE%/*}"
listening() { [ -z "$PORT" ] || ss -Hltn "sport = :$PORT" | grep -q .; }
up() { for i in $(seq 100); do listening && [ -s "$FILE" ] && break; sleep 0.1; done; sleep 1; }
owners() { # their pids
  if [ -z "$PORT" ]; then pgrep -f "$NAME"; else
    ss -Hltnp "sport = :$PORT" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -nu | grep .; fi
}
start() { sh -c "$START" >>log 2>&1; }
another() { start & [ "$PORT" ] && sleep 4 || sleep 15; } # and time for it to end, if it does
END
}

# The snippet for each breach: by a pattern of case for "SCENARIO SUMMARY".
recipe_of() {
  case $1 in
    *'neither ended nor stood by within 2 s'*) echo late ;;
    port/held-by-stranger*'status 0') echo stranger-status ;;
    port/held-by-stranger*'as if nothing had failed'*) echo stranger-part ;;
    port/stranger-gone* | kill9/worker-on-port*'did not take over') echo stranger-part ;;
    *'none of the starts serves'*) echo eight ;;
    *'two of the starts serve'* | *serves\ beside* | *'takes over'* | *'took over'* | \
      *'contender serves'*) echo second ;;
    duplicate/eight*'does not name the owner'* | duplicate/during*'does not name the owner'*)
      echo record-race
      ;;
    ownership/old-exit*) echo old-exit ;;
    *'file does not name the owner'* | *'was changed: before'* | *'neither served nor ended'*) echo record ;;
    *'umask 0'*) echo umask ;;
    path/symlink*'wrote through'*) echo symlink ;;
    path/dangling*'made a file behind'*) echo dangling ;;
    path/hard-link*'wrote through'*) echo hard-link ;;
    path/fifo*'waits for ever'* | path/fifo*'neither serves nor ends'*) echo fifo ;;
    disk/no-descriptors*'status 0') echo few-descriptors ;;
    path/*'status 0' | disk/*'status 0' | permission/*'status 0') echo quiet-failure ;;
    stale/*'refused to start'*) echo stale ;;
    pid-reuse/thread-id*'refused to start'*) echo stranger-thread ;;
    pid-reuse/*'refused to start'*) echo stranger-pid ;;
    kill9/zombie*'refused to start'*) echo zombie ;;
    *'refused to start'*) echo killed ;;
    *'which is not the declared'*) echo statuses ;;
    stop/as-it-begins* | stop/during-start-up*) echo early-term ;;
    stop/client-connected*) echo stop-client ;;
    stop/*) echo stop ;;
    *) echo none ;;
  esac
}

# The status of the last command of each says whether the breach shows.
recipe() {
  case $1 in
    late) cat <<'END' ;;
now() { date +%s%3N; }
began=$(now); start & until listening && [ -s "$FILE" ]; do sleep 0.05; done
first=$(($(now) - began)); echo "the first serves after $first ms"
began=$(now); start
status=$? second=$(($(now) - began)); echo "the second ends with $status after $second ms"
[ $second -gt $((2000 + first)) ] # what a start needs on this machine is not held against it
END
    second) cat <<'END' ;;
start & up; echo "serving:" $(owners); one=$(owners | wc -l)
another; echo "serving, after a second start:" $(owners)
[ "$(owners | wc -l)" -gt "$one" ]
END
    eight) cat <<'END' ;;
# One is slow after its first listen(), the other starts in that moment. Up to four times: servers that
# retry and give up must both do so within half a second.
pids() { ss -Hltnp "sport = :$PORT" | grep -o 'pid=[0-9]*'; }
for try in 1 2 3 4; do
  strace -fqo calls -e trace=bind,listen -e inject=listen:delay_exit=1000000:when=1 \
    sh -c "$START" >>log 2>&1 &
  until listening; do :; done; sleep 0.$((2 * try)); start & sleep 6
  pids | sort | uniq -d | grep -q . || break # nobody has both addresses
  owners | xargs kill -9; sleep 1
done
echo "try $try, 6 s later:"; ss -Hltnp "sport = :$PORT" | tr -s ' '; sort log | uniq -c | tail -n 4
! pids | sort | uniq -d | grep -q .
END
    record) cat <<'END' ;;
start & up; before=$(cat "$FILE"); echo "serving:" $(owners) "file: $before"
another; echo "after a second start serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
[ "$(cat "$FILE" 2>&1)" != "$before" ]
END
    old-exit) cat <<'END' ;;
# The old one is slow to remove its file. The next one starts as soon as the port is free.
strace -fqo calls -e trace=unlink,unlinkat -e inject=unlink,unlinkat:delay_enter=5000000 \
  sh -c "$START" >>log 2>&1 & up
kill "$(head -n1 "$FILE" | tr -d ' ')"; while listening; do sleep 0.1; done
rm "$FILE"; start & up; echo "serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
sleep 9; echo "9 s later serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
owners | grep -q . && [ ! -s "$FILE" ]
END
    record-race) cat <<'END' ;;
for try in 1 2 3 4 5 6; do
  rm -f "$FILE"; start & start & sleep 9; pid=$(head -n1 "$FILE" 2>/dev/null | tr -d ' ')
  owners | grep -qx "${pid:-none}" || break; owners | xargs kill -9; sleep 1
done
echo "try $try, serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
owners | grep -q . && ! owners | grep -qx "${pid:-none}"
END
    umask) cat <<'END' ;;
umask 0; start & up; stat -c '%A %U %n' "$FILE"
stat -c %A "$FILE" | grep -qE '^.....w|^........w'
END
    symlink) cat <<'END' ;;
echo precious >canary; ln -sf /mnt/canary "$FILE"
start & up; ls -l "$FILE"; echo "canary: $(cat canary)"
[ "$(cat canary)" != precious ]
END
    dangling) cat <<'END' ;;
ln -sf /mnt/canary "$FILE"; ls canary
start & up; ls -l canary
END
    hard-link) cat <<'END' ;;
echo precious >"${FILE%/*}/canary"; ln -f "${FILE%/*}/canary" "$FILE"
start & up; echo "canary: $(cat "${FILE%/*}/canary")"
[ "$(cat "${FILE%/*}/canary")" != precious ]
END
    fifo) cat <<'END' ;;
mkfifo "$FILE"; start & sleep 11
echo "after 11 s: serving:" $(owners); grep -H wait_for_partner /proc/[0-9]*/wchan && ! listening
END
    quiet-failure) cat <<'END' ;;
start; echo "status $?" | tee status; sleep 4
echo "serving:" $(owners); grep -q 'status 0' status && ! owners
END
    few-descriptors) cat <<'END' ;;
for n in $(seq 3 24); do
  rm -f "$FILE"; prlimit --nofile=$n sh -c "$START" >log 2>&1 & pid=$!; sleep 3
  kill -0 $pid 2>/dev/null && break # it serves
  wait $pid && break
done
status=$?; echo "with $n descriptors: status $status, serving:" $(owners); tail -n 1 log
[ $status = 0 ] && ! kill -0 $pid 2>/dev/null && ! owners
END
    stale) cat <<'END' ;;
printf -- "$CONTENT" >"$FILE"; start & pid=$!; sleep 5
echo "serving:" $(owners); ! owners && { wait $pid; echo "status $?"; tail -n 2 log; }
END
    stranger-pid) cat <<'END' ;;
sleep 600 & echo $! | tee "$FILE"; start & pid=$!; sleep 5
echo "serving:" $(owners); ! owners && { wait $pid; echo "status $?"; tail -n 2 log; }
END
    killed) cat <<'END' ;;
start & up; owners | xargs kill -9; sleep 1; echo "file: $(cat "$FILE")"; start & pid=$!; sleep 5
echo "serving:" $(owners); ! owners && { wait $pid; echo "status $?"; tail -n 2 log; }
END
    stranger-thread) cat <<'END' ;;
python3 -c 'import threading, time
other = threading.Thread(target=time.sleep, args=(600,)); other.start()
print(other.native_id, flush=True)' >"$FILE" & sleep 1; ps -eLo pid,tid,args | grep "$(cat "$FILE") "
start & pid=$!; sleep 5
echo "serving:" $(owners); ! owners && { wait $pid; echo "status $?"; tail -n 2 log; }
END
    zombie) cat <<'END' ;;
python3 -c 'import os, time
child = os.fork() or os._exit(0)
print(child, flush=True); time.sleep(600)' >"$FILE" & sleep 1; ps -o pid,stat,args "$(cat "$FILE")"
start & pid=$!; sleep 5
echo "serving:" $(owners); ! owners && { wait $pid; echo "status $?"; tail -n 2 log; }
END
    stranger-status) cat <<'END' ;;
python3 -m http.server -b 127.0.0.1 $PORT >/dev/null 2>&1 & until listening; do sleep 0.1; done
start; echo "status $?" | tee status; sleep 4; ss -Hltnp "sport = :$PORT"
grep -q 'status 0' status && [ "$(owners | wc -l)" = 1 ]
END
    stranger-part) cat <<'END' ;;
python3 -m http.server -b 127.0.0.1 $PORT >/dev/null 2>&1 & stranger=$!
until listening; do sleep 0.1; done; start & sleep 15; ss -Hltnp "sport = :$PORT" | tr -s ' '
pgrep -a -f "$NAME"; runs=$?; kill $stranger; sleep 5; echo "5 s after the other one's end:"
ss -Hltnp "sport = :$PORT" | tr -s ' '; [ $runs = 0 ]
END
    statuses) cat <<'END' ;;
start & up; start; echo "status $?" | tee status
rm -f "$FILE"; start; echo "status $? when the file is gone" | tee -a status
[ "$(cut -d' ' -f2 status | sort -u | wc -l)" -gt 1 ]
END
    early-term) cat <<'END' ;;
for try in $(seq 30); do
  rm -f "$FILE"; start & pid=$!; while ! listening && kill -0 $pid 2>/dev/null; do :; done
  pkill -TERM -f "$NAME"; kill $(owners) 2>/dev/null; sleep 4; owners | grep -q . && break
done
echo "4 s after SIGTERM, in try $try, serving:" $(owners)
sleep 11; echo "15 s after it:" $(owners); owners
END
    stop) cat <<'END' ;;
# The started process has this pid, or the one in the file. A shell's background job would ignore SIGINT.
env --default-signal sh -c "exec $START" >>log 2>&1 & pid=$!; up
kill -0 $pid 2>/dev/null || pid=$(head -n1 "$FILE" | tr -d ' ')
kill -s "$SIGNAL" "$pid"; sleep 5; echo "5 s after SIG$SIGNAL to $pid:"; pgrep -a -f "$NAME"
END
    stop-client) cat <<'END' ;;
sh -c "exec $START" >>log 2>&1 & pid=$!; up
kill -0 $pid 2>/dev/null || pid=$(head -n1 "$FILE" | tr -d ' ')
python3 -c 'import socket, sys, time
client = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); time.sleep(60)' $PORT &
until ss -Htn state established "dport = :$PORT" | grep -q .; do sleep 0.1; done; sleep 1
kill -s TERM "$pid"; sleep 15; echo "15 s after SIGTERM to $pid, serving:" $(owners); owners
END
  esac
}

# The obstacle, by the scenario's name. The user nobody stands for an ordinary user.
# shellcheck disable=SC2016 # it is text here
hinder() {
  as_nobody='START="setpriv --reuid nobody --regid nogroup --clear-groups $START"'
  case $1 in
    path-directory) echo 'mkdir "$FILE"' ;;
    path-symlink) echo 'echo precious >canary; ln -s /mnt/canary "$FILE"' ;;
    path-dangling-symlink) echo 'ln -s /mnt/canary "$FILE"' ;;
    path-fifo) echo 'mkfifo "$FILE"' ;;
    path-hard-link) echo 'echo precious >"$FILE.other"; ln "$FILE.other" "$FILE"' ;;
    disk-read-only) echo 'mount -t tmpfs -o ro none "${FILE%/*}"' ;;
    disk-full)
      echo 'mount -t tmpfs -o size=64k none "${FILE%/*}"; cat /dev/zero >"${FILE%/*}/filler"' ;;
    permission-read-only-folder)
      echo "chown nobody \"\${FILE%/*}\"; chmod 555 \"\${FILE%/*}\"; $as_nobody" ;;
    permission-unreadable-file*)
      echo "echo 99999 >\"\$FILE\"; chmod 0 \"\$FILE\"; chown nobody \"\$FILE\"; $as_nobody" ;;
    permission-foreign-file)
      echo "echo 99999 >\"\$FILE\"; chown nobody \"\${FILE%/*}\"; $as_nobody" ;;
  esac
}

# hand NAME FORM PORT FILE COMMAND RECIPE ARGUMENT: keeps its output, and whether the breach shows.
hand() {
  out=$RESULTS/hand/$1.$2.$6${7:+.$7}
  [ ! -e "$out.status" ] || return 0
  echo "by hand: $1 $2 $6 $7" >&2
  snippet="$(prelude)
$(hinder "$7")
$(recipe "$6")"
  printf '%s\n%s\n' "$(hinder "$7")" "$(recipe "$6")" | sed '/^$/d' >"$out.sh"
  status=0
  NAME=$1 PORT=$3 FILE=$4 START=$5 CONTENT=$(content "$7") SIGNAL=${7:-TERM} LC_ALL=C \
    timeout 400 unshare --fork --pid --net --mount --mount-proc --kill-child sh -c "$snippet" \
    >"$out" 2>&1 </dev/null || status=$?
  echo $status >"$out.status"
}

# The content that `stale` writes, for printf.
content() {
  case $1 in
    garbage) printf '%s' 'garbage\n' ;;
    zero) printf 0 ;;
    negative) printf '%s' -1 ;;
    twenty-digits) printf 99999999999999999999 ;;
    one-mebibyte) printf '%s' 'x%1048575s' ;;
    nul-bytes) printf '%s' '\0\0\0\0\0' ;;
    number-and-letters) printf 1abc ;; # 1 is always somebody's
    blanks) printf '%s' ' \n\t\n' ;;
    longer-content) printf '%s' '99999\nport=8767\nstarted by an older version\n' ;;
    dead-pid) printf 99999 ;;
  esac
}

argument_of() { # RECIPE SCENARIO
  case $1.$2 in
    stale.*) echo "${2#stale/}" ;;
    quiet-failure.*) echo "$2" | tr / - ;;
    stop.stop/sigint) echo INT ;;
    stop.*) echo TERM ;;
  esac
}

breaches() { # of a JSON file: "SCENARIO SUMMARY" each
  python3 -c '
import json, sys
for result in json.load(open(sys.argv[1]))["results"]:
    if result["verdict"] == "fail" and result["severity"] == "breach":
        print(result["scenario"], result["summary"].replace("\n", " "))' "$1"
}

by_hand() { # NAME FORM PORT FILE COMMAND
  mkdir -p "$RESULTS/hand"
  : >"$RESULTS/$1.$2.hand"
  breaches "$RESULTS/$1.$2.json" | while read -r scenario summary; do
    recipe=$(recipe_of "$scenario $summary")
    argument=$(argument_of "$recipe" "$scenario")
    [ "$recipe" = none ] || hand "$@" "$recipe" "$argument"
    echo "$scenario $recipe${argument:+.$argument}" >>"$RESULTS/$1.$2.hand"
  done
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

# The package of each program, as dpkg knows it.
packages_of() {
  cat <<'END'
nginx nginx-light
redis redis-server
memcached memcached
lighttpd lighttpd
haproxy haproxy
dnsmasq dnsmasq-base
cron cron
atd at
mosquitto mosquitto
unbound unbound
apache2 apache2
gunicorn gunicorn
sshd openssh-server
supervisord supervisor
dbus-daemon dbus-daemon
squid squid
rsyslogd rsyslog
named bind9
uwsgi uwsgi-core
postgresql postgresql-15
END
}

head_of_page() {
  cat <<END
# What pidfall says of Debian's servers

<!-- made by docs/real-servers.sh: change that, not this -->

\`pidfall check\` was run on {programs} programs of Debian, {runs} command lines, each exactly as below
and with no other configuration of pidfall's. Then **each breach was tried again with plain shell
commands**, without pidfall. A breach is claimed here only where those commands show it; the commands
and their output are [below](#by-hand). Breaches that they did not show are listed
[at the end](#seen-by-check-not-confirmed-by-hand), and are no claims.

A breach is one of the contract's promises ([guard/CONTRACT.md](../guard/CONTRACT.md)) that the
program does not keep. Most of these programs never promised it: their unit or init script keeps the
second copy out. The page shows what happens without that, not that the program is bad.

Made on $(date +%Y-%m-%d) on Debian $(cat /etc/debian_version), kernel $(uname -r | cut -d- -f1), by root, load {load} on $(nproc)
processors, with

    pidfall check --except 'restart-loop/*' -- COMMAND

fg means in the foreground, bg in the background. Each configuration file that a command names is in
[real-servers.sh](real-servers.sh). Many scenarios of a program may have one cause: for example, its
second start is in each of them.

END
}

table_head() {
  cat <<'END'

## The table

Two marks per program, fg then bg. **B** a breach, confirmed by hand (one check by hand stands for
all rows with the same cause); b a breach that check saw and the hand did not (no claim); w a
weakness, harmless by itself; · kept; - does not apply (no port or no pid file, for example); s
skipped; ? could not be judged. `pidfall check --list` explains each scenario.

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
/var/tmp/pidfall-real-results. Put no other load on the machine meanwhile: `check` does not count the
time that others had the processor, but the commands by hand do.
END
}

page() {
  for part in commands prelude table_head hand_head; do $part >"$RESULTS/$(echo $part | tr _ -)"; done
  head_of_page >"$RESULTS/head"
  tail_of_page >"$RESULTS/tail"
  packages_of >"$RESULTS/packages"
  # shellcheck disable=SC2086
  dpkg-query -W $packages >"$RESULTS/versions"
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
        check_again "$name" "$form" "$command"
        by_hand "$name" "$form" "$port" "$file" "$command" </dev/null
        ;;
    esac
  done
  case $step in all | page) page ;; esac
  [ "$step" != all ] || rm -rf $T
}

main "$@"
