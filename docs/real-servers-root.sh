#!/bin/sh
# real-servers-root.sh FOLDER COMMAND [ARG...]: runs a command in a Debian of its own, so that nothing is
# installed on this machine.
#
#   ./pidfall package
#   sudo docs/real-servers-root.sh /var/tmp/pidfall-root docs/real-servers.sh cron atd
#
# Makes the Debian in FOLDER when it is not there (with debootstrap; MIRROR names another mirror), with
# apt's sources of this machine, and installs pidfall_*.deb of the current folder in it. The command is
# looked up in the folder above docs, which the Debian has as /pidfall. Results are in its /var/tmp.
set -eu

root=$1
shift
source=$(cd "$(dirname "$0")/.." && pwd)

make_root() {
  # shellcheck disable=SC2086 # none where it is not set
  debootstrap --variant=minbase bookworm "$root" ${MIRROR:-}
}

# invoke-rc.d asks policy-rc.d before it starts a service: 101 says no.
set_up() {
  rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
  for name in sources.list sources.list.d apt.conf.d trusted.gpg.d; do
    [ ! -e "/etc/apt/$name" ] || cp -a "/etc/apt/$name" "$root/etc/apt/"
  done
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  mkdir -p "$root/pidfall" "$root/old" "$root/debs"
  cp ./pidfall_*.deb "$root/debs/"
}

[ -e "$root/usr/bin/apt-get" ] || make_root
[ -e "$root/debs" ] || set_up

# Its /dev has what servers need and nothing of the machine's.
# shellcheck disable=SC2016 # it is text here
exec unshare --mount --propagation private sh -euc '
  root=$1 source=$2; shift 2
  mount --bind "$root" "$root"; cd "$root"
  mount -t proc proc proc; mount --rbind /sys sys; mount --bind "$source" pidfall
  mount -t tmpfs -o mode=755 tmpfs dev; mkdir dev/shm dev/pts; mount -t tmpfs tmpfs dev/shm
  mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts; ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  for node in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "dev/${node%:*}" c 1 "${node#*:}"
  done
  mknod -m 666 dev/tty c 5 0
  pivot_root . old; umount -l /old; cd /pidfall
  command -v pidfall >/dev/null || {
    apt-get update -qq && apt-get install -qq --no-install-recommends /debs/pidfall_*.deb; } >&2
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    PIDFALL=/usr/bin/pidfall "$@"' sh "$root" "$source" "$@"
