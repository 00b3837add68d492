"""A disk whose power can be cut: a file of FUSE behind a loop device, run as `python disk.py IMAGE MOUNTPOINT`.

Like a real disk it has a cache that is lost: what was written since the last flush survives a cut sector by sector or
not at all, in any order. It can fail writes to some ranges, and flushes, too. Commands come on standard input, one a
line, and each is answered by one line:

    cut PATH SEED      write what survives to PATH; every request fails from then on
    save PATH          write what it holds to PATH, cache and all
    fail writes A-B,.. let writes to these ranges of bytes fail, one in two
    fail flushes       let every flush fail
    mend               let nothing fail

The protocol is that of linux/fuse.h; the root of the mount is the file itself, so there is no directory.
"""

from __future__ import annotations

import ctypes
import errno
import os
import random
import select
import stat
import struct
import sys

SECTOR = 512
_MAX = 1 << 17
_IN, _OUT = struct.Struct("=IIQQIIIHH"), struct.Struct("=IiQ")
_ATTR = struct.Struct("=QII QQQQQQ IIIIIIIIII")
GETATTR, SETATTR, OPEN, READ, WRITE, STATFS, RELEASE, FSYNC, FLUSH, INIT, DESTROY = (
    3,
    4,
    14,
    15,
    16,
    17,
    18,
    20,
    25,
    26,
    38,
)
_SILENT = {2, 36, 42}  # forgetting, and interrupts: nothing is answered


class Disk:
    """What is on the platters, what is in the cache, and what fails."""

    def __init__(self, image: str) -> None:
        with open(image, "rb") as file:
            self.now = bytearray(file.read())
        self._cached: dict[int, bytes] = {}  # by sector: as it was at the last flush
        self._cut = False
        self._bad: list[tuple[int, int]] = []
        self._bad_flushes = False
        self._chance = random.Random(1)

    def write(self, offset: int, data: bytes) -> None:
        """Raises OSError."""
        if self._cut or self._is_bad(offset, len(data)):
            raise OSError(errno.EIO, "write")
        for sector in range(offset // SECTOR, (offset + len(data) + SECTOR - 1) // SECTOR):
            self._cached.setdefault(sector, bytes(self.now[sector * SECTOR : (sector + 1) * SECTOR]))
        self.now[offset : offset + len(data)] = data

    def read(self, offset: int, size: int) -> bytes:
        """Raises OSError."""
        if self._cut:
            raise OSError(errno.EIO, "read")
        return bytes(self.now[offset : offset + size])

    def flush(self) -> None:
        """Raises OSError."""
        if self._cut or self._bad_flushes:
            raise OSError(errno.EIO, "flush")
        self._cached.clear()

    def _is_bad(self, offset: int, size: int) -> bool:
        hit = any(offset < end and start < offset + size for start, end in self._bad)
        return hit and self._chance.random() < 0.5

    def command(self, line: str) -> str:
        """Obey, and say what was done."""
        match line.split():
            case ["cut", path, seed]:
                return self._power_cut(path, random.Random(int(seed)))
            case ["save", path]:
                with open(path, "wb") as file:
                    file.write(self.now)
            case ["fail", "writes", ranges]:
                self._bad = [(int(a), int(b)) for a, b in (one.split("-") for one in ranges.split(","))]
            case ["fail", "flushes"]:
                self._bad_flushes = True
            case ["mend"]:
                self._bad, self._bad_flushes = [], False
            case _:
                return f"what is {line!r}?"
        return "ok"

    def _power_cut(self, path: str, chance: random.Random) -> str:
        self._cut = True
        share = chance.random()
        lost = [sector for sector in self._cached if chance.random() < share]
        for sector in lost:
            self.now[sector * SECTOR : (sector + 1) * SECTOR] = self._cached[sector]
        with open(path, "wb") as file:
            file.write(self.now)
        return f"{len(lost)} {len(self._cached)}"


class Server:
    """Answers the kernel."""

    def __init__(self, disk: Disk, fd: int) -> None:
        self._disk, self._fd = disk, fd

    def _attributes(self) -> bytes:
        size = len(self._disk.now)
        mode = stat.S_IFREG | 0o600
        return _ATTR.pack(3600, 0, 0, 1, size, size // SECTOR, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def one(self) -> bool:
        """Answer one request; False when the mount is gone."""
        try:
            request = os.read(self._fd, _MAX + 4096)
        except OSError as error:
            return error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT)
        _, opcode, unique, *_ = _IN.unpack_from(request)
        if opcode in _SILENT:
            return True
        try:
            body, failed = self._answer(opcode, request[_IN.size :]), 0
        except OSError as error:
            body, failed = b"", -(error.errno or errno.EIO)
        os.write(self._fd, _OUT.pack(_OUT.size + len(body), failed, unique) + body)
        return opcode != DESTROY

    def _answer(self, opcode: int, body: bytes) -> bytes:
        if opcode == INIT:
            flags = 1 | 1 << 5 | 1 << 22  # reads side by side, large writes, many pages a request
            return struct.pack("=IIIIHHIIHHI28x", 7, 31, _MAX, flags, 16, 12, _MAX, 1, _MAX // 4096, 0, 0)
        if opcode in (GETATTR, SETATTR):
            return self._attributes()
        if opcode == OPEN:
            return struct.pack("=QII", 1, 1, 0)  # past the kernel's page cache
        if opcode == READ:
            _, offset, size = struct.unpack_from("=QQI", body)
            return self._disk.read(offset, size)
        if opcode == WRITE:
            _, offset, size = struct.unpack_from("=QQI", body)
            self._disk.write(offset, body[40 : 40 + size])
            return struct.pack("=II", size, 0)
        if opcode == FSYNC:
            self._disk.flush()
            return b""
        if opcode in (RELEASE, FLUSH, DESTROY):
            return b""
        raise OSError(errno.ENOSYS, "unknown")


def mount(mountpoint: str) -> int:
    """Mount on a file; the descriptor of the kernel's side."""
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=100000,user_id=0,group_id=0,max_read={_MAX}".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"disk", mountpoint.encode(), b"fuse", 0, options):
        raise OSError(ctypes.get_errno(), "cannot mount")
    return fd


def main() -> None:
    """Serve until the mount is gone or nobody commands any more."""
    disk = Disk(sys.argv[1])
    fd = mount(sys.argv[2])
    server = Server(disk, fd)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([fd, sys.stdin], [], [])
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                return
            sys.stdout.write(disk.command(line) + "\n")
            sys.stdout.flush()
        elif not server.one():
            return


if __name__ == "__main__":
    main()
