"""The files that process.toml names, a lexicon and templates of documents: on disk, or kept with a version."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from incidentd.configuration.review_templates import read_templates


class NamedFiles(Protocol):
    """Where a process file's other files are. Each call raises OSError for what is not there, as a file would."""

    def place(self, name: str) -> Path:
        """How a fault names it."""
        ...

    def text(self, name: str) -> str:
        """A file. Raises UnicodeDecodeError as well."""
        ...

    def texts(self, name: str) -> dict[str, str]:
        """The files of a directory, by name. Raises `BadTemplate` as well."""
        ...


class OnDisk:
    """They stand beside the process file, in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def place(self, name: str) -> Path:
        return self._directory / name

    def text(self, name: str) -> str:
        return self.place(name).read_text(encoding="utf-8")

    def texts(self, name: str) -> dict[str, str]:
        return read_templates(self.place(name))


class Kept:
    """They came with the text of the process file: `files` has their contents by name. No disk is read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def place(self, name: str) -> Path:
        return Path(name)

    def text(self, name: str) -> str:
        if name not in self._files:
            raise _missing(name)
        return self._files[name]

    def texts(self, name: str) -> dict[str, str]:
        found = {
            file.removeprefix(f"{name}/"): text for file, text in self._files.items() if file.startswith(f"{name}/")
        }
        if not found:
            raise _missing(name)
        return found


def _missing(name: str) -> OSError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)


def stands_beside(name: str) -> bool:
    """Whether `name` leads to nothing outside of the directory of the process file."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and str(path) == name
