#!/bin/sh
# real-servers-by-hand.sh: a snippet of shell commands for each kind of breach, which shows it without
# pidfall. real-servers.sh reads this file, and the page prints the snippets.

# Run before each of them. START, PORT and FILE are the program's, NAME is its name for pgrep.
prelude() {
  cat <<'END'
ip link set lo up
mount -t tmpfs none /mnt; cd /mnt # what is written below stays in here
for d in run tmp var; do
  mkdir $d $d.work; chmod --reference=/$d $d
  mount -t overlay -o lowerdir=/$d,upperdir=/mnt/$d,workdir=/mnt/$d.work none /$d
done
[ -z "$FILE" ] || mkdir -p "${FILE%/*}"
listening() { [ -z "$PORT" ] || ss -Hltn "sport = :$PORT" | grep -q .; }
ready() { listening && { [ -z "$FILE" ] || [ -e "$FILE" ]; }; }
within() { # SECONDS COMMAND: waits until it is true
  end=$(($(date +%s) + $1)); shift; until "$@"; do [ "$(date +%s)" -lt $end ] || return; sleep 0.2; done
}
up() { within 15 ready; sleep 1; }
by_name() { # without what started it here
  pgrep -f "$NAME" | while read -r p; do grep -qE '^(sh|strace|unshare)$' /proc/$p/comm || echo $p; done
}
owners() { # their pids
  if [ -z "$PORT" ]; then by_name; else
    ss -Hltnp "sport = :$PORT" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -nu; fi | grep .
}
running() { # all its processes, without the dead ones
  for p in $(owners) $(by_name); do ps -o pid=,stat=,args= -p $p; done | sort -nu | grep -v '^ *[0-9]* *Z'
}
now() { date +%s%3N; }
start() { sh -c "$START" >>log 2>&1; }
between() { :; }   # before the second start
again() { start; } # the second start
ended() { ! ps -o stat= -p "$1" | grep -q '^[^Z]'; }
settle() { within 15 ended $!; sleep 2; }
another() { between; again & settle; } # and time for it to end, if it does
decided() { owners >/dev/null || ended "$1"; }
down() { # whether the start with this pid came to nothing, and why
  within 15 decided "$1"; sleep 4
  echo "serving:" $(owners); ! owners >/dev/null && { wait "$1"; echo "status $?"; tail -n 2 log; }
}
clear_all() { running | awk '{print $1}' | xargs -r kill -9; sleep 1; rm -f "$FILE" calls; }
slow() { # a start that takes three seconds after each of its calls on the pid file
  strace -fqo calls -P "$FILE" -e inject=all:delay_exit=3000000 sh -c "$START" >>log 2>&1
}
called() { [ "$(cat calls 2>/dev/null | wc -l)" -ge "$1" ]; }
calls() { within 40 called "$1"; called "$1"; }
END
}

