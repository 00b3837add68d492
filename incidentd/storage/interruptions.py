"""Interruptions as rows, and the part of the event log that protection is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, text, update

from incidentd.domain.interruptions import Interruption, protected
from incidentd.domain.protection_log import HAPPENED, STATES
from incidentd.storage import duty_changes
from incidentd.storage.event_log import event
from incidentd.storage.schema import events, pages
from incidentd.storage.schema_duty import PROTECTION_KINDS, interruptions
from incidentd.storage.tx import Tx
from incidentd.wire import Event


def _struct(row: Row[Any]) -> Interruption:
    return msgspec.convert({name: getattr(row, name) for name in Interruption.__struct_fields__}, Interruption)


def add(tx: Tx, one: Interruption) -> Interruption:
    """Store a new one; the id is given here."""
    values = {name: getattr(one, name) for name in one.__struct_fields__ if name != "id"}
    return _struct(tx.conn.execute(insert(interruptions).values(**values).returning(interruptions)).one())


def get(conn: Connection, interruption_id: int, *, lock: bool = False) -> Interruption | None:
    """One of them, None when there is none."""
    query = select(interruptions).where(interruptions.c.id == interruption_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _struct(row)


def withdraw(tx: Tx, one: Interruption, note: str) -> Interruption:
    """It was none; it is kept and no longer counts."""
    gone = msgspec.structs.replace(one, withdrawn=True, note=note or one.note)
    changed = {"withdrawn": True, "note": gone.note}
    tx.conn.execute(update(interruptions).where(interruptions.c.id == one.id).values(**changed))
    return gone


def between(conn: Connection, start: datetime, end: datetime) -> list[Interruption]:
    """Those from `start` until before `end`, withdrawn ones too, the newest first."""
    query = select(interruptions).where(interruptions.c.at >= start, interruptions.c.at < end)
    return [_struct(row) for row in conn.execute(query.order_by(interruptions.c.at.desc(), interruptions.c.id.desc()))]


def recorded_for(conn: Connection, subject: str) -> set[str]:
    """Whom the same thing has interrupted already."""
    query = select(interruptions.c.person).where(interruptions.c.subject == subject)
    return set(conn.execute(query).scalars())


def on_project_work(conn: Connection, people: Sequence[str], at: datetime) -> list[str]:
    """Those of `people` who are on project work at an instant."""
    blocks = duty_changes.mode_blocks_between(conn, at, at + timedelta(microseconds=1))
    return protected(people, blocks, at)


def measured(conn: Connection, start: datetime, end: datetime) -> list[Event]:
    """The events of modes, absences, interruptions and pages that say what a time was like, oldest first."""
    kinds = text(PROTECTION_KINDS)  # word for word as in the index, so that it is used
    stands = events.c.kind.in_(STATES)
    happened = events.c.kind.in_(HAPPENED) & (events.c.at >= start)
    query = select(events).where(kinds, events.c.at < end, stands | happened).order_by(events.c.seq)
    return [event(row) for row in conn.execute(query)]


def practice_pages(conn: Connection, start: datetime) -> list[str]:
    """The pages of drills since `start`, as subjects: they count for nothing."""
    query = select(pages.c.id).where(pages.c.drill_id.is_not(None), pages.c.started_at >= start)
    return [f"page:{number}" for number in conn.execute(query).scalars()]
