#!/bin/sh
# contents_test.sh BUILD_DIR: makes both packages and lists what is in them. What costs seconds is left out: to
# strip, to compress, and to find the libraries that they depend on, which install_test.sh shows.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cpack --config "$1/CPackConfig.cmake" -B "$folder" -D CPACK_STRIP_FILES=OFF \
  -D CPACK_DEBIAN_COMPRESSION_TYPE=none -D CPACK_DEBIAN_PACKAGE_SHLIBDEPS=OFF >log 2>&1 || { cat log; exit 1; }

files() { dpkg-deb -c "$1"_*.deb | awk '!/\/$/ { print $6 }'; } # PACKAGE
has() { # PACKAGE FILE...
  package=$1
  shift
  contents=$(files "$package")
  for file; do
    printf '%s\n' "$contents" | grep -qxF "./usr/$file" || { echo "$package has no $file"; exit 1; }
  done
}
has pidfall bin/pidfall libexec/pidfall/stand-in libexec/pidfall/serve-task-manager \
  libexec/pidfall/save-task-notes libexec/pidfall/task-notes-api share/man/man1/pidfall.1 \
  share/bash-completion/completions/pidfall share/zsh/site-functions/_pidfall \
  share/fish/vendor_completions.d/pidfall.fish share/doc/pidfall/docs/SERVER-SAFEGUARD-PATTERNS.md \
  share/doc/pidfall/copyright share/pidfall/incidents/2025-12-22-port-conflict.toml \
  share/pidfall/targets/run.toml lib/cmake/pidfall/pidfall_check.cmake
has pidfall-guard bin/pidfall-guard lib/libpidfall_guard.a include/guard/guard.h \
  include/guard/guard_c.h lib/cmake/pidfall/pidfallConfig.cmake share/man/man1/pidfall-guard.1 \
  share/doc/pidfall-guard/copyright
files pidfall | sort >one
twice=$(files pidfall-guard | sort | comm -12 - one)
[ -z "$twice" ] || { printf 'in both packages:\n%s\n' "$twice"; exit 1; }

# Every link leads to a file of the package.
dpkg-deb -x pidfall_*.deb root
cd root/usr/share/doc/pidfall
find . -name '*.md' | while read -r page; do
  # shellcheck disable=SC2016
  sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)#: ]+[)#]' | tr -d '](#)' | sort -u |
    while read -r link; do
      [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
    done
done >../dangling
[ ! -s ../dangling ] || { echo 'links that dangle:'; cat ../dangling; exit 1; }
[ -e docs/sample-project/CMakeLists.txt ] || { echo 'the sample project is missing'; exit 1; }
