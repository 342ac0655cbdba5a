#!/bin/sh
# page_test.sh PIDFALL: docs/SERVER-SAFEGUARD-PATTERNS.md has a section for every family, its
# excerpts are in the files, its supervisors' files can be read, and its cures work.
set -eu
pidfall=$1
cd "$(dirname "$0")"
page=../SERVER-SAFEGUARD-PATTERNS.md
BOUND=20  # s, for a start
work=$(mktemp -d)
started=''
trap 'for pid in $started; do kill -KILL "$pid" 2>/dev/null || :; done; rm -rf "$work"' EXIT

die() { echo "page_test: $*"; exit 1; }

blocks() { # KIND: writes the block after each <!-- KIND: NAME --> to $work/KIND.N, prints N NAME
  awk -v kind="$1" -v to="$work/$1." '
    $1 == "<!--" && $2 == kind ":" { name = $3; next }
    /^```/ && name != "" { inside = !inside; if (inside) print ++n, name; else name = ""; next }
    inside { print > (to n) }' "$page"
}

sections_are_there() {
  "$pidfall" check --list | grep -oE '^[a-z0-9-]+/' | tr -d / | sort -u >"$work/families"
  [ -s "$work/families" ] || die 'pidfall check --list names no family'
  while read -r family; do
    grep -qx "## $family" "$page" || die "no section '## $family'"
  done <"$work/families"
}

anchors_lead_somewhere() {
  sed -n 's/^##* //p' "$page" | tr 'A-Z ' 'a-z-' >"$work/headings"
  grep -oE '\]\(#[^)]*\)' "$page" | tr -d '](#)' | sort -u | while read -r anchor; do
    grep -qx -e "$anchor" "$work/headings" || die "no heading for #$anchor"
  done
}

excerpts_are_true() {
  blocks excerpt >"$work/excerpts"
  [ -s "$work/excerpts" ] || die 'no excerpt'
  while read -r n file; do
    awk 'BEGIN { RS = "\001" } NR == FNR { block = $0; next } { exit !index($0, block) }' \
      "$work/excerpt.$n" "../$file" || die "the excerpt of $file is not in it"
  done <"$work/excerpts"
}

starts_of_a_polite_duplicate() { # PLIST STARTS: in a minute
  "$pidfall" supervise --policy "supervisors/com.example.serve.$1.plist" --for 1m -- \
    sh -c 'exit 0' >"$work/out" || [ $? = 1 ] || die "$1.plist cannot be read"  # 1: it ends by itself
  grep -q "$2, " "$work/out" || die "$1: not $2: $(cat "$work/out")"
}

supervisors_do_as_told() {
  starts_of_a_polite_duplicate keep-alive '6 starts'
  starts_of_a_polite_duplicate successful-exit '1 start'
  for script in supervisors/*/*; do sh -n "$script" || die "$script"; done
}

# --- the cures, each in its situation

cure() { # NAME
  n=$(awk -v name="$1" '$2 == name { print $1 }' "$work/cures")
  [ -n "$n" ] || die "no cure $1"
  PID_FILE=$PID_FILE PORT=$PORT sh "$work/cure.$n" >"$work/out" 2>&1 || :
}

free_port() {
  "$python" -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'
}

serve() { # PID_FILE PORT: sets pid, status, line
  fifo=$work/fifo
  rm -f "$fifo"
  mkfifo "$fifo"
  "$python" serve.py --pid-file "$1" --port "$2" >"$fifo" &
  pid=$!
  started="$started $pid"
  line=$(timeout "$BOUND" head -n 1 "$fifo")
  status=serves
  case $line in *'running on'*) ;; *) status=0; wait "$pid" || status=$? ;; esac
}

gone() { timeout "$BOUND" tail --pid="$1" -f /dev/null || die "$1 is still there"; }
expect() { [ "$status" = "$1" ] || die "$2: expected $1, saw $status: $line"; }

cures_cure() {
  blocks cure >"$work/cures"
  PORT=$(free_port)

  PID_FILE=$work/missing/serve.pid
  serve "$PID_FILE" "$PORT"; expect 74 'a missing folder'
  cure no-pid-file
  serve "$PID_FILE" "$PORT"; expect serves 'after no-pid-file'
  [ "$(cat "$PID_FILE")" = "$pid" ] || die "$PID_FILE does not name $pid"

  owner=$pid
  kill -STOP "$owner"
  serve "$PID_FILE" "$PORT"; expect 0 'beside a stopped owner'
  cure who
  grep -qx "$owner" "$work/out" || die "who: $owner is not in: $(cat "$work/out")"
  cure will-not-start
  gone "$owner"
  serve "$PID_FILE" "$PORT"; expect serves 'after will-not-start'

  owner=$pid
  mkdir "$work/other"
  serve "$work/other/serve.pid" "$(free_port)"; expect serves 'a copy with another lock'
  other=$pid
  cure several-run
  gone "$other"
  kill -0 "$owner" || die 'several-run ended the right one'

  echo 99999 >"$work/missing/old.pid"
  : >"$work/missing/old.pid.lock"
  cure stale-files
  [ ! -e "$work/missing/old.pid" ] || die 'stale-files left the stale file'
  [ "$(cat "$PID_FILE")" = "$owner" ] || die 'stale-files removed the file of a live owner'
  serve "$PID_FILE" "$PORT"; expect 0 'after stale-files'
}

sections_are_there
anchors_lead_somewhere
excerpts_are_true
supervisors_do_as_told
for tool in python3 flock ss ps; do
  command -v "$tool" >/dev/null || { echo "the cures were not tried: no $tool"; exit 77; }
done
python=/usr/bin/python3 # the first in the path may be a script that looks for it at every start
[ -x "$python" ] || python=python3
cures_cure
