"""What reviews found, as the library finds it: of reviews whose workshop is over, without what was withdrawn."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from incidentd.clock import from_micros, to_micros
from incidentd.domain.reviews import State
from incidentd.domain.severity import Severity
from incidentd.storage.library_uses import subject_of
from incidentd.storage.schema import incidents
from incidentd.storage.schema_library import SUFFIX, TEXTS, words_of
from incidentd.storage.schema_reviews import (
    actions,
    factor_links,
    factors,
    learnings,
    review_documents,
    reviews,
    themes,
    use_events,
)

KINDS = ("factor", "learning", "action", "review")
"""In the order in which those of one incident are shown."""
_TABLES: Mapping[str, Table] = {
    "factor": factors, "learning": learnings, "action": actions, "review": review_documents,
}  # fmt: skip
_OVER = (State.WRITTEN, State.PUBLISHED)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; what is left out sorts out nothing. `words` are in lower case, letters and digits only."""

    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    category: str = ""
    role: str = ""
    theme: str = ""
    service: str = ""
    severity: Severity | None = None
    since: datetime | None = None
    until: datetime | None = None
    incident: int | None = None
    used: bool = False


class Key(msgspec.Struct, frozen=True, order=True):
    """Where something stands in the list: the newest incident first, then by kind, then the newest."""

    before: int  # microseconds from the incident's start back to the epoch: less is newer
    rank: int
    before_id: int
    incident_id: int = 0

    @property
    def kind(self) -> str:
        return KINDS[self.rank]

    @property
    def id(self) -> int:
        return -self.before_id


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing with what is shown of it."""

    kind: str
    id: int
    incident_id: int
    text: str
    category: str = ""
    role: str = ""
    theme: str = ""
    state: str = ""

    @property
    def subject(self) -> str:
        """factor:3, learning:4, action:5; a review goes by its incident."""
        return f"{self.kind}:{self.id}"


# ------------------------------------------------------------------ finding
def keys(
    conn: Connection, wanted: Wanted, besides: Collection[int], after: Key | None, limit: int
) -> tuple[list[Key], dict[str, int]]:
    """The first `limit` of what is wanted that follow `after`, and how many there are of each kind in all.

    Nothing of the incidents `besides` is among them.
    """
    found: list[list[Key]] = []
    counts: dict[str, int] = {}
    for rank, kind in enumerate(KINDS):
        if kind not in wanted.kinds:
            continue
        table = _TABLES[kind]
        shown = table.c.incident_id if kind == "review" else table.c.id
        columns = (shown.label("number"), table.c.incident_id, incidents.c.started_at)
        if after is None:  # one walk over what is found counts it as well
            query = _of(conn, kind, wanted, besides, *columns, func.count().over().label("of"))
        else:
            query = _of(conn, kind, wanted, besides, *columns).where(_beyond(after, rank, shown))
            counts[kind] = conn.execute(_of(conn, kind, wanted, besides, func.count())).scalar_one()
        rows = conn.execute(query.order_by(incidents.c.started_at.desc(), shown.desc()).limit(limit)).all()
        if after is None:
            counts[kind] = rows[0].of if rows else 0
        found.append([Key(-to_micros(row.started_at), rank, -row.number, row.incident_id) for row in rows])
    return list(heapq.merge(*found))[:limit], counts


def hidden(conn: Connection, wanted: Wanted, masked: Collection[int]) -> int:
    """How many of those that are wanted belong to one of the incidents `masked`."""
    return sum(
        conn.execute(query.where(_TABLES[kind].c.incident_id.in_(list(masked)))).scalar_one()
        for kind in wanted.kinds
        for query in [_of(conn, kind, wanted, (), func.count())]
    )


def _of(conn: Connection, kind: str, wanted: Wanted, besides: Collection[int], *columns: Any) -> Select[Any]:
    table = _TABLES[kind]
    query = select(*columns).select_from(table)
    query = query.join(incidents, incidents.c.id == table.c.incident_id)
    query = query.join(reviews, reviews.c.incident_id == table.c.incident_id).where(reviews.c.state.in_(_OVER))
    if besides:
        query = query.where(table.c.incident_id.not_in(list(besides)))
    if wanted.words:
        query = query.where(_holds(conn, table, wanted.words))
    return query.where(*_about(kind), *_fits(wanted), *_fits_factor(kind, wanted), *_is_used(kind, wanted))


def _about(kind: str) -> Iterable[ColumnElement[bool]]:
    """What of a table is shown at all."""
    if kind == "review":
        later = review_documents.alias()
        of_it = and_(later.c.incident_id == review_documents.c.incident_id, later.c.kind == "internal")
        yield review_documents.c.id == select(func.max(later.c.id)).where(of_it).scalar_subquery()
        yield reviews.c.published_at.is_not(None)
    elif kind != "action":
        yield _TABLES[kind].c.withdrawn_at.is_(None)
    if kind == "factor":
        yield factors.c.same_as.is_(None)


def _fits(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.service:
        yield incidents.c.service == wanted.service
    if wanted.severity is not None:
        yield incidents.c.severity == wanted.severity
    if wanted.since is not None:
        yield incidents.c.started_at >= wanted.since
    if wanted.until is not None:
        yield incidents.c.started_at < wanted.until
    if wanted.incident is not None:
        yield incidents.c.id == wanted.incident


def _fits_factor(kind: str, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    """What only factors have sorts out everything else."""
    if kind != "factor":
        if wanted.category or wanted.role or wanted.theme:
            yield false()
        return
    if wanted.category:
        yield factors.c.category == wanted.category
    if wanted.role:
        yield factors.c.role == wanted.role
    if wanted.theme:
        named = select(themes.c.id).where(func.lower(themes.c.name) == wanted.theme.lower())
        yield factors.c.theme_id.in_(named)


def _is_used(kind: str, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if not wanted.used:
        return
    if kind == "action":
        yield false()
        return
    table = _TABLES[kind]
    number = table.c.incident_id if kind == "review" else table.c.id
    mine = select(use_events.c.id).where(use_events.c.subject == subject_of(kind, number)).exists()
    linked = select(factor_links.c.factor_id).where(factor_links.c.earlier_id == table.c.id).exists()
    yield or_(mine, linked) if kind == "factor" else mine


def _holds(conn: Connection, table: Table, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether every word begins a word of the text."""
    column: ColumnElement[str] = table.c[TEXTS[table.name]]
    if conn.dialect.name == "postgresql":
        return words_of(column).op("@@")(func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words)))
    index = sql_table(f"{table.name}{SUFFIX}", sql_column("rowid"))
    matches = literal_column(index.name).op("MATCH")(" AND ".join(f'"{word}"*' for word in words))
    return table.c.id.in_(select(index.c.rowid).where(matches))


