#!/usr/bin/env bash
# A machine of its own for test_ssh.py, on a throw-away overlay of the root file system. Run as:
#   unshare --mount --pid --uts --ipc --net --fork --kill-child ssh-house.sh WORK SOURCE SITE PYTHON
# WORK/files is laid over the root. It says "here" when the machine stands, and lives until its input ends.
# Exit 77: not possible here.
set -euo pipefail
work=$1 source=$2 site=$3 python=$4
root=$work/t/root

unable() { echo "cannot make a machine here: $1" >&2; exit 77; }

mount --make-rprivate / || unable "no private mounts"
mkdir -p "$work/t"
mount -t tmpfs tmpfs "$work/t"
mkdir -p "$work"/t/{up,wk,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/t/up,workdir=$work/t/wk" "$root" || unable "no overlay"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}" || unable "no device nodes"
done
mknod -m 666 "$root/dev/tty" c 5 0
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root"/dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"

cp -a "$work/files/." "$root/"
mkdir -p "$root"/opt/incidentd/{src,site,python} "$root/run/sshd"
chmod 1777 "$root/tmp"
mount --bind "$source" "$root/opt/incidentd/src"
mount --bind "$site" "$root/opt/incidentd/site"
mount --bind "$python" "$root/opt/incidentd/python"
ip link set lo up
exec chroot "$root" /bin/sh -c 'echo here; exec cat'
