#!/bin/sh
# completions_test.sh COMPLETIONS_DIR PIDFALL: each shell that is here reads its file, and bash completes by it.
set -eu
command -v bash >/dev/null || { echo 'skipped: no bash'; exit 77; }
folder=$1
! command -v zsh >/dev/null || zsh -n "$folder/_pidfall"
! command -v fish >/dev/null || fish --no-execute "$folder/pidfall.fish"

completed() { # WORD...: what the last word can become
  bash -c '. "$0"; COMP_WORDS=(pidfall "$@"); COMP_CWORD=$#; _pidfall; printf "%s\n" "${COMPREPLY[@]}"' \
    "$folder/pidfall" "$@"
}
expect() { # RESULT WORD...
  result=$1
  shift
  found=$(completed "$@")
  [ "$found" = "$result" ] || { printf '%s completes to:\n%s\nnot:\n%s\n' "$*" "$found" "$result"; exit 1; }
}
expect check ch
expect --baseline check --base
expect schedules explore sch
expect --contenders explore schedules --cont
expect '' explore crash --cont
expect '' check -- --base
