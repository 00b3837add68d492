"""Handovers as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from incidentd.domain.handover import OPEN, Handover, Section, State
from incidentd.domain.people import HandoverForm
from incidentd.storage.process_versions import IN_FORCE
from incidentd.storage.schema_handover import handovers
from incidentd.storage.tx import Tx


def _handover(row: Row[Any]) -> Handover:
    values = {name: getattr(row, name) for name in Handover.__struct_fields__}
    typed = {"form": HandoverForm(row.form), "state": State(row.state)}
    return Handover(**values | typed | {"sections": msgspec.convert(row.sections, tuple[Section, ...])})


def _columns(handover: Handover) -> dict[str, Any]:
    values = {name: getattr(handover, name) for name in Handover.__struct_fields__ if name != "id"}
    return values | {"sections": msgspec.to_builtins(handover.sections)}


def _listed(conn: Connection, query: Select[Any]) -> list[Handover]:
    return [_handover(row) for row in conn.execute(query)]


def add(tx: Tx, handover: Handover) -> Handover:
    """Store a new handover; the id is given here."""
    values = _columns(handover) | {"process_version": IN_FORCE}
    return _handover(tx.conn.execute(insert(handovers).values(**values).returning(handovers)).one())


def replace(tx: Tx, handover: Handover) -> Handover:
    """Store a handover over its former self, one version on."""
    changed = msgspec.structs.replace(handover, version=handover.version + 1)
    tx.conn.execute(update(handovers).where(handovers.c.id == handover.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, handover_id: int, *, lock: bool = False) -> Handover | None:
    """One handover, None when there is none."""
    query = select(handovers).where(handovers.c.id == handover_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _handover(row)


def running(tx: Tx, schedule: str) -> Handover | None:
    """The block of a schedule that lasts, locked; None while nobody carries its pager."""
    query = select(handovers).where(handovers.c.schedule == schedule, handovers.c.state == State.RUNNING)
    row = tx.conn.execute(query.order_by(handovers.c.id.desc()).limit(1).with_for_update()).one_or_none()
    return None if row is None else _handover(row)


def open_of(tx: Tx, schedule: str) -> list[Handover]:
    """The handovers of a schedule that were not accepted yet, oldest first, locked."""
    query = select(handovers).where(handovers.c.schedule == schedule, handovers.c.state.in_(OPEN))
    return _listed(tx.conn, query.order_by(handovers.c.id).with_for_update())


def all_running(tx: Tx) -> list[Handover]:
    """Every block that lasts."""
    return _listed(tx.conn, select(handovers).where(handovers.c.state == State.RUNNING).order_by(handovers.c.id))


def listed(
    conn: Connection, states: Sequence[State], *, schedule: str = "", person: str = "", limit: int = 100
) -> list[Handover]:
    """Handovers in `states`, newest first: of one schedule, and from or to one person, where these are given."""
    query = select(handovers).where(handovers.c.state.in_(states))
    if schedule:
        query = query.where(handovers.c.schedule == schedule)
    if person:
        query = query.where((handovers.c.person == person) | (handovers.c.next_person == person))
    return _listed(conn, query.order_by(handovers.c.id.desc()).limit(limit))


def lapsed_before(conn: Connection, handover: Handover) -> list[Handover]:
    """The handovers right before this one that nobody took over, newest first."""
    query = select(handovers).where(handovers.c.schedule == handover.schedule, handovers.c.id < handover.id)
    before = _listed(conn, query.order_by(handovers.c.id.desc()).limit(10))
    taken = next((at for at, one in enumerate(before) if one.state is State.ACCEPTED), len(before))
    return [one for one in before[:taken] if one.state is State.LAPSED]
