"""A process and the text it is kept as: written out without comments, read again, always meaning the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from incidentd.configuration.documents import Document
from incidentd.configuration.named_files import Kept, stands_beside
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import PROCESS_FILE, read_process
from incidentd.domain.file_faults import Fault
from incidentd.domain.process import Process
from incidentd.domain.process_keys import still_there
from incidentd.domain.process_versions import Source

_ADOPTION, _SAID = "adoption", ("reason", "because")


def source_of(document: Document, process: Process) -> Source:
    """What `process`, which was read from `document`, is kept as."""
    if not document.exists:
        return Source(text="")
    data = dict(document.data)
    said: Mapping[str, Any] = data.get(_ADOPTION, {})
    rules = {key: value for key, value in said.items() if key not in _SAID}
    data = {key: rules if key == _ADOPTION else value for key, value in data.items() if key != _ADOPTION or rules}
    return Source(
        text=tomli_w.dumps(data),
        files=_files(data.get("review", {}), process),
        reason=str(said.get("reason", "")),
        because=still_there(data, said.get("because", {})),
    )


def _files(review: Mapping[str, Any], process: Process) -> dict[str, str]:
    lexicon, templates = review.get("lexicon"), review.get("templates")
    return {
        **({lexicon: process.wording.own} if lexicon else {}),
        **(
            {f"{templates}/{name}": text for name, text in process.review_papers.templates.items()} if templates else {}
        ),
    }


def read_source(source: Source, policies: Collection[str] | None, *, name: str = PROCESS_FILE) -> Process:
    """The process that `source` means; faults call it `name`. Raises `ConfigurationError` with every fault."""
    document = document_of(source, name)
    return read_process(document, policies, Kept(source.files))


def document_of(source: Source, name: str = PROCESS_FILE) -> Document:
    """The text of `source`, parsed. Raises `ConfigurationError`."""
    return Document(Path(name), source.text or None)


def read_text(text: str, files: Mapping[str, str], policies: Collection[str], name: str) -> tuple[Process, Source]:
    """A process that somebody sends, and what it is kept as. Raises `ConfigurationError` with every fault."""
    document = Document(Path(name), text)
    process = read_process(document, policies, Kept(files))
    source = source_of(document, process)
    if faults := [_beside(document, one) for one in ("lexicon", "templates") if not _keepable(document, one)]:
        raise ConfigurationError(faults)
    return process, source


def _keepable(document: Document, key: str) -> bool:
    named = document.data.get("review", {}).get(key, "")
    return not named or stands_beside(named)


def _beside(document: Document, key: str) -> Fault:
    what = "does not stand beside the process file, so it cannot be kept with a version"
    return document.fault(("review", key), what, "move it there, and name it without / in front and without ..")


def known_as(process: Process, version: str) -> Process:
    """`process` by the name that its version got when it was first recorded, by whatever incidentd."""
    return process if process.version == version else msgspec.structs.replace(process, version=version)
