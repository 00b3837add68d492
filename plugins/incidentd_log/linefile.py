"""A file that lines are appended to, whole, while other programs may rotate it."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

# O_NONBLOCK: opening a named pipe that nobody reads must fail, not hang; regular files ignore it.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
_MODE = 0o600


class LineFile:
    """Thread-safe. Opened on first use, and again whenever the path names another file than the open one."""

    def __init__(self, path: Path, *, fsync: bool) -> None:
        self._path = path
        self._fsync = fsync
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._torn = False  # the last write stopped in the middle of a line

    def append(self, line: bytes) -> None:
        """Append `line` and a line end with one `write`. Raises `OSError`; a torn line is ended before the next one."""
        with self._lock:
            descriptor = self._current()
            self._write(descriptor, (b"\n" if self._torn else b"") + line + b"\n")
            if self._fsync:
                os.fsync(descriptor)

    def close(self) -> None:
        """Release the file; a later `append` opens it again."""
        with self._lock:
            self._release()

    def _write(self, descriptor: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                written = os.write(descriptor, rest)
            except OSError:
                self._torn = self._torn or len(rest) < len(data)
                raise
            rest = rest[written:]
        self._torn = False

    def _current(self) -> int:
        if self._descriptor is not None:
            if _same_file(self._descriptor, self._path):
                return self._descriptor
            self._release()
        self._descriptor = os.open(self._path, _FLAGS, _MODE)
        return self._descriptor

    def _release(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            self._torn = False
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
