"""Process retros as rows, with those who take part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, true, update

from incidentd.domain.retro_steps import Step
from incidentd.domain.retros import HELD, Member, Retro, State
from incidentd.storage.schema import events, incidents
from incidentd.storage.schema_experiments import retro_people, retros
from incidentd.storage.tx import Tx

_C = retros.c
NO_INCIDENT = ("false_alarm", "merged")
"""Statuses of what was no incident, or is counted with another."""


def _retro(row: Row[Any]) -> Retro:
    values = {name: getattr(row, name) for name in Retro.__struct_fields__}
    return Retro(**values | {"state": State(row.state), "step": Step(row.step)})


def create(tx: Tx, **values: Any) -> Retro:
    """Store a retro at its first step and at version 1."""
    fixed = {"step": Step.FIGURES, "step_started_at": tx.now, "started_by": "", "facilitator": "", "outcome": ""}
    statement = insert(retros).values(**fixed | {"version": 1} | values)
    return _retro(tx.conn.execute(statement.returning(retros)).one())


def get(conn: Connection, retro_id: int, *, lock: bool = False) -> Retro | None:
    """One retro, None when there is none."""
    query = select(retros).where(_C.id == retro_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _retro(row)


def change(tx: Tx, retro: Retro, **values: Any) -> Retro:
    """Store new values of columns; the version goes up by one."""
    statement = update(retros).where(_C.id == retro.id).values(version=_C.version + 1, **values)
    return _retro(tx.conn.execute(statement.returning(retros)).one())


def in_states(states: Sequence[State]) -> ColumnElement[bool]:
    """The condition of a list; of all when nothing is named."""
    return _C.state.in_(states) if states else true()


def listed(
    conn: Connection, where: ColumnElement[bool], before: int | None = None, limit: int | None = None
) -> list[Retro]:
    """Retros that fulfil `where`, the newest first, those with an id below `before`."""
    beyond = [] if before is None else [_C.id < before]
    query = select(retros).where(where, *beyond).order_by(_C.id.desc()).limit(limit)
    return [_retro(row) for row in conn.execute(query)]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many retros fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(retros).where(where)).scalar_one()
    return total


def held_by(tx: Tx, team: str) -> Retro | None:
    """The one of a team ("" for all) that is under way."""
    query = select(retros).where(_C.team == team, _C.state.in_(sorted(HELD))).order_by(_C.id).with_for_update()
    row = tx.conn.execute(query).first()
    return None if row is None else _retro(row)


def due(tx: Tx) -> Retro | None:
    """The one that waits to be begun."""
    row = tx.conn.execute(select(retros).where(_C.state == State.DUE).order_by(_C.id).with_for_update()).first()
    return None if row is None else _retro(row)


def last_finished(conn: Connection) -> Retro | None:
    """The one that ended last."""
    query = select(retros).where(_C.state == State.FINISHED).order_by(_C.finished_at.desc(), _C.id.desc()).limit(1)
    row = conn.execute(query).first()
    return None if row is None else _retro(row)


# ------------------------------------------------------------------ when one is due
def log_began(conn: Connection) -> datetime | None:
    """When the first thing happened that the log knows of."""
    at: datetime | None = conn.execute(select(events.c.at).order_by(events.c.seq).limit(1)).scalar_one_or_none()
    return at


def declared_since(conn: Connection, since: datetime | None) -> int:
    """How many incidents were declared since an instant; drills, false alarms and merged ones are none."""
    query = select(func.count()).select_from(incidents).where(
        incidents.c.drill_id.is_(None), incidents.c.status.not_in(NO_INCIDENT)
    )  # fmt: skip
    if since is not None:
        query = query.where(incidents.c.declared_at > since)
    count: int = conn.execute(query).scalar_one()
    return count


# ------------------------------------------------------------------ who takes part
def members(conn: Connection, retro_ids: Sequence[int]) -> dict[int, list[Member]]:
    """Those who take part, or did, by retro and in the order in which they joined."""
    found: dict[int, list[Member]] = {one: [] for one in retro_ids}
    query = select(retro_people).where(retro_people.c.retro_id.in_(retro_ids))
    for row in conn.execute(query.order_by(retro_people.c.joined_at, retro_people.c.person)):
        values = {name: getattr(row, name) for name in Member.__struct_fields__}
        found[row.retro_id].append(Member(**values))
    return found


def join(tx: Tx, retro_id: int, person: str) -> None:
    """`person` takes part from now on; somebody who left comes back."""
    if not change_member(tx, retro_id, person, left_at=None):
        new = {"joined_at": tx.now, "done_step": ""}
        tx.conn.execute(insert(retro_people).values(retro_id=retro_id, person=person, **new))


def change_member(tx: Tx, retro_id: int, person: str, **values: Any) -> bool:
    """Store what somebody says of themselves; whether they take part at all."""
    mine = and_(retro_people.c.retro_id == retro_id, retro_people.c.person == person)
    return bool(tx.conn.execute(update(retro_people).where(mine).values(**values)).rowcount)


def nobody_is_done(tx: Tx, retro_id: int) -> None:
    """A step begins: whoever said that they were done says it anew."""
    tx.conn.execute(update(retro_people).where(retro_people.c.retro_id == retro_id).values(done_step=""))
