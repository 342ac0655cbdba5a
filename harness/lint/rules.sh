#!/bin/sh
# rules.sh SOURCE_DIR: the rules that no compiler checks.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
status=0

report() { # REASON, the offending lines on standard input
  lines=$(cat)
  [ -z "$lines" ] || { printf '%s\n%s\n' "$1:" "$lines"; status=1; }
}

code() { find "$@" -name '*.cpp' -o -name '*.h'; }
scripts() { find "$@" -name '*.sh' -o -name '*.py' -o -name '*.js'; }
text() {
  find . \( -path ./build -o -path ./.git \) -prune -o -type f \
    \( -name '*.cpp' -o -name '*.h' -o -name '*.c' -o -name '*.py' -o -name '*.md' -o -name '*.sh' \
    -o -name '*.cmake' -o -name 'CMakeLists.txt' -o -name '*.toml' -o -name '*.plist' \
    -o -path ./pidfall -o -path ./.ci/run \) -print
}
search() { xargs -r -d '\n' grep -nHE -- "$1" || true; }

sleeps='\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|(^|[^.[:alnum:]_])sleep\('
unfinished='\b(TODO|FIXME|XXX)\b'
tab=$(printf '\t')

report 'wait on an event, bounded, never for a fixed time' <<END
$(code guard servers harness scenarios | search "$sleeps")
END
report 'an arrow that points up, see harness/layers.md' <<END
$(code guard servers harness scenarios | search '#include "(guard|servers|harness|scenarios)/' |
  awk -f "$here/arrows.awk" "$here/../layers.md" -)
END
report 'finish it or leave it out' <<END
$(text | grep -v '^./harness/lint/rules' | search "$unfinished")
END
report 'a tab' <<END
$(text | search "$tab")
END
# clang-format breaks code that is too long, but no comment. An address cannot be broken, nor the
# text in a raw literal, which has no //.
report 'over 100 columns' <<END
$(code guard servers harness scenarios | LC_ALL=C.UTF-8 xargs -r -d '\n' grep -nHE '^.{101,}' |
  grep -F '//' | grep -vE ':[0-9]+:// https?://[^ ]+$')
END
report 'over 400 lines: split it by concern' <<END
$({
  code guard servers harness scenarios
  scripts guard servers harness scenarios docs
} | xargs -r wc -l | awk '$1 > 400 && $2 != "total"')
END
report 'over 30 public methods: split it by concern' <<END
$(code guard servers harness scenarios | xargs -r awk -v most=30 -f "$here/public_methods.awk")
END
report 'two types of one name: the linker takes one of their functions for both' <<END
$(code harness scenarios | grep '\.h$' |
  xargs -r -d '\n' grep -HoE '^(struct|class|union|enum|enum class) [[:alnum:]]+ [^;]*[{:]' |
  awk '{ file = name = $0; sub(/:.*/, "", file); sub(/^[^:]*:/, "", name)
         sub(/ *(final *)?[{:].*/, "", name); sub(/.* /, "", name)
         if (name in first && first[name] != file) print name ": " first[name] ", " file
         first[name] = file }')
END
report 'a header begins with a comment that explains it, with the smallest correct use' <<END
$(code guard servers harness scenarios | grep '\.h$' | xargs -r -d '\n' awk 'FNR == 1 && !/^\/[\/*]/ { print FILENAME }')
END
report 'a file begins with the name of the thing ("The filter that ..."), not with "What" or "Of"' <<END
$(code guard servers harness scenarios |
  xargs -r -d '\n' awk 'FNR == 1 && /^\/[\/*] (What|Of) / { print FILENAME }')
END
report 'say "fix"' <<END
$(text | grep -v '^./harness/lint/rules' | xargs -r -d '\n' grep -nHiE '\b(mend|mends|mended|mending)\b' || true)
END
report 'name the subject ("the owner"), say "some" or "many"' <<END
$(text | grep -v '^./harness/lint/rules' | xargs -r -d '\n' grep -nHiE '\b(whoever|many an?)\b' || true)
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
