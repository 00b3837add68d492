"""One daemon for a state directory: an advisory lock that the kernel drops when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):  # noqa: N818
    """Another daemon holds the state directory."""


class StateUnwritable(OSError):  # noqa: N818
    """The state directory takes no files: its file system is read-only, full or failing, or it is not ours."""


class InstanceLock:
    """Holds `<state_dir>/lock`; the file names the holder's pid for people, the lock itself is flock(2)."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "lock"
        self._fd = -1

    def acquire(self) -> None:
        """Take the lock. Raises `AlreadyRunning` and `StateUnwritable`."""
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            said = f"{self._path.parent} cannot be written ({error.strerror}): incidentd doctor says what mends it"
            raise StateUnwritable(said) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(fd, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            raise AlreadyRunning(
                f"another incidentd (pid {holder}) uses {self._path.parent}: stop it, or set another state directory"
            ) from error
        os.ftruncate(fd, 0)
        os.write(fd, str(os.getpid()).encode())
        self._fd = fd

    def release(self) -> None:
        """Drop the lock; the file stays, for removing it would race with the next holder."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