# The snippet for each breach: by a pattern of case for "SCENARIO SUMMARY".
recipe_of() {
  case $1 in
    stop/*'neither ended nor stood by'*) echo none ;;
    *'neither ended nor stood by within'*) echo late ;;
    port/held-by-stranger*'status 0') echo stranger-status ;;
    port/held-by-stranger*'as if nothing had failed'*) echo stranger-part ;;
    port/held-by-stranger*'does not name the port'*) echo stranger-silent ;;
    standby/*'nobody serves'* | standby/*'took over'* | duplicate/*'stood by and did not take over'*) echo standby ;;
    port/stranger-gone* | kill9/worker-on-port*'did not take over') echo stranger-part ;;
    *'none of the starts serves'*) echo eight ;;
    duplicate/across-shutdown*) echo across ;;
    duplicate/eight*'two of the starts serve'* | duplicate/during-start-up*'two of the starts serve'* | \
      duplicate/eight*'serves beside'* | duplicate/during-start-up*'serves beside'*) echo race ;;
    *'two of the starts serve'* | *serves\ beside* | *'takes over'* | *'took over'* | \
      *'contender serves'* | *'serves while the owner still has'*) echo second ;;
    duplicate/eight*'does not name the owner'* | duplicate/during-start-up*'does not name the owner'*)
      echo record-race
      ;;
    ownership/old-exit* | duplicate/during-shutdown*'does not name the owner'*) echo old-exit ;;
    *'file does not name the owner'* | *'was changed'* | *'neither served nor ended'*) echo record ;;
    *'umask 0'*) echo umask ;;
    path/symlink*'wrote through'*) echo symlink ;;
    path/dangling*'made a file behind'*) echo dangling ;;
    path/hard-link*'wrote through'*) echo hard-link ;;
    path/fifo*'waits for ever'* | path/fifo*'neither serves nor ends'* | path/fifo*'hangs'*) echo fifo ;;
    disk/no-descriptors*'status 0') echo few-descriptors ;;
    disk/no-descriptors*'waits for ever'*) echo few-hang ;;
    disk/no-descriptors*'ended with signal'*) echo few-abort ;;
    path/*'status 0' | disk/*'status 0' | permission/*'status 0') echo quiet-failure ;;
    disk/full*'refused to start'*) echo freed ;;
    stale/*'refused to start'*) echo stale ;;
    pid-reuse/thread-id*'refused to start'*) echo stranger-thread ;;
    pid-reuse/*'refused to start'* | surroundings/same-words*'refused to start'*) echo stranger-pid ;;
    kill9/zombie*'refused to start'*) echo zombie ;;
    kill9/during-start-up*'refused to start'*) echo killed-early ;;
    *'refused to start'*) echo killed ;;
    *'which is not the declared'*) echo statuses ;;
    stop/as-it-begins*'did not reach'* | stop/during-start-up*'did not reach'*) echo launcher ;;
    stop/as-it-begins* | stop/during-start-up* | time-wait/unloaded-while-starting*) echo early-term ;;
    stop/client-connected*) echo stop-client ;;
    stop/*) echo stop ;;
    *) echo none ;;
  esac
}

# The status of the last command of each says whether the breach shows.
recipe() {
  case $1 in
    late) cat <<'END' ;;
took() { began=$(now); "$@"; echo $? >status; echo $(($(now) - began)); }
least=99999 most=0 # what a start needs on this machine is not held against it
for try in 1 2 3; do
  clear_all; start & first=$(took up); first=$((first - 1000))
  between; second=$(took again); echo "the first serves after $first ms," \
    "the second ends with $(cat status) after $second ms"
  [ $second -ge $least ] || least=$second; [ $first -le $most ] || most=$first
done
[ $least -gt $((2000 + most)) ]
END
    second) cat <<'END' ;;
start & up; echo "serving:" $(owners); one=$(owners | wc -l)
another; echo "serving, after a second start:" $(owners)
[ "$(owners | wc -l)" -gt "$one" ]
END
    race) cat <<'END' ;;
# The second start comes after the first one's 1st call on the pid file, after its 2nd, and so on.
start & up; one=$(owners | wc -l); clear_all
for n in $(seq 12); do
  slow & calls "$n" || break
  start & sleep 25; [ "$(owners | wc -l)" -gt "$one" ] && break
  clear_all
done
cut -c1-150 calls | head -n 20; echo "the second came after call $n, serving:" $(owners)
[ "$(owners | wc -l)" -gt "$one" ]
END
    across) cat <<'END' ;;
# A second start is at its 1st call on the pid file when the owner gets SIGTERM, at its 2nd, and so on.
start & up; one=$(owners | wc -l); clear_all
for n in $(seq 8); do
  start & up; first=$(owners); slow & calls "$n" || break
  kill $first; sleep 25
  pid=$(head -n1 "$FILE" 2>/dev/null | tr -d ' ')
  owners | grep -q . && ! owners | grep -qx "${pid:-none}" && break
  clear_all
done
echo "at call $n, then serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
owners | grep -q . && ! owners | grep -qx "${pid:-none}"
END
    standby) cat <<'END' ;;
start & up; first=$(owners); start & settle; kill $first; sleep 12
echo "12 s after the owner's end listening:" $(owners) "still running:"; running; ! owners
END
    eight) cat <<'END' ;;
# One is slow after its first listen(), the other starts in that moment. Up to four times: servers that
# retry and give up must both do so within half a second.
pids() { ss -Hltnp "sport = :$PORT" | grep -o 'pid=[0-9]*'; }
for try in 1 2 3 4; do
  strace -fqo calls -e trace=bind,listen -e inject=listen:delay_exit=1000000:when=1 \
    sh -c "$START" >>log 2>&1 &
  until listening; do sleep 0.01; done; sleep 0.$((2 * try)); start & sleep 6
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
between; start & up; echo "serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
sleep 9; echo "9 s later serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
owners | grep -q . && [ ! -s "$FILE" ]
END
    record-race) cat <<'END' ;;
# The second start comes at the same time, after the first one's 1st call on the pid file, and so on.
for n in $(seq 0 12); do
  slow & calls "$n" || break
  start & sleep 25; pid=$(head -n1 "$FILE" 2>/dev/null | tr -d ' ')
  owners | grep -q . && ! owners | grep -qx "${pid:-none}" && break
  clear_all
done
cut -c1-150 calls | head -n 20
echo "the second came after call $n, serving:" $(owners) "file:" $(cat "$FILE" 2>&1)
owners | grep -q . && ! owners | grep -qx "${pid:-none}"
END
    umask) cat <<'END' ;;
umask 0; start & up; stat -c '%A %U %n' "$FILE"
stat -c %A "$FILE" | grep -qE '^.....w|^........w'
END
    symlink) cat <<'END' ;;
echo precious >canary; ln -sf /mnt/canary "$FILE"
start & settle; ls -l "$FILE"; echo "canary: $(cat canary)"
[ "$(cat canary)" != precious ]
END
    dangling) cat <<'END' ;;
ln -sf /mnt/canary "$FILE"; ls canary
start & up; ls -l canary
END
    hard-link) cat <<'END' ;;
echo precious >"${FILE%/*}/canary"; ln -f "${FILE%/*}/canary" "$FILE"
start & settle; echo "canary: $(cat "${FILE%/*}/canary")"
[ "$(cat "${FILE%/*}/canary")" != precious ]
END
    fifo) cat <<'END' ;;
mkfifo "$FILE"; start & settle; sleep 11
echo "after 11 s listening:" $(owners) "waiting for the other end of the FIFO:"
grep -H wait_for_partner /proc/[0-9]*/wchan
END
    quiet-failure) cat <<'END' ;;
