"""Rehearsals of the severity matrix as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from incidentd.domain.rehearsal_cards import Card
from incidentd.domain.rehearsals import Call
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import Matrix
from incidentd.storage.schema_rehearsals import rehearsal_calls, rehearsals
from incidentd.storage.tx import Tx


class RehearsalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal with the cards and the matrix that it was started with."""

    id: int
    title: str
    started_by: str
    started_at: datetime
    closed_at: datetime | None
    cards: tuple[Card, ...]
    matrix: Matrix

    @property
    def name(self) -> str:
        """What people call it."""
        return f"RH-{self.id}"

    @property
    def subject(self) -> str:
        """What its events carry."""
        return f"rehearsal:{self.id}"


def _rehearsal(row: Row[Any]) -> RehearsalRow:
    values = {name: getattr(row, name) for name in RehearsalRow.__struct_fields__}
    typed = {"cards": msgspec.convert(row.cards, tuple[Card, ...]), "matrix": msgspec.convert(row.matrix, Matrix)}
    return RehearsalRow(**values | typed)


def create(tx: Tx, *, title: str, started_by: str, cards: Sequence[Card], matrix: Matrix) -> RehearsalRow:
    """Store a rehearsal that starts now."""
    values = {"title": title, "started_by": started_by, "started_at": tx.now}
    data = {"cards": msgspec.to_builtins(tuple(cards)), "matrix": msgspec.to_builtins(matrix)}
    return _rehearsal(tx.conn.execute(insert(rehearsals).values(**values, **data).returning(rehearsals)).one())


def get(conn: Connection, rehearsal_id: int, *, lock: bool = False) -> RehearsalRow | None:
    """One rehearsal, None when there is none."""
    query = select(rehearsals).where(rehearsals.c.id == rehearsal_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _rehearsal(row)


def listed(conn: Connection, limit: int) -> list[RehearsalRow]:
    """The newest first."""
    return [_rehearsal(row) for row in conn.execute(select(rehearsals).order_by(rehearsals.c.id.desc()).limit(limit))]


def close(tx: Tx, rehearsal: RehearsalRow) -> RehearsalRow:
    """End it now."""
    statement = update(rehearsals).where(rehearsals.c.id == rehearsal.id).values(closed_at=tx.now)
    return _rehearsal(tx.conn.execute(statement.returning(rehearsals)).one())


def put_call(tx: Tx, rehearsal_id: int, call: Call, rule: str) -> None:
    """Store what somebody says about a card, over what they said before."""
    key = {"rehearsal_id": rehearsal_id, "card": call.card, "person": call.person}
    same = and_(*(rehearsal_calls.c[name] == value for name, value in key.items()))
    tx.conn.execute(delete(rehearsal_calls).where(same))
    values: Mapping[str, Any] = {"answers": dict(call.answers), "level": call.level, "rule": rule, "at": tx.now}
    tx.conn.execute(insert(rehearsal_calls).values(**key, **values))


def calls(conn: Connection, ids: Sequence[int]) -> dict[int, list[tuple[Call, str]]]:
    """What was said in each rehearsal, with the rule that gave the level; in the order of cards and people."""
    found: dict[int, list[tuple[Call, str]]] = {one: [] for one in ids}
    query = select(rehearsal_calls).where(rehearsal_calls.c.rehearsal_id.in_(ids))
    for row in conn.execute(query.order_by(rehearsal_calls.c.card, rehearsal_calls.c.person)):
        call = Call(card=row.card, person=row.person, answers=row.answers, level=Severity(row.level))
        found[row.rehearsal_id].append((call, row.rule))
    return found
