"""Contributing factors as rows, with the earlier ones that they are linked to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Text, and_, delete, exists, func, insert, or_, select, update

from incidentd.domain.factors import Category, Factor, Role
from incidentd.domain.reviews import HELD
from incidentd.storage.schema_reviews import factor_links, factors, review_people, reviews
from incidentd.storage.text_search import contains
from incidentd.storage.tx import Tx
from incidentd.wire.review_records import Evidence

_C = factors.c


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """That a factor is one of an earlier incident again, and what shows it."""

    factor_id: int
    earlier_id: int
    evidence: str
    by: str
    at: datetime


def _factor(row: Row[Any]) -> Factor:
    values = {name: getattr(row, name) for name in Factor.__struct_fields__}
    return Factor(
        **values
        | {
            "category": Category(row.category),
            "role": Role(row.role),
            "evidence": msgspec.convert(row.evidence, tuple[Evidence, ...]),
            "contexts": tuple(row.contexts),
        }
    )


def add(tx: Tx, **values: Any) -> Factor:
    """Store a factor, at version 1."""
    statement = insert(factors).values(written_at=tx.now, edited_at=tx.now, version=1, **values)
    return _factor(tx.conn.execute(statement.returning(factors)).one())


def get(conn: Connection, factor_id: int) -> Factor | None:
    """A factor that stands."""
    row = conn.execute(select(factors).where(_C.id == factor_id, _C.withdrawn_at.is_(None))).one_or_none()
    return None if row is None else _factor(row)


def change(tx: Tx, factor: Factor, **values: Any) -> Factor:
    """Store new values of columns; the version goes up by one."""
    statement = update(factors).where(_C.id == factor.id).values(version=_C.version + 1, **values)
    return _factor(tx.conn.execute(statement.returning(factors)).one())


def stand_for(tx: Tx, former: int, target: int | None) -> None:
    """What was said to be the same as `former` is the same as `target` from now on, or stands for itself."""
    tx.conn.execute(update(factors).where(_C.same_as == former).values(same_as=target, version=_C.version + 1))


def of_incident(conn: Connection, incident_id: int) -> list[Factor]:
    """Those that stand, in the order in which they were written."""
    query = select(factors).where(_C.incident_id == incident_id, _C.withdrawn_at.is_(None)).order_by(_C.id)
    return [_factor(row) for row in conn.execute(query)]


# ------------------------------------------------------------------ lists over all incidents
def shown_to(actor: str, masked: Collection[int]) -> ColumnElement[bool]:
    """What `actor` may read: factors that were revealed and their own, of incidents that are not `masked` from them.

    The same as `factors_open_to` of the domain: who joined after the reveal says first that theirs are in.
    """
    mine = review_people.c
    late = exists().where(
        mine.incident_id == reviews.c.incident_id, mine.person == actor, mine.left_at.is_(None),
        mine.factors_in_at.is_(None), mine.joined_at > reviews.c.revealed_at,
    )  # fmt: skip
    revealed = and_(reviews.c.revealed_at.is_not(None), ~late)
    open_ = select(reviews.c.incident_id).where(or_(revealed, reviews.c.state.not_in(HELD)))
    seen = or_(_C.author == actor, _C.incident_id.in_(open_))
    return and_(_C.withdrawn_at.is_(None), seen, _C.incident_id.not_in(masked))


def among(factor_ids: Collection[int]) -> ColumnElement[bool]:
    """The condition that it is one of some."""
    return _C.id.in_(factor_ids)


def conditions(
    *, words: Iterable[str], category: str, role: str, theme_id: int | None, incident_id: int | None
) -> list[ColumnElement[bool]]:
    """What a list is narrowed by; empty values do not matter."""
    found = [or_(contains(_C.text, word), contains(_C.contexts.cast(Text), word)) for word in words]
    equal = (_C.category, category), (_C.role, role), (_C.theme_id, theme_id), (_C.incident_id, incident_id)
    return found + [column == value for column, value in equal if value]


def listed(conn: Connection, where: ColumnElement[bool], before: int | None, limit: int) -> list[Factor]:
    """Factors that fulfil `where`, the newest first, with an id below `before`."""
    beyond = [] if before is None else [_C.id < before]
    query = select(factors).where(where, *beyond).order_by(_C.id.desc()).limit(limit)
    return [_factor(row) for row in conn.execute(query)]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many factors fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(factors).where(where)).scalar_one()
    return total


# ------------------------------------------------------------------ links to earlier ones
def links_of(conn: Connection, factor_ids: Iterable[int]) -> list[Link]:
    """The links of some factors to earlier ones."""
    query = select(factor_links).where(factor_links.c.factor_id.in_(list(factor_ids)))
    rows = conn.execute(query.order_by(factor_links.c.factor_id, factor_links.c.earlier_id))
    return [Link(**{name: getattr(row, name) for name in Link.__struct_fields__}) for row in rows]


def links_to(conn: Connection, earlier_id: int) -> list[Link]:
    """Where a factor was seen again."""
    rows = conn.execute(select(factor_links).where(factor_links.c.earlier_id == earlier_id))
    return [Link(**{name: getattr(row, name) for name in Link.__struct_fields__}) for row in rows]


def link(tx: Tx, factor_id: int, earlier_id: int, evidence: str, by: str) -> None:
    """Link a factor to an earlier one."""
    values = {"factor_id": factor_id, "earlier_id": earlier_id, "evidence": evidence, "by": by, "at": tx.now}
    tx.conn.execute(insert(factor_links).values(**values))


def unlink(tx: Tx, factor_id: int, earlier_id: int) -> bool:
    """Take a link out again; whether there was one."""
    mine = and_(factor_links.c.factor_id == factor_id, factor_links.c.earlier_id == earlier_id)
    return bool(tx.conn.execute(delete(factor_links).where(mine)).rowcount)
