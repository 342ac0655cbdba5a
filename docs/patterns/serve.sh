#!/bin/sh
# Any server, one instance at a time, kept by a lock of the kernel that flock(1) takes.
#
#   serve.sh --port 8767 --pid-file "$HOME/.serve.pid" [--on-duplicate exit|wait]
#            [--duplicate-exit 0] -- COMMAND [ARG...]
#
# The command replaces this shell: its pid, its signals and its status are the server's own.
# It inherits the lock on descriptor 9, and so do its children: no other copy starts before all of
# them have ended. The pid file stays after the end; it is for people, the next owner replaces it.
#
# Status: the command's. The duplicate's, 0 unless set: another copy serves. 2: bad usage. 69: the
# port is taken. 74: the files can't be used. Needs flock(1) of util-linux, ss(8) of iproute2.
set -u

BAD_USAGE=2 PORT_TAKEN=69 TROUBLE=74
BUSY=75        # what flock(1) is told to end with when the lock is held
PORT_TRIES=20  # a killed owner's port closes a moment after its lock

# Only the status counts: a message that can't be written must not change it. In a shell of
# its own, so that SIGPIPE ends only that.
say() { (printf 'serve: %s\n' "$*") 2>/dev/null || :; }
fail() { status=$1; shift; say "$@"; exit "$status"; }

usage() {
  fail "$BAD_USAGE" 'usage: serve.sh --port N --pid-file PATH [--on-duplicate exit|wait]' \
    '[--duplicate-exit N] -- COMMAND [ARG...]'
}

# --- lock file: it alone decides. Made once, never removed, never renamed.

# A shell knows no O_NOFOLLOW: keep the files in a folder that no other user may write.
check_plain() { # PATH: nothing, or a plain file
  if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then
    fail "$TROUBLE" "$1 is no plain file: left as it is; look who put it there"
  fi
}

open_lock() {
  check_plain "$lock"
  umask 077
  # `command`: without it a failed exec would end the shell before it can say why.
  { command exec 9<>"$lock"; } 2>/dev/null ||
    fail "$TROUBLE" "cannot open $lock: $( (exec 9<>"$lock") 2>&1)"
  umask "$mask"
  [ "$(stat -L -c %h /dev/fd/9)" -le 1 ] ||
    fail "$TROUBLE" "$lock has a second name (a hard link): look who made it"
}

is_named() { [ "$(stat -L -c %d:%i /dev/fd/9)" = "$(stat -c %d:%i "$lock" 2>/dev/null)" ]; }

# For the message only: a pid in a file makes no owner; check the process before you kill it.
owner() {
  pid=
  { read -r pid <"$pid_file"; } 2>/dev/null
  case $pid in
    '' | *[!0-9]*) echo "(PID not known); to see it: fuser -v $lock" ;;
    *) echo "(PID $pid); look at it before you end it: ps -o pid,lstart,args -p $pid" ;;
  esac
}

# In the background, so that a signal ends the waiting as well.
await_lock() {
  trap 'kill "$waiting"; exit 0' TERM INT
  flock 9 &
  waiting=$!
  wait "$waiting" || fail "$TROUBLE" "cannot lock $lock"
  trap - TERM INT
}

take_lock() {
  while :; do
    open_lock
    flock -n -E "$BUSY" 9
    case $? in
      0) ;;
      "$BUSY")
        [ "$on_duplicate" = wait ] || fail "$duplicate_exit" "already running $(owner)"
        say "standing by: already running $(owner)"
        await_lock
        ;;
      *) fail "$TROUBLE" "cannot lock $lock with flock(1)" ;;
    esac
    is_named && return # else somebody removed the file: what we hold keeps nobody out
  done
}

# --- pid file: for people and tools. Published whole, by rename.

publish() {
  check_plain "$pid_file"
  new=$pid_file.new
  rm -f "$new" # of a start that was killed: only the lock's holder writes it
  umask 022
  # `env`: the shell's own echo does not say why it failed.
  why=$({ env echo "$$" >"$new" && mv -T -f "$new" "$pid_file"; } 2>&1) || {
    rm -f "$new"
    fail "$TROUBLE" "cannot write $pid_file: $why; look at the folder's mode and at the disk (df)"
  }
  umask "$mask"
}

# --- port: on any address; 127.0.0.1 beside ::1 would hide one from the other

check_port() {
  tries=0
  while listener=$(ss -Hltnp "sport = :$port") || fail "$TROUBLE" "cannot ask ss(8) for the port"
        [ -n "$listener" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt "$PORT_TRIES" ] ||
      fail "$PORT_TAKEN" "port $port is in use: $(echo "$listener" | tr -s ' ')"
  done
}

on_duplicate=exit duplicate_exit=0 port='' pid_file=''
while [ $# -gt 1 ]; do
  case $1 in
    --port) port=$2 ;;
    --pid-file) pid_file=$2 ;;
    --on-duplicate) on_duplicate=$2 ;;
    --duplicate-exit) duplicate_exit=$2 ;;
    *) break ;;
  esac
  shift 2
done
case ${1-} in --) shift ;; *) usage ;; esac
case $port:$duplicate_exit in *[!0-9:]* | :* | *:) usage ;; esac
case $on_duplicate in exit | wait) ;; *) usage ;; esac
case $pid_file:$# in :* | *:0) usage ;; esac

lock=$pid_file.lock
mask=$(umask)
# Started with its output closed: no file of ours may become descriptor 1.
{ : <&0; } 2>/dev/null || exec </dev/null
{ : >&1; } 2>/dev/null || exec >/dev/null
{ : >&2; } 2>/dev/null || exec 2>/dev/null

take_lock
check_port
publish
exec "$@"
