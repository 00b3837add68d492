"""The durable timers of a silence."""

from __future__ import annotations

from incidentd.domain.silences import Silence, Status
from incidentd.storage import timers
from incidentd.storage.tx import Tx

START = "silence.start"
END = "silence.end"
REMIND = "silence.remind"
LONG = "silence.long"


def arm(tx: Tx, silence: Silence) -> None:
    """Let what lies ahead of `silence` happen in time, and nothing else."""
    ended = silence.status(tx.now) is Status.EXPIRED
    due = {START: silence.starts_at, END: silence.ends_at, REMIND: silence.remind_at(), LONG: silence.long_at()}
    for kind, at in due.items():
        if ended or at is None or at <= tx.now:
            timers.cancel(tx, kind, silence.subject)
        else:
            timers.arm(tx, kind, silence.subject, at)
