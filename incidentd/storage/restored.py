"""What a store that came from a backup has to forget about the time in between."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select, update

from incidentd.storage import deliveries, meta, schema
from incidentd.storage.restore import MARK, Restored
from incidentd.storage.tx import Tx, Wake

_AT = "restored_at"
_D = schema.deliveries.c
_ASKS_STILL = _D.page_id.in_(select(schema.pages.c.id).where(schema.pages.c.state == "open")) | (_D.kind == "bundle")
_MAY_BE_OUT = f"{deliveries.UNCLEAR}: the store was restored from a backup"


def take_mark(tx: Tx) -> Restored | None:
    """What `incidentd restore` left, once; None when there was no restore since the last start."""
    text = meta.get(tx, MARK, lock=True)
    if text is None:
        return None
    tx.conn.execute(delete(schema.meta).where(schema.meta.c.name == MARK))
    found = msgspec.json.decode(text, type=Restored)
    meta.put(tx, _AT, found.at.isoformat())
    return found


def latest(conn: Connection) -> datetime | None:
    """When the store was restored last."""
    text = conn.execute(select(schema.meta.c.value).where(schema.meta.c.name == _AT)).scalar_one_or_none()
    return None if text is None else datetime.fromisoformat(text)


def timers_wait(tx: Tx, until: datetime) -> int:
    """Let no timer act before a time; returns how many wait for it."""
    moved = update(schema.timers).where(schema.timers.c.due_at < until).values(due_at=until)
    tx.wake(Wake.TIMERS)
    return tx.conn.execute(moved).rowcount


def messages_wait(tx: Tx, sent_until: datetime, until: datetime) -> tuple[int, int]:
    """Of what was due before `sent_until`: let what asks about an open page wait `until` then, and give up the rest.

    Returns how many wait and how many were given up. What waits is sent as it is, under its key.
    """
    due = deliveries.IS_WAITING & (_D.due_at <= sent_until)
    clear = {"lease_until": None, "lease_owner": "", "error": _MAY_BE_OUT}
    table = schema.deliveries
    asking = tx.conn.execute(update(table).where(due, _ASKS_STILL).values(state="pending", due_at=until, **clear))
    others = tx.conn.execute(update(table).where(due).values(state="unknown", **clear))
    tx.wake(Wake.DELIVERIES)
    return asking.rowcount, others.rowcount
