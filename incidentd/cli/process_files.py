"""Process files on the caller's disk: what is sent of one, and writing a version out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from incidentd.cli.edited_files import edited_file
from incidentd.domain.display import safe_line
from incidentd.domain.process_text import with_reasons
from incidentd.wire.process_versions import WholeProcessVersion
from incidentd.wire.replay import EditedFile

_FILE = "process.toml"
_ENDINGS = (".md", ".html", ".css")  # of templates, as the daemon reads them


def sent(path: Path) -> tuple[EditedFile, dict[str, str]]:
    """The text of a process file, and those of the files that it names. Raises `click.BadParameter`."""
    file = edited_file(path, "FILE")
    return file, {name: edited_file(path.parent / name, "FILE").text for name in _named(path, file.text)}


def _named(path: Path, text: str) -> Iterator[str]:
    """The files that a process file names and that are there; the daemon says what is missing."""
    review = _table(text)
    lexicon, templates = review.get("lexicon"), review.get("templates")
    if isinstance(lexicon, str) and lexicon and (path.parent / lexicon).is_file():
        yield lexicon
    if isinstance(templates, str) and templates and (path.parent / templates).is_dir():
        for one in sorted((path.parent / templates).iterdir()):
            if one.suffix in _ENDINGS and one.is_file() and not one.name.startswith("."):
                yield f"{templates}/{one.name}"


def _table(text: str) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(text).get("review", {})
    except (tomllib.TOMLDecodeError, RecursionError):  # the daemon says where
        return {}
    return found if isinstance(found, dict) else {}


def write_out(version: WholeProcessVersion, directory: Path, *, overwrite: bool) -> list[Path]:
    """Write a version into a directory, its reasons in `[adoption]`. Raises `click.UsageError` and leaves all as
    it was when a file with another text is there and `overwrite` is not wanted.
    """
    text = with_reasons(version.document, version.note or version.reason, version.explanations)
    wanted = {directory / name: content for name, content in ((_FILE, text), *version.files.items())}
    there = [path for path, content in wanted.items() if path.exists() and not _holds(path, content)]
    if there and not overwrite:
        raise click.UsageError(f"{safe_line(str(there[0]))} holds something else; --overwrite replaces it")
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with click.open_file(str(path), "w", encoding="utf-8", atomic=True) as file:
            file.write(content)
    return list(wanted)


def _holds(path: Path, content: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == content
    except (OSError, UnicodeDecodeError):
        return False
