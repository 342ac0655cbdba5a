#!/bin/sh
# rules.sh SOURCE_DIR: the rules that no compiler checks.
set -eu
cd "$1"
status=0

report() { # REASON, the offending lines on standard input
  lines=$(cat)
  [ -z "$lines" ] || { printf '%s\n%s\n' "$1:" "$lines"; status=1; }
}

code() { find "$@" -name '*.cpp' -o -name '*.h'; }
text() {
  find . \( -path ./build -o -path ./.git \) -prune -o -type f \
    \( -name '*.cpp' -o -name '*.h' -o -name '*.md' -o -name '*.sh' -o -name '*.cmake' \
    -o -name 'CMakeLists.txt' -o -name '*.toml' -o -path ./pidfall -o -path ./.ci/run \) -print
}
search() { xargs -r -d '\n' grep -nHE -- "$1" || true; }

sleeps='\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|(^|[^.[:alnum:]_])sleep\('
unfinished='\b(TODO|FIXME|XXX)\b'
tab=$(printf '\t')

report 'wait on an event, bounded, never for a fixed time' <<END
$(code guard servers harness scenarios | search "$sleeps")
END
report 'the suite is black-box: harness and scenarios never include the guard or the servers' <<END
$(code harness scenarios | search '#include "(guard|servers)/')
END
report 'arrows point one way: cli -> scenarios -> harness' <<END
$(code harness | grep -v '^harness/cli/' | search '#include "(scenarios|harness/cli)/')
END
report 'the guard stands alone, and the servers know it only' <<END
$(code guard | search '#include "(harness|scenarios|servers)/')
$(code servers | search '#include "(harness|scenarios)/')
END
report 'finish it or leave it out' <<END
$(text | grep -v '^./harness/lint/rules' | search "$unfinished")
END
report 'a tab' <<END
$(text | search "$tab")
END
report 'over 500 lines: split it by concern' <<END
$(code guard servers harness scenarios | xargs -r wc -l | awk '$1 > 500 && $2 != "total"')
END
report 'a link to a file that is not there' <<END
$(text | grep '\.md$' | while read -r page; do
  # shellcheck disable=SC2016
  sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)#: ]+[)#]' | tr -d '](#)' | sort -u |
    while read -r link; do
      [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
    done
done)
END
exit "$status"
