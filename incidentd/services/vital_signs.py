"""Whether this daemon does its work: what an outside watcher has to know, and the daemon cannot page for itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd.storage import claims, meta, timers
from incidentd.storage.store import Store

ALIVE = "alive_at"
TIMERS_LATE = timedelta(seconds=60)
DELIVERIES_LATE = timedelta(seconds=120)
"""A due message that nobody took up for so long: deliveries do not move. A vendor that is down makes none late, for
each attempt sets a new time."""
_STORE_SECONDS = 15.0


async def vital_signs(store: Store) -> list[str]:
    """What is wrong, in words; nothing when the store takes writes, timers fire and messages go out."""
    try:
        async with asyncio.timeout(_STORE_SECONDS):
            await store.write(lambda tx: meta.put(tx, ALIVE, tx.now.isoformat()))
            due = await store.read(_due)
    except TimeoutError:
        return [f"the store did not answer within {_STORE_SECONDS:g} s"]
    except Exception as error:  # whatever it is: nothing can be kept
        return [f"the store cannot be written: {type(error).__name__}"]
    return _late(due, store.clock.now())


def _due(conn: Connection) -> tuple[datetime | None, datetime | None]:
    return timers.next_due(conn), claims.next_due(conn)


def _late(due: tuple[datetime | None, datetime | None], now: datetime) -> list[str]:
    timer, delivery = due
    found = []
    if timer is not None and now - timer > TIMERS_LATE:
        found.append(f"timers are late: one was due at {timer:%H:%M:%S} UTC")
    if delivery is not None and now - delivery > DELIVERIES_LATE:
        found.append(f"messages do not move: one was due at {delivery:%H:%M:%S} UTC")
    return found
