"""Experiments as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, true, update

from incidentd.domain.experiments import OPEN_QUESTION, Experiment, State
from incidentd.domain.severity import Severity
from incidentd.storage.schema_experiments import experiments
from incidentd.storage.tx import Tx

_C = experiments.c
_DAYS = ("begins_on", "ends_on")
_RANK = case({State.ASKING: 0, State.STOPPED: 0, State.RUNNING: 1, State.PLANNED: 2}, value=_C.state, else_=3)
"""Those that ask first, then those that run, those to come, and what is decided."""


def _experiment(row: Row[Any]) -> Experiment:
    values = {name: getattr(row, name) for name in Experiment.__struct_fields__}
    read = {"state": State(row.state), "severity": None if row.severity is None else Severity(row.severity)}
    return Experiment(**values | read | {name: date.fromisoformat(values[name]) for name in _DAYS})


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: values[name].isoformat() for name in _DAYS if name in values}


def create(tx: Tx, **values: Any) -> Experiment:
    """Store an experiment, at version 1."""
    fixed = {"at": tx.now, "verdict": "", "why": "", "decided_by": "", "version": 1}
    statement = insert(experiments).values(**fixed | _stored(values))
    return _experiment(tx.conn.execute(statement.returning(experiments)).one())


def get(conn: Connection, experiment_id: int, *, lock: bool = False) -> Experiment | None:
    """One experiment, None when there is none."""
    query = select(experiments).where(_C.id == experiment_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _experiment(row)


def change(tx: Tx, one: Experiment, **values: Any) -> Experiment:
    """Store new values of columns; the version goes up by one."""
    statement = update(experiments).where(_C.id == one.id).values(version=_C.version + 1, **_stored(values))
    return _experiment(tx.conn.execute(statement.returning(experiments)).one())


def in_states(states: Sequence[State]) -> ColumnElement[bool]:
    """The condition of a list; of all when nothing is named."""
    return _C.state.in_(states) if states else true()


def listed(
    conn: Connection, where: ColumnElement[bool], after: Experiment | None = None, limit: int | None = None
) -> list[Experiment]:
    """Experiments that fulfil `where`: those that ask first, then those that run; of each the newest first."""
    query = select(experiments).where(where)
    if after is not None:
        rank = select(_RANK).where(_C.id == after.id).scalar_subquery()
        query = query.where(or_(rank < _RANK, and_(rank == _RANK, _C.id < after.id)))
    return [_experiment(row) for row in conn.execute(query.order_by(_RANK, _C.id.desc()).limit(limit))]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many experiments fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(experiments).where(where)).scalar_one()
    return total


def asking(conn: Connection) -> list[Experiment]:
    """Those whose question is open."""
    return listed(conn, in_states(sorted(OPEN_QUESTION)))


def of_retros(conn: Connection, retro_ids: Sequence[int]) -> dict[int, list[Experiment]]:
    """Those that came out of some retros, in the order in which they were written."""
    found: dict[int, list[Experiment]] = {one: [] for one in retro_ids}
    query = select(experiments).where(_C.retro_id.in_(retro_ids)).order_by(_C.id)
    for row in conn.execute(query):
        found[row.retro_id].append(_experiment(row))
    return found


def of_figures(conn: Connection, figures: Sequence[str]) -> list[Experiment]:
    """Those that look at any of some figures, in the order in which they were written."""
    mine = or_(_C.figure.in_(figures), _C.counter_figure.in_(figures))
    return [_experiment(row) for row in conn.execute(select(experiments).where(mine).order_by(_C.id))]


def every(conn: Connection) -> list[Experiment]:
    """All of them, in the order in which they were written."""
    return [_experiment(row) for row in conn.execute(select(experiments).order_by(_C.id))]
