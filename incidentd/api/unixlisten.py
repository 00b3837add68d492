"""Taking a socket path: private from the first instant, never stolen from a daemon that lives."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path

import msgspec

_PROBE_SECONDS = 2.0
_MAX_PATH_BYTES = 107  # sun_path of unix(7) less its end mark


class SocketUnusable(Exception):
    """The path cannot be listened on; the message says why and what to do."""


class Listening(msgspec.Struct, frozen=True):
    """A socket that listens at `path`; `identity` is its (device, inode), to remove only what is ours."""

    sock: socket.socket
    path: Path
    identity: tuple[int, int]

    def remove(self) -> None:
        """Take the path away, unless somebody else listens there by now."""
        with contextlib.suppress(FileNotFoundError):
            if _identity(self.path) == self.identity:
                self.path.unlink()


def listen(path: Path, mode: int = 0o600) -> Listening:
    """Listen at `path` with permissions `mode`; a missing directory is made 0700. Raises `SocketUnusable`."""
    if len(os.fsencode(path)) > _MAX_PATH_BYTES:
        raise SocketUnusable(
            f"{path}: longer than the {_MAX_PATH_BYTES} bytes a socket path may have: choose a shorter one"
        )
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(path)
        before = os.umask(0o177)  # the path must not be open to others even for an instant
        try:
            sock.bind(str(path))
        finally:
            os.umask(before)
        path.chmod(mode)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise SocketUnusable(f"{path}: {error.strerror or error}: choose another path or mend its directory") from error
    except BaseException:
        sock.close()
        raise
    return Listening(sock, path, _identity(path))


def _clear(path: Path) -> None:
    """Remove a socket that a dead daemon left behind. Raises `SocketUnusable` when it is alive or no socket at all."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise SocketUnusable(f"{path}: is no socket, so it is left alone: move it away or choose another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except TimeoutError as error:
            raise SocketUnusable(f"{path}: a process holds it but does not accept: stop that process first") from error
        else:
            raise SocketUnusable(f"{path}: another daemon listens there: stop it, or choose another path")


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino
