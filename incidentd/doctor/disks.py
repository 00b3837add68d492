"""Room on the disk of the state directory, and whether its file system is one that SQLite can trust."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from incidentd.configuration.daemon_settings import DaemonSettings
from incidentd.configuration.store_address import sqlite_file
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning

_MIB = 2**20
_LITTLE = 64 * _MIB
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs"})
_THROWN_AWAY = frozenset({"tmpfs", "ramfs"})
_LAYERED = frozenset({"overlay", "aufs"})


def room(place: Path) -> Iterator[Finding]:
    """Free bytes and inodes for who is not root."""
    there = _existing(place)
    found = os.statvfs(there)
    free, share = found.f_bavail * found.f_frsize, found.f_bavail / max(found.f_blocks, 1)
    said = f"{free // _MIB} MiB ({share:.0%}) free on the disk of {place}"
    remedy = f"df -h {there}; make room, or grow the disk; never remove incidentd.db-wal"
    if free < _LITTLE:
        yield problem("disk-space", said, "soon nothing can be stored, and senders are refused", remedy)
    elif share < 0.1:
        yield warning("disk-space", said, "a backup or a storm of alerts may fill it", remedy)
    else:
        yield ok("disk-space", said)
    if found.f_files:  # some file systems count none
        left = found.f_favail / found.f_files
        text = f"{found.f_favail} inodes ({left:.0%}) free on the disk of {place}"
        means, mend = "no file can be made, though there is room", f"df -i {there}; remove what has many small files"
        yield problem("inodes", text, means, mend) if left < 0.02 else ok("inodes", text)
    if found.f_flag & os.ST_RDONLY:
        means = "nothing can be stored; a disk that had errors is often mounted so"
        yield problem(
            "disk-space", f"{place} is on a read-only file system", means, f"dmesg | tail; mount -o remount,rw {there}"
        )


def kind(settings: DaemonSettings) -> Iterator[Finding]:
    """SQLite's write-ahead log needs shared memory and locks of one machine (sqlite.org/wal.html)."""
    if sqlite_file(settings.database_url.reveal()) is None:
        yield skipped("file-system", "the store is PostgreSQL")
        return
    name = file_system(settings.state_dir)
    said = f"{settings.state_dir} is on {name or 'a file system of unknown kind'}"
    move = "move it: [daemon] state_dir on a local disk (ext4, xfs, btrfs), or use PostgreSQL"
    if name in _NETWORK:
        yield problem("file-system", said, "a write-ahead log on a network file system gets damaged", move)
    elif name in _THROWN_AWAY:
        yield problem("file-system", said, "everything is gone after a restart of the machine", move)
    elif name in _LAYERED:
        means = "the layer of a container is thrown away with it, and slow to flush"
        yield warning("file-system", said, means, "mount a volume there")
    else:
        yield ok("file-system", said)


def file_system(place: Path) -> str:
    """The kind of the file system that `place` is on (proc_pid_mountinfo(5)), "" when it cannot be told."""
    wanted, best, found = os.path.realpath(_existing(place)), -1, ""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            left, _, right = line.partition(" - ")
            point = left.split()[4].encode().decode("unicode_escape")
            inside = wanted == point or wanted.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= best:
                best, found = len(point), right.split()[0]
    return found


def _existing(place: Path) -> Path:
    return next((one for one in (place, *place.parents) if one.exists()), Path("/"))
