"""Writing an imported configuration: a new directory appears whole, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from incidentd.domain.display import safe_line
from incidentd.importers.secret_places import DIRECTORY


class CannotWrite(Exception):
    """The directory cannot be made, or something is there already; the message says what to do."""


def write_directory(
    directory: Path, files: Mapping[str, Mapping[str, Any]], placeholders: Mapping[str, str], source: str
) -> None:
    """Make `directory` of TOML `files` and, readable by the owner only, `placeholders` of secrets.

    Raises `CannotWrite`, also when the directory holds anything: nothing is ever overwritten.
    """
    made = directory.parent / f".incidentd-{secrets.token_hex(8)}"
    try:
        made.mkdir()
        try:
            _fill(made, files, placeholders, source)
            made.rename(directory)  # refused by the kernel unless it is an empty directory, or nothing
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        _sync(directory.parent)
    except OSError as error:
        if directory.exists():
            raise CannotWrite(f"{directory} is there already: name a new directory") from None
        raise CannotWrite(f"{directory} cannot be made: {error.strerror}") from None


def _fill(
    directory: Path, files: Mapping[str, Mapping[str, Any]], placeholders: Mapping[str, str], source: str
) -> None:
    head = f"# Imported from {safe_line(source)}. Read the import's report before you use it.\n\n"
    for name, data in files.items():
        _write(directory / name, head + tomli_w.dumps(data), 0o644)
    if placeholders:
        below = directory / DIRECTORY
        below.mkdir(mode=0o700)
        for name, text in placeholders.items():
            _write(below / name, f"{text}\n", 0o600)
        _sync(below)
    _sync(directory)


def _write(path: Path, text: str, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
