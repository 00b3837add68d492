"""A program in a pseudo-terminal of its own: what it writes, and how soon."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import servers

_READ = 65_536
_KEPT = 200_000  # of the latest bytes


class Terminal:
    """Runs `command` in a terminal of 140x40 until it is left."""

    def __init__(self, command: Sequence[str | Path], environ: Mapping[str, str]) -> None:
        self._command = command
        self._environ = environ
        self._seen = b""
        self.written = 0
        """Bytes that the program has written."""
        self.first = 0.0
        """Seconds until its first byte."""

    def __enter__(self) -> Terminal:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, env=self._environ, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def press(self, keys: bytes) -> None:
        """Type; what was written before counts as seen."""
        self._seen = b""
        os.write(self._master, keys)

    def read(self, seconds: float) -> bool:
        """Take what comes within `seconds`; False when nothing came."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, _READ)
        except OSError:
            raise servers.Failed(f"{self._command[0]} ended: {self._seen[-500:]!r}") from None
        self.first = self.first or time.perf_counter() - self._began
        self.written += len(data)
        self._seen = (self._seen + data)[-_KEPT:]
        return True

    def wait_for(self, text: bytes, seconds: float) -> float:
        """Seconds from the start of this call until `text` was written. Raises `servers.Failed`."""
        began = time.perf_counter()
        while text not in self._seen:
            left = began + seconds - time.perf_counter()
            if left <= 0 or (not self.read(left) and text not in self._seen):
                raise servers.Failed(f"{self._command[0]} did not show {text!r}: {self._seen[-500:]!r}")
        return time.perf_counter() - began
