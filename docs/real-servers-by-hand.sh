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
    *'neither ended nor stood by within'*) echo late ;;
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
