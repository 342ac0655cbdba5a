#!/bin/sh
# install_test.sh SUITE PACKAGE...: installs the packages into a fresh Debian root, which has no compiler,
# and checks a server there. As root, by hand: debootstrap takes minutes.
#   sh harness/packaging/install_test.sh bookworm pidfall_*.deb pidfall-guard_*.deb
set -eu
suite=$1
shift
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
debootstrap --variant=minbase "$suite" "$root" >/dev/null
cp "$@" "$root/tmp"
mkdir "$root/before"
chmod 755 "$root" # a scenario has another user

# In a mere chroot the kernel refuses namespaces to users, which the sandbox is made of.
in_root() {
  # shellcheck disable=SC2016
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb unshare --mount sh -ec '
    mount --bind "$0" "$0"
    cd "$0"
    pivot_root . before
    mount -t proc proc /proc
    umount -l /before
    exec "$@"' "$root" "$@"
}

install='apt-get install -y --no-install-recommends'
in_root sh -c "apt-get update && $install python3 && $install --download-only /tmp/*.deb" >/dev/null
started=$(date +%s)
in_root sh -c "$install /tmp/*.deb" >/dev/null
if in_root sh -c 'command -v cc c++ gcc'; then
  echo 'there is a compiler: this root proves nothing'
  exit 1
fi
status=0
in_root pidfall check -- python3 -m http.server 8000 || status=$?
[ "$status" -le 1 ] || { echo "it was not judged: status $status"; exit 1; } # 1: python3's own breaches
took=$(($(date +%s) - started))
echo "$suite: installed and checked in $took s"
in_root pidfall check --scenario 'duplicate/*' -- \
  pidfall-guard --pid-file /run/http.pid -- python3 -m http.server 8000
in_root pidfall incident run launchd-exit0-loop
in_root pidfall run --scenario 'stale/*' # status 1 where a bundled server is missing
[ "$took" -lt 30 ] || { echo "$took s should be less than 30 s, on an idle machine with two processors"; exit 1; }