start; echo "status $?" | tee status; sleep 6
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
    few-abort) cat <<'END' ;;
for n in $(seq 3 24); do
  rm -f "$FILE"; prlimit --nofile=$n sh -c "exec $START" >log 2>&1 & pid=$!; sleep 2
  owners >/dev/null && break
  kill $pid 2>/dev/null && continue; wait $pid; status=$?; [ $status -gt 128 ] && break
done
echo "with $n descriptors: signal $((status - 128)), serving:" $(owners); tail -n 1 log
[ $status -gt 128 ] && ! owners
END
    few-hang) cat <<'END' ;;
for n in $(seq 3 24); do
  clear_all; prlimit --nofile=$n sh -c "exec $START" >log 2>&1 & pid=$!; sleep 3
  owners >/dev/null && break
  kill -0 $pid 2>/dev/null && sleep 20 && kill -0 $pid 2>/dev/null && break
done
echo "with $n descriptors, 23 s later:"; ps -o pid=,stat=,wchan=,args= -p $pid; echo "serving:" $(owners)
! owners
END
    freed) cat <<'END' ;;
start & settle; ls -l "$FILE"; running | awk '{print $1}' | xargs -r kill -9; sleep 1
rm "${FILE%/*}/filler"; start & down $!
END
    stale) cat <<'END' ;;
