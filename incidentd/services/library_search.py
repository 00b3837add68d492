"""Search and browse the learning library: what is hidden from the caller is counted, and said why, and never shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from incidentd.domain.front_matter import without_head
from incidentd.domain.review_masks import told
from incidentd.domain.snippets import searched, snippet
from incidentd.services.errors import Invalid
from incidentd.services.library_contracts import LibraryQuery
from incidentd.services.review_masks import masked_from
from incidentd.storage import incidents, library, library_uses
from incidentd.storage.library import KINDS, Key, Wanted
from incidentd.storage.store import Store
from incidentd.wire import library as wire_library

_CURSOR = re.compile(r"^l(-?[0-9]{1,18})\.([0-3])\.([0-9]{1,16})\Z")
_WHOLE = 100_000


class LibrarySearch:
    """Implements `library_contracts.SearchCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def search(self, query: LibraryQuery, actor: str) -> wire_library.LibraryPage:
        """What fits, the newest incidents first. Raises `Invalid`."""
        wanted, after, limit = _wanted(query), _decoded(query.cursor), query.limit

        def read(conn: Connection) -> wire_library.LibraryPage:
            masked = masked_from(conn, actor)
            found, counts = library.keys(conn, wanted, masked, after, limit + 1)
            hidden = library.hidden(conn, wanted, masked) if masked else 0
            return wire_library.LibraryPage(
                items=items(conn, found[:limit], wanted.words),
                next_cursor=_encoded(found[limit - 1]) if len(found) > limit else "",
                total=sum(counts.values()),
                counts=counts,
                hidden=hidden,
                why_hidden=why(masked) if hidden else "",
            )

        return await self._store.read(read)


def _wanted(query: LibraryQuery) -> Wanted:
    words = searched(query.q)
    if query.q.strip() and not words:
        raise Invalid("nothing to search for is in it", field="q", remedy="give a word of letters or digits")
    return Wanted(
        words=words,
        kinds=KINDS if query.kind == "all" else (query.kind,),
        category=query.category or "",
        role=query.role or "",
        theme=query.theme,
        service=query.service,
        severity=query.severity,
        since=query.since,
        until=query.until,
        incident=query.incident,
        used=query.used,
    )


def why(masked: Mapping[int, int]) -> str:
    """Why something is hidden from somebody, "" when nothing is."""
    return told(max(masked.values())) if masked else ""


def items(
    conn: Connection, found: Sequence[Key], words: tuple[str, ...] = (), *, whole: bool = False
) -> tuple[wire_library.LibraryItem, ...]:
    """Things as callers see them, with a piece of each text or the `whole` of it; a fixed number of queries."""
    rows = library.details(conn, found)
    about = {one.id: one for one in incidents.among(conn, sorted({row.incident_id for row in rows}))}
    uses = library_uses.counts(conn, [row.subject for row in rows])
    shown = []
    for row in rows:
        piece = snippet(without_head(row.text), words, _WHOLE if whole else 240)
        incident = about[row.incident_id]
        shown.append(
            wire_library.LibraryItem(
                subject=row.subject,
                kind=row.kind,  # type: ignore[arg-type]  # one of KINDS
                id=row.id,
                incident_id=row.incident_id,
                title=incident.title,
                service=incident.service,
                severity=incident.severity,
                at=incident.started_at,
                text=piece.text,
                hits=piece.hits,
                category=row.category,
                role=row.role,
                theme=row.theme,
                state=row.state,
                uses=uses.get(row.subject, 0),
            )
        )
    return tuple(shown)


def all_of(conn: Connection, wanted: Wanted, masked: Collection[int]) -> tuple[wire_library.LibraryItem, ...]:
    """Everything that fits, with its whole text, the first first: of one incident, so some dozens at most."""
    found, _ = library.keys(conn, wanted, masked, None, 1_000)
    return items(conn, sorted(found, key=lambda one: (one.rank, one.id)), whole=True)


def _encoded(last: Key) -> str:
    return f"l{-last.before}.{last.rank}.{last.id}"


def _decoded(cursor: str) -> Key | None:
    if not cursor:
        return None
    if (found := _CURSOR.match(cursor)) is None:
        raise Invalid("this cursor is none of ours", field="cursor", remedy="pass next_cursor of the page before")
    return Key(-int(found[1]), int(found[2]), -int(found[3]))
