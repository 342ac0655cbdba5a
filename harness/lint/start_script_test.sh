#!/bin/sh
# start_script_test.sh SOURCE_DIR: ./pidfall itself, in a checkout where stand-ins for apt-get, sudo, cmake
# and ninja only record their calls, and the real programs cannot be reached.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
checkout="$folder/a checkout"
bin=$folder/bin
calls=$folder/calls
mkdir -p "$checkout/guard" "$checkout/servers" "$checkout/harness" "$checkout/scenarios" "$bin"
cp "$1/pidfall" "$checkout/pidfall"
touch "$checkout/CMakeLists.txt" "$checkout/CMakePresets.json"

for tool in sh cat chmod cksum cut env find flock grep head mkdir mv nproc readlink rm sed touch; do
  ln -s "$(command -v "$tool")" "$bin/$tool"
done
stand_in() { # NAME BODY
  printf '#!/bin/sh\necho "%s $*" >>"%s"\n%s\n' "$1" "$calls" "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}
release() { printf 'ID=%s\nVERSION_ID="%s"\n' "$1" "$2" >"$folder/os-release"; }
# shellcheck disable=SC2016
as_sudoer() { stand_in sudo '"$@"'; }
user() { stand_in id "[ \"\$1\" = -u ] && echo $1"; }
start() { # ARG...: sets status, said and called; the arguments are the script's
  : >"$calls"
  status=0
  said=$(env PATH="$bin" PIDFALL_OS_RELEASE="$folder/os-release" HOME="$folder/home" \
    PIDFALL_PRESET="${preset:-}" "${started:-$checkout/pidfall}" "$@" 2>&1) || status=$?
  called=$(cat "$calls")
}
die() {
  printf '%s\nstatus %s\nsaid: %s\ncalled: %s\n' "$1" "$status" "$said" "$called"
  exit 1
}
says() { case $said in *"$1"*) ;; *) die "does not say: $1" ;; esac }
calls() { case $called in *"$1"*) ;; *) die "does not call: $1" ;; esac }
spares() { case $called in *"$1"*) die "calls: $1" ;; esac }
ends() { [ "$status" = "$1" ] || die "does not end with status $1"; }
begins_anew() { rm -rf "$checkout/build" "${folder:?}/home"; }

stand_in uname 'echo Linux'
stand_in dpkg-query 'exit 1'
stand_in apt-get ''
as_sudoer
# shellcheck disable=SC2016
stand_in cmake 'for last; do :; done; mkdir -p "$last/bin"; touch "$last/build.ninja"
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$3" >"$last/CMakeCache.txt"
printf "#!/bin/sh\necho \"program: \$*\"\n" >"$last/bin/pidfall"; chmod +x "$last/bin/pidfall"'
stand_in ninja ''
stand_in ctest 'echo "100% tests passed"'
release debian 12
user "$(id -u)"

start run --guard 'two words'
ends 0
says 'installing with apt-get:'
says 'program: run --guard two words'
calls 'libboost1.81-dev'
spares clang-tidy-14
calls 'programs'

start run
ends 0
spares ninja
spares dpkg-query

ln -s '../a checkout/pidfall' "$bin/linked"
started=$bin/linked
start doctor
ends 0
says 'program: doctor'
spares ninja
started=

touch "$checkout/guard/new.cpp"
start run
calls ninja
spares 'cmake --fresh'

mv "$checkout" "$folder/moved"
checkout=$folder/moved
start run
ends 0
calls 'cmake --fresh'

start test -L unit
ends 0
says '100% tests passed'
calls clang-tidy-14
calls '-L unit'
spares chromium

# The browser comes from Debian, axe-core by npm, which comes from Debian where it is not there.
stand_in npm ''
start test --with-browser -L page
ends 0
calls 'chromium chromium-driver'
spares 'chromium-driver npm'
calls 'npm install'
calls 'axe-core@'
calls 'action-validator/cli@'
calls 'gitlab-ci-local@'
calls '-L page'
spares --with-browser
says '100% tests passed'

# What cannot be installed fails nothing: the tests that need it say so and are skipped.
stand_in apt-get 'exit 100'
stand_in npm 'exit 1'
start test --with-browser
ends 0
says 'could not install chromium chromium-driver'
says 'could not install axe-core@'
says '100% tests passed'
rm "$bin/npm"
start test --with-browser
ends 0
calls 'chromium-driver npm'
stand_in apt-get ''

# shellcheck disable=SC2016
stand_in cpack 'mkdir -p "$4"; touch "$4/pidfall_1_all.deb"'
cd "$folder"
start package
ends 0
says pidfall_1_all.deb
calls packaged
calls 'dpkg-dev file'
[ -e "$folder/pidfall_1_all.deb" ] || die 'the package is not here'

preset=asan
# shellcheck disable=SC2016
stand_in ctest 'echo "with $ASAN_OPTIONS"'
start test
says 'with detect_leaks=0'
calls '--preset asan'
preset=

begins_anew
stand_in ninja 'echo "a.cpp:1: error: no"; exit 1'
start run
ends 3
says 'a.cpp:1: error: no'
stand_in ninja ''

begins_anew
stand_in apt-get 'exit 100'
start run
ends 2
calls 'apt-get update'
says 'apt-get update && apt-get install'
stand_in apt-get ''

begins_anew
user 12345
rm "$bin/sudo"
start run
ends 2
says 'not root, and no sudo'
says 'apt-get update && apt-get install -y --no-install-recommends g++'
spares apt-get
as_sudoer

# The checkout now belongs to another user: its files are not changed.
begins_anew
user "$(id -u)"
start run
user 12345
start run
ends 0
spares ninja
[ ! -e "$folder/home" ] || die 'built again what was up to date'
# shellcheck disable=SC2016
stand_in dpkg-query 'shift 2; for package; do echo "$package installed"; done'
touch "$checkout/guard/newer.cpp"
start run
ends 0
says 'building in'
[ -e "$folder/home/.cache/pidfall" ] || die 'wrote to what another user built'
user "$(id -u)"
stand_in dpkg-query 'exit 1'

for release in 'debian 13' 'ubuntu 24.04'; do
  begins_anew
  # shellcheck disable=SC2086
  release $release
  start run
  ends 0
  calls libboost1.83-dev
  spares libboost1.81-dev
done

begins_anew
release fedora 41
start run
ends 2
says 'docker run'
stand_in uname 'echo Darwin'
start run
ends 2
says 'docker run'