printf -- "$CONTENT" >"$FILE"; start & down $!
END
    stranger-pid) cat <<'END' ;;
sleep 600 & echo $! | tee "$FILE"; start & down $!
END
    killed) cat <<'END' ;;
start & up; owners | xargs kill -9; sleep 1; echo "file: $(cat "$FILE")"; start & down $!
END
    killed-early) cat <<'END' ;;
# Killed after its 1st call on the pid file, after its 2nd, and so on.
for n in $(seq 10); do
  clear_all; slow & calls "$n" || break
  running | awk '{print $1}' | xargs kill -9; sleep 1; start & down $! >why && break
done
echo "killed after call $n, file: $(head -c 40 "$FILE" | head -n 1)"; cat why; ! owners
END
    stranger-thread) cat <<'END' ;;
python3 -c 'import threading, time
other = threading.Thread(target=time.sleep, args=(600,)); other.start()
print(other.native_id, flush=True)' >"$FILE" & sleep 1; ps -eLo pid,tid,args | grep "$(cat "$FILE") "
start & down $!
END
    zombie) cat <<'END' ;;
python3 -c 'import subprocess, sys, time
subprocess.Popen(["sh", "-c", "exec " + sys.argv[1]]); time.sleep(600)' "$START" >>log 2>&1 & up
owned=$(head -n1 "$FILE" | tr -d ' '); kill -9 $owned $(owners); sleep 1; ps -o pid,stat,args "$owned"
start & down $!
END
    stranger-status) cat <<'END' ;;
python3 -m http.server -b 127.0.0.1 $PORT >/dev/null 2>&1 & until listening; do sleep 0.1; done
start; echo "status $?" | tee status; sleep 4; ss -Hltnp "sport = :$PORT"
grep -q 'status 0' status && [ "$(owners | wc -l)" = 1 ]
END
    stranger-silent) cat <<'END' ;;
python3 -m http.server -b 127.0.0.1 $PORT >/dev/null 2>&1 & until listening; do sleep 0.1; done
start; echo "status $?, printed:"; cat log; ! grep -q "$PORT" log
END
    stranger-part) cat <<'END' ;;
python3 -m http.server -b 127.0.0.1 $PORT >/dev/null 2>&1 & stranger=$!
until listening; do sleep 0.1; done; start & sleep 15; ss -Hltnp "sport = :$PORT" | tr -s ' '
pgrep -a -f "$NAME"; runs=$?; kill $stranger; sleep 5; echo "5 s after the other one's end:"
ss -Hltnp "sport = :$PORT" | tr -s ' '; [ $runs = 0 ]
END
    statuses) cat <<'END' ;;
start & up; start; echo "status $?" | tee status
between; again; echo "status $?" | tee -a status
[ "$(cut -d' ' -f2 status | sort -u | wc -l)" -gt 1 ]
END
    early-term) cat <<'END' ;;
for try in $(seq 20); do
  rm -f "$FILE"; start & pid=$!
  [ "$PORT" ] && while ! listening && kill -0 $pid 2>/dev/null; do sleep 0.01; done || sleep "0.0$((10 + try))"
  kill $(by_name) $(owners) 2>/dev/null; sleep 4; owners | grep -q . && break
done
echo "4 s after SIGTERM, in try $try, serving:" $(owners)
sleep 11; echo "15 s after it:" $(owners); owners
END
    launcher) cat <<'END' ;;
# The signal goes to the process that was started, as soon as something listens.
for try in $(seq 20); do
  clear_all; sh -c "exec $START" >>log 2>&1 & pid=$!; until listening; do sleep 0.01; done
  kill $pid 2>/dev/null && sleep 4 && owners >/dev/null && break
done
echo "4 s after SIGTERM to $pid, in try $try:"; running
END
    stop) cat <<'END' ;;
