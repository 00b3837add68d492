"""The order in which a run of retention looks through the store, and what it knows of what is kept."""

from __future__ import annotations

from incidentd.storage import named, old_alerts, old_messages, old_practice, old_reports
from incidentd.storage.expiry import Sweep
from incidentd.storage.named import Named
from incidentd.storage.store import Store

SWEEPS: tuple[Sweep, ...] = (
    old_alerts.Alerts(),
    old_messages.Messages(),
    old_messages.MessageEvents(),
    old_messages.Notes(),
    old_practice.Drafts(),
    old_practice.Drills(),
    old_practice.Rehearsals(),
    old_reports.Attachments(),
    old_reports.Conversations(),
    old_reports.Customers(),
)
END = "end"
"""What a run is at when it has looked at everything."""


def behind(sweep: Sweep) -> str:
    """What a run is at when one sweep is through."""
    following = SWEEPS.index(sweep) + 1
    return SWEEPS[following].key if following < len(SWEEPS) else END


async def read_named(store: Store) -> Named:
    """What kept records name, read in parts."""
    found, more = Named(), True
    while more:
        found, more = await store.read(lambda conn: named.in_events(conn, found))  # noqa: B023 - it is awaited
    return await store.read(lambda conn: named.in_tables(conn, found))
