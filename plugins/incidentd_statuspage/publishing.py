"""Writing the files for any web server: each one whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from incidentd_statuspage.rendering import File

_MODE = 0o644


class Publisher:
    """Writes what has changed. The directory is made where its parent is there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._written: dict[str, str] = {}

    def write(self, files: Iterable[File]) -> bool:
        """Write the files that changed since they were written last, or went missing. Blocks. Raises `OSError`.

        Returns whether there was one.
        """
        due = [one for one in files if self._written.get(one.name) != one.etag or not self._path(one).exists()]
        if due:
            self._directory.mkdir(mode=0o755, exist_ok=True)
        for one in due:
            _replace(self._path(one), one.body)
            self._written[one.name] = one.etag
        return bool(due)

    def _path(self, file: File) -> Path:
        return self._directory / file.name


def _replace(path: Path, body: bytes) -> None:
    """Put a whole new file in the place of the old one: a reader sees one or the other, also after a crash."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