# The started process has this pid, or the one in the file. A shell's background job would ignore SIGINT.
env --default-signal sh -c "exec $START" >>log 2>&1 & pid=$!; up
kill -0 $pid 2>/dev/null || pid=$(head -n1 "$FILE" | tr -d ' ')
began=$(now); kill -s "$SIGNAL" "$pid"; while running >left && [ $(($(now) - began)) -lt 8000 ]; do sleep 0.1; done
took=$(($(now) - began)); echo "$took ms after SIG$SIGNAL to $pid:"; cat left; [ $took -gt 3000 ]
END
    stop-client) cat <<'END' ;;
sh -c "exec $START" >>log 2>&1 & pid=$!; up
kill -0 $pid 2>/dev/null || pid=$(head -n1 "$FILE" | tr -d ' ')
python3 -c 'import socket, sys, time
client = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); time.sleep(60)' $PORT &
until ss -Htn state established "dport = :$PORT" | grep -q .; do sleep 0.1; done; sleep 1
kill -s TERM "$pid"; sleep 15; echo "15 s after SIGTERM to $pid:"; running
END
  esac
}

# The obstacle, by the scenario's name. The user nobody stands for an ordinary user.
# shellcheck disable=SC2016 # it is text here
hinder() {
  as_nobody='START="setpriv --reuid nobody --regid nogroup --clear-groups $START"'
  inside='unshare --pid --fork --mount-proc --kill-child sh -c "exec $START" >>log 2>&1'
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
    permission-unreadable-file)
      echo "echo 99999 >\"\$FILE\"; chmod 0 \"\$FILE\"; chown nobody \"\$FILE\"; $as_nobody" ;;
    permission-unreadable-file-under-owner)
      echo "chmod 777 \"\${FILE%/*}\"; between() { chmod 0 \"\$FILE\"; }; $as_nobody" ;;
    permission-foreign-file)
      echo "echo 99999 >\"\$FILE\"; chown nobody \"\${FILE%/*}\"; $as_nobody" ;;
    permission-missing-folder) echo 'rmdir "${FILE%/*}"' ;;
    ownership-file-removed) echo 'between() { rm -f "$FILE"; }' ;;
    ownership-old-exit) echo 'between() { rm -f "$FILE"; }' ;;
    ownership-file-replaced) echo 'between() { echo 4194303 >new; mv new "$FILE"; }' ;;
    ownership-folder-renamed)
      echo 'between() { mv "${FILE%/*}" "${FILE%/*}.old"; cp -a "${FILE%/*}.old" "${FILE%/*}"; rm "$FILE"; }' ;;
    namespace-contender-inside) echo "again() { $inside; }" ;;
    namespace-contender-outside)
      echo "start() { $inside; }; again() { sh -c \"\$START\" >>log 2>&1; }" ;;
    namespace-two-containers | namespace-restart-same-pid) echo "start() { $inside; }" ;;
    duplicate-owner-stopped) echo 'between() { kill -STOP $(owners); }' ;;
    duplicate-output-closed) echo 'again() { sh -c "$START" <&- >&- 2>&-; }' ;;
    duplicate-output-on-full-disk) echo 'again() { sh -c "$START" >/dev/full 2>&1; }' ;;
    surroundings-other-home) echo 'again() { mkdir home; HOME=/mnt/home TMPDIR=/mnt/home start; }' ;;
    surroundings-other-time-zone) echo 'again() { TZ=Asia/Tokyo start; }' ;;
    stale-hour-old-under-owner) echo 'between() { touch -d "1 hour ago" "$FILE"; }' ;;
  esac
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

# What chooses a row of `hinder` or `content`, or the signal.
argument_of() { # RECIPE SCENARIO
  case $1.$2 in
    stale.*) echo "${2#stale/}" ;;
    stop.stop/sigint) echo INT ;;
    stop.*) echo TERM ;;
    quiet-failure.* | freed.* | second.* | late.* | record.* | statuses.* | killed.* | old-exit.*)
      name=$(echo "$2" | tr / -)
      [ -z "$(hinder "$name")" ] || echo "$name"
      ;;
  esac
}
