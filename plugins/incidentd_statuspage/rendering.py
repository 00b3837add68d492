"""The files of a status page: a page, a feed and JSON, which change only when what they say changes."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime

import msgspec

from incidentd.plugin.pages import HTML, pages_of
from incidentd_statuspage.board import Board, Entry, phase_words
from incidentd_statuspage.config import StatusPageConfig

PAGE, FEED, DATA = "index.html", "feed.atom", "status.json"
_NAMESPACE = uuid.UUID("5a1fd2b0-9c0d-4f0e-8f39-0d5b3f7f5d0c")  # of the ids of feeds and their entries
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a feed has to say when it changed last
_NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})  # characters that XML cannot hold


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is served or written."""

    name: str
    content_type: str
    body: bytes
    etag: str


class Renderer:
    """Makes the files of one page, in the words of its configuration. `instance` keeps the ids of feeds apart."""

    def __init__(self, config: StatusPageConfig, instance: str) -> None:
        self._config = config
        self._instance = instance
        self._pages = pages_of("incidentd_statuspage")
        self.headers = self._pages.headers

    def files(self, board: Board, *, below: str = "", stale_since: datetime | None = None) -> dict[str, File]:
        """Every file by its name. `below` leads from the page to the others ("" in a directory).

        `stale_since` is told on the page: it may not be how things stand now.
        """
        config = self._config
        shared = {"title": config.title, "board": board, "url": config.url, "phase_words": phase_words}
        page = self._pages.text(
            PAGE, **shared, lang=config.language, intro=config.intro, stale_since=stale_since,
            feed=below + FEED, data=below + DATA, days=config.history.days,
            subscribe=f"{config.mail.url}/subscribe" if config.mail is not None else "",
        )  # fmt: skip
        entries = (*board.current, *board.past)
        feed = self._pages.text(FEED, **shared, entries=entries, updated_at=board.updated_at or _NEVER, id_of=self._id)
        made = (
            (PAGE, HTML, page.encode("utf-8", "replace")),
            (FEED, "application/atom+xml; charset=utf-8", feed.translate(_NO_XML).encode("utf-8", "replace")),
            (DATA, "application/json", msgspec.json.format(msgspec.json.encode(self._document(board)), indent=1)),
        )
        return {name: _file(name, content_type, body) for name, content_type, body in made}

    def _id(self, about: str) -> str:
        """The same for ever, on every node: readers know by it what they have seen."""
        name = "\n".join((self._instance, self._config.url, about))
        return f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}"

    def _document(self, board: Board) -> dict[str, object]:
        return {
            "title": self._config.title,
            "url": self._config.url,
            "disrupted": bool(board.current),
            "updated_at": board.updated_at,
            "services": [{"name": one.name, "disrupted": one.disrupted} for one in board.services],
            "incidents": [_incident(one) for one in (*board.current, *board.past)],
        }


def _incident(entry: Entry) -> dict[str, object]:
    names = ("id", "title", "service", "phase", "over", "began_at", "updated_at", "next_at", "late", "continued_in")
    return {**{name: getattr(entry, name) for name in names}, "updates": entry.updates}


def _file(name: str, content_type: str, body: bytes) -> File:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return File(name=name, content_type=content_type, body=body, etag=etag)
