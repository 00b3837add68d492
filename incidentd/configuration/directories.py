"""Where the daemon keeps things: systemd's directories when it runs as a service, the user's own otherwise."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from incidentd.unixsocket import user_socket_path


class Directories(msgspec.Struct, frozen=True, kw_only=True):
    """Configuration (read), state (kept) and runtime (the socket)."""

    config: Path
    state: Path
    runtime: Path


class UnsafeDirectory(Exception):  # noqa: N818
    """A directory belongs to somebody else or is open to others."""


def _first(value: str) -> str:
    return value.partition(":")[0]  # systemd joins several with a colon


def directories(environ: Mapping[str, str]) -> Directories:
    """The directories that the environment asks for (systemd.exec(5), XDG base directory specification)."""
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    config = (
        environ.get("INCIDENTD_CONFIG_DIR")
        or _first(environ.get("CONFIGURATION_DIRECTORY", ""))
        or Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "incidentd"
    )
    state = (
        environ.get("INCIDENTD_STATE_DIR")
        or _first(environ.get("STATE_DIRECTORY", ""))
        or Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "incidentd"
    )
    runtime = (
        environ.get("INCIDENTD_RUNTIME_DIR")
        or _first(environ.get("RUNTIME_DIRECTORY", ""))
        or (Path(environ["XDG_RUNTIME_DIR"]) / "incidentd" if environ.get("XDG_RUNTIME_DIR") else None)
        or Path(user_socket_path()).parent
    )
    return Directories(config=Path(config), state=Path(state), runtime=Path(runtime))


def make_private(path: Path) -> None:
    """Create `path` for this user alone. Raises `UnsafeDirectory` for one that is another's, or a link."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnsafeDirectory(f"{path} is not a directory of this user: remove it, or name another one")
    if found.st_mode & 0o022:
        raise UnsafeDirectory(f"{path} can be written by others: chmod go-w {path}")
