"""Where what reviews found was used again, and how many people read what was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, String, and_, func, insert, literal, select, update

from incidentd.storage.schema_reviews import factor_links, factors, review_readers, use_events
from incidentd.storage.tx import Tx


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use. `linked`: the factor was seen again in a later incident, whose number is `place`."""

    id: int
    incident_id: int
    subject: str
    kind: str
    place: str
    note: str
    at: datetime
    linked: bool = False


_COLUMNS = tuple(name for name in Use.__struct_fields__ if name != "linked")


def subject_of(kind: str, number: ColumnElement[int]) -> ColumnElement[str]:
    """What a row goes by in the ledger: factor:3."""
    return literal(f"{kind}:", String) + number.cast(String)


def add(tx: Tx, **values: Any) -> Use:
    """Store that something was used."""
    row = tx.conn.execute(insert(use_events).values(at=tx.now, **values).returning(use_events)).one()
    return Use(**{name: getattr(row, name) for name in _COLUMNS})


def find(conn: Connection, subject: str, kind: str, place: str) -> Use | None:
    """The use of a subject at a place, None when nobody has recorded it."""
    same = and_(use_events.c.subject == subject, use_events.c.kind == kind, use_events.c.place == place)
    row = conn.execute(select(*(use_events.c[name] for name in _COLUMNS)).where(same).limit(1)).one_or_none()
    return None if row is None else Use(**row._mapping)


def listed(
    conn: Connection, subject: str = "", incident_id: int | None = None, besides: Collection[int] = (), limit: int = 200
) -> list[Use]:
    """Uses of a subject, or of all that came of an incident's review, the newest first; links among factors too."""
    query = select(*(use_events.c[name] for name in _COLUMNS))
    if subject:
        query = query.where(use_events.c.subject == subject)
    if incident_id is not None:
        query = query.where(use_events.c.incident_id == incident_id)
    if besides:
        query = query.where(use_events.c.incident_id.not_in(list(besides)))
    rows = conn.execute(query.order_by(use_events.c.at.desc(), use_events.c.id.desc()).limit(limit))
    found = [Use(**row._mapping) for row in rows]
    found += _links(conn, subject, incident_id, besides, limit)
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def _links(conn: Connection, subject: str, incident_id: int | None, besides: Collection[int], limit: int) -> list[Use]:
    kind, _, number = subject.partition(":")
    if kind not in ("", "factor"):
        return []
    later = factors.alias()
    query = (
        select(factors.c.id, factors.c.incident_id, later.c.incident_id.label("later"), factor_links)
        .select_from(factor_links)
        .join(factors, factors.c.id == factor_links.c.earlier_id)
        .join(later, later.c.id == factor_links.c.factor_id)
        .where(later.c.withdrawn_at.is_(None))
    )
    if number:
        query = query.where(factors.c.id == int(number))
    if incident_id is not None:
        query = query.where(factors.c.incident_id == incident_id)
    if besides:  # neither what is hidden, nor what was found where something is hidden
        query = query.where(factors.c.incident_id.not_in(list(besides)), later.c.incident_id.not_in(list(besides)))
    return [
        Use(
            id=0,
            incident_id=row.incident_id,
            subject=f"factor:{row.id}",
            kind="incident",
            place=f"INC-{row.later}",
            note=row.evidence,
            at=row.at,
            linked=True,
        )
        for row in conn.execute(query.order_by(factor_links.c.at.desc()).limit(limit))
    ]


def counts(conn: Connection, subjects: Sequence[str]) -> Mapping[str, int]:
    """How often each was used, links among factors counted."""
    found: dict[str, int] = {}
    query = select(use_events.c.subject, func.count()).where(use_events.c.subject.in_(subjects))
    for subject, count in conn.execute(query.group_by(use_events.c.subject)):
        found[subject] = count
    ids = [int(one.partition(":")[2]) for one in subjects if one.startswith("factor:")]
    if ids:
        links = select(factor_links.c.earlier_id, func.count()).where(factor_links.c.earlier_id.in_(ids))
        for earlier_id, count in conn.execute(links.group_by(factor_links.c.earlier_id)):
            found[f"factor:{earlier_id}"] = found.get(f"factor:{earlier_id}", 0) + count
    return found


def hidden(conn: Connection, masked: Collection[int], subject: str = "") -> int:
    """How many uses belong to one of the incidents `masked`."""
    return len(listed(conn, subject)) - len(listed(conn, subject, besides=masked)) if masked else 0


# ------------------------------------------------------------------ readers
def read(tx: Tx, incident_id: int, person: str) -> bool:
    """Count `person` among the readers; whether they are a new one."""
    mine = and_(review_readers.c.incident_id == incident_id, review_readers.c.person == person)
    if tx.conn.execute(update(review_readers).where(mine).values(last_at=tx.now)).rowcount:
        return False
    values = {"incident_id": incident_id, "person": person, "first_at": tx.now, "last_at": tx.now}
    tx.conn.execute(insert(review_readers).values(**values))
    return True


def readers(conn: Connection, incident_id: int, among: Collection[str] = ()) -> tuple[int, int]:
    """How many people have read it, and how many of `among`."""
    mine = select(func.count()).select_from(review_readers).where(review_readers.c.incident_id == incident_id)
    everybody: int = conn.execute(mine).scalar_one()
    some: int = conn.execute(mine.where(review_readers.c.person.in_(list(among)))).scalar_one() if among else 0
    return everybody, some
