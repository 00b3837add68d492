"""Where incidentd's files are, and that nobody else can reach into the private ones.

systemd.exec(5) hands over CONFIGURATION_DIRECTORY, STATE_DIRECTORY and RUNTIME_DIRECTORY (several are separated by
colons: the first counts); a private daemon follows the XDG Base Directory Specification.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from incidentd.configuration.problems import ConfigurationError
from incidentd.domain.file_faults import Fault
from incidentd.spool import ENVIRONMENT_VARIABLE as SPOOL_VARIABLE


def _given(environ: Mapping[str, str], name: str) -> Path | None:
    first = environ.get(name, "").split(":")[0]
    return Path(first) if first.startswith("/") else None


def _home(environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME", "")
    return Path(home) if home.startswith("/") else Path(f"/tmp/incidentd-{os.getuid()}")  # noqa: S108 - checked on use


def default_config_dir(environ: Mapping[str, str]) -> Path:
    """$INCIDENTD_CONFIG_DIR, else systemd's, else $XDG_CONFIG_HOME/incidentd."""
    named = environ.get("INCIDENTD_CONFIG_DIR")
    if named:
        return Path(named)
    own = _given(environ, "XDG_CONFIG_HOME") or _home(environ) / ".config"
    return _given(environ, "CONFIGURATION_DIRECTORY") or own / "incidentd"


def default_state_dir(environ: Mapping[str, str]) -> Path:
    """systemd's, else $XDG_STATE_HOME/incidentd."""
    own = _given(environ, "XDG_STATE_HOME") or _home(environ) / ".local" / "state"
    return _given(environ, "STATE_DIRECTORY") or own / "incidentd"


def default_runtime_dir(environ: Mapping[str, str]) -> Path:
    """systemd's, else $XDG_RUNTIME_DIR/incidentd, else a directory of this user in /tmp."""
    given = _given(environ, "RUNTIME_DIRECTORY")
    if given:
        return given
    xdg = _given(environ, "XDG_RUNTIME_DIR")
    return xdg / "incidentd" if xdg else Path(f"/tmp/incidentd-{os.getuid()}")  # noqa: S108 - owner is checked


def default_spool_dir(environ: Mapping[str, str], state_dir: Path) -> Path:
    """$INCIDENTD_SPOOL, which the system's unit sets, else a directory of the daemon's own."""
    named = environ.get(SPOOL_VARIABLE, "")
    return Path(named) if named.startswith("/") else state_dir / "spool"


def prepare_private(directory: Path, key: str) -> None:
    """Make `directory` (0700) when it is missing. Raises `ConfigurationError` when it is not this user's alone.

    Anyone may make a directory in /tmp first: one that belongs to another user, or a link, is refused.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if stat.S_ISLNK(found.st_mode) and directory.parent.lstat().st_mode & stat.S_ISVTX == 0:
            found = directory.stat()  # DynamicUser: /var/lib/incidentd is a link that root made
    except OSError as error:
        raise _unusable(directory, key, f"cannot be made: {error.strerror}", "choose another directory") from error
    if not stat.S_ISDIR(found.st_mode):
        raise _unusable(directory, key, "is no directory", "move it away or choose another directory")
    if found.st_uid != os.geteuid():
        what = f"belongs to uid {found.st_uid}, not to incidentd's uid {os.geteuid()}"
        raise _unusable(directory, key, what, "choose another directory, or change its owner")
    if found.st_mode & 0o022:
        raise _unusable(directory, key, "can be written to by others", f"run: chmod 700 {directory}")


def _unusable(directory: Path, key: str, what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError([Fault(file=str(directory), line=0, key=key, what=what, remedy=remedy)])