def _beyond(after: Key, rank: int, number: ColumnElement[int]) -> ColumnElement[bool]:
    at = from_micros(-after.before)
    same = incidents.c.started_at == at
    if rank > after.rank:
        return incidents.c.started_at <= at
    if rank < after.rank:
        return incidents.c.started_at < at
    return or_(incidents.c.started_at < at, and_(same, number < after.id))


# ------------------------------------------------------------------ reading
def details(conn: Connection, found: Sequence[Key]) -> list[Found]:
    """What is shown of those that were found, in their order; a query for each kind."""
    by_key: dict[tuple[str, int], Found] = {}
    for kind in KINDS:
        ids = [one.id for one in found if one.kind == kind]
        if ids:
            by_key |= {(kind, one.id): one for one in map(_found, conn.execute(_detail(kind, ids)))}
    return [by_key[one.kind, one.id] for one in found if (one.kind, one.id) in by_key]


def _detail(kind: str, ids: Sequence[int]) -> Select[Any]:
    nothing = literal("")
    if kind == "review":
        latest = select(func.max(review_documents.c.id)).where(
            review_documents.c.incident_id.in_(ids), review_documents.c.kind == "internal"
        )
        columns = [review_documents.c.incident_id.label("id"), review_documents.c.incident_id]
        query = select(literal(kind).label("kind"), *columns, review_documents.c.markdown.label("text"))
        return query.where(review_documents.c.id.in_(latest.group_by(review_documents.c.incident_id)))
    table = _TABLES[kind]
    query = select(literal(kind).label("kind"), table.c.id, table.c.incident_id, table.c.text).where(
        table.c.id.in_(ids)
    )
    if kind == "action":
        return query.add_columns(table.c.state)
    if kind == "factor":
        query = query.outerjoin(themes, themes.c.id == factors.c.theme_id)
        return query.add_columns(
            factors.c.category, factors.c.role, func.coalesce(themes.c.name, nothing).label("theme")
        )
    return query


def _found(row: Row[Any]) -> Found:
    return Found(**row._mapping)


def is_there(conn: Connection, subject: str) -> int | None:
    """The incident of a subject that the library has; None when it has none."""
    kind, _, number = subject.partition(":")
    table = _TABLES[kind]
    shown = table.c.incident_id if kind == "review" else table.c.id
    query = _of(conn, kind, Wanted(), (), table.c.incident_id).where(shown == int(number))
    found: int | None = conn.execute(query).scalar_one_or_none()
    return found


def document(conn: Connection, incident_id: int) -> str:
    """The text that was published last for the people here; "" when there is none."""
    mine = and_(review_documents.c.incident_id == incident_id, review_documents.c.kind == "internal")
    query = select(review_documents.c.markdown).where(mine).order_by(review_documents.c.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none() or ""
