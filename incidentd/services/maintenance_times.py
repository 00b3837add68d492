"""The durable timers of a maintenance window."""

from __future__ import annotations

from incidentd.domain.maintenance import MaintenanceSettings, Window, WindowStatus, announced_at
from incidentd.storage import timers
from incidentd.storage.tx import Tx

AHEAD = "maintenance.ahead"
START = "maintenance.start"
SOON = "maintenance.soon"
END = "maintenance.end"


def arm(tx: Tx, window: Window, settings: MaintenanceSettings) -> None:
    """Let what lies ahead of `window` happen in time, and nothing else. A start that has come is left to its caller."""
    over = window.status(tx.now) is WindowStatus.OVER
    soon = window.ends_at - settings.ends_soon
    due = {
        AHEAD: announced_at(window, settings, tx.now),
        START: window.starts_at,
        SOON: soon if soon > window.starts_at else None,
        END: window.ends_at,
    }
    for kind, at in due.items():
        if over or at is None or at <= tx.now:
            timers.cancel(tx, kind, window.subject)
        else:
            timers.arm(tx, kind, window.subject, at)
