"""Versions of the process as files in the state directory: what is in force can be read when no daemon runs.

`process/V-4-0123456789ab/` holds process.toml and the files that it names, `process/adopted.toml` says which one is in
force. Every file is written beside its place, read back and compared, flushed, and moved there; nothing old is removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from pathlib import Path

import msgspec
import tomli_w

from incidentd.configuration.documents import Document
from incidentd.configuration.named_files import OnDisk, stands_beside
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import PROCESS_FILE, read_process
from incidentd.configuration.process_sources import read_source
from incidentd.domain.process_text import with_reasons
from incidentd.domain.process_versions import Source

DIRECTORY = "process"
ADOPTED = "adopted.toml"


class NotKept(Exception):  # noqa: N818
    """A version could not be written; the message says which file, and why."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The version that was in force when a daemon wrote last. `how` is "file" while process.toml rules."""

    name: str
    process_version: str
    how: str
    directory: str


def keep(state_dir: Path, name: str, version: str, how: str, source: Source) -> Path:
    """Write a version that is in force, once; returns its directory. Raises `NotKept`."""
    place = state_dir / DIRECTORY / f"{name}-{version}"
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if not place.is_dir():
            _write_version(place, source)
        said = {"name": name, "process_version": version, "how": how, "directory": place.name}
        write_whole(place.parent / ADOPTED, tomli_w.dumps(said))
    except OSError as error:
        raise NotKept(f"{name} cannot be kept in {place}: {error.strerror or error}") from error
    except ConfigurationError as error:
        raise NotKept(f"{name} cannot be kept in {place}: {error.faults[0]}") from error
    return place


def _write_version(place: Path, source: Source) -> None:
    """All of its files in a directory of another name, which gets the right one once it reads as it should."""
    text = with_reasons(source.text, source.reason, source.because)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=place.parent))
    try:
        for file, content in ((PROCESS_FILE, text), *((one, text) for one, text in source.files.items())):
            if not stands_beside(file):
                raise NotKept(f"{place.name} names {file}, which does not stand beside {PROCESS_FILE}: it is not kept")
            (draft / file).parent.mkdir(parents=True, exist_ok=True)
            write_whole(draft / file, content)
        _check(draft, source)
        draft.rename(place)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _flush(place.parent)


def _check(draft: Path, source: Source) -> None:
    """What was written means what it should."""
    again = read_process(Document.read(draft / PROCESS_FILE), None, OnDisk(draft))
    if source.text and again.version != read_source(source, None).version:
        raise NotKept(f"{draft.name}: what was written reads otherwise than it was meant")


def write_whole(file: Path, text: str) -> None:
    """`file` has the whole text or, after a crash at whatever moment, what was there before."""
    handle, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as writing:
            writing.write(text)
            writing.flush()
            os.fsync(writing.fileno())
        os.replace(draft, file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _flush(file.parent)


def _flush(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept(state_dir: Path) -> Kept | None:
    """What was kept last, None when nothing was, or it cannot be read."""
    try:
        return msgspec.convert(tomllib.loads((state_dir / DIRECTORY / ADOPTED).read_text(encoding="utf-8")), Kept)
    except (OSError, ValueError):  # msgspec's and tomllib's are ValueErrors
        return None


def unfollowed(state_dir: Path, process_version: str, *, exists: bool) -> str:
    """What `incidentd check` says of a process file that nobody follows; "" when all is well."""
    found = kept(state_dir)
    if found is None or found.how == "file" or not exists or found.process_version == process_version:
        return ""
    return (
        f"{PROCESS_FILE} says something else than the adopted {found.name}, which is in force:"
        " `incidentctl process diff` shows it, `incidentctl process adopt --from-file` puts it in force"
    )
