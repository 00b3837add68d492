#!/usr/bin/env bash
# Boots a root file system's own systemd on a throw-away overlay of it. Run by machine.py as:
#   unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child boot.sh WORK LOWER [SOURCE=TARGET ...]
# WORK/files is laid over the root LOWER, each SOURCE is bound to TARGET inside. Exit 77: not possible here.
set -euo pipefail
work=$1 lower=$2
shift 2
root=$work/t/root

unable() { echo "cannot boot systemd here: $1" >&2; exit 77; }

mount --make-rprivate / || unable "no private mounts"
mkdir -p "$work/t"
mount -t tmpfs tmpfs "$work/t"
mkdir -p "$work"/t/{up,wk,root}
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/t/up,workdir=$work/t/wk" "$root" || unable "no overlay"
# The kernel's settings and devices are the host's: they are read-only or left out, so that nothing here changes them.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys" || unable "no sysfs"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" || unable "no cgroup2"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}" || unable "no device nodes"
done
mknod -m 666 "$root/dev/tty" c 5 0
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root"/dev/{pts,shm,mqueue,hugepages}
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"

[[ $lower != / ]] || rm -rf "$root"/etc/systemd/system/* # nothing of the host's own is started
cp -a "$work/files/." "$root/"
for pair in "$@"; do
  mkdir -p "$root${pair#*=}"
  mount --bind "${pair%%=*}" "$root${pair#*=}"
done
ip link set lo up 2>/dev/null || true
export container=other
cd "$root"
pivot_root . .
umount -l .
mount --make-rshared . # what a manager of containers does for a systemd inside: it hands credentials over by mounts
exec chroot . /lib/systemd/systemd --system --log-target=journal --show-status=no
