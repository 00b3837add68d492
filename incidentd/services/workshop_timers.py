"""What a workshop does by itself: say that the time of a step is over, and remind of one that stands still for days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from incidentd.domain.told import words
from incidentd.domain.workshops import Workshop
from incidentd.services.escalation import Handler
from incidentd.storage import timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

_STEP_OVER, _STANDS_STILL = "step_over", "stands_still"
FIRST = timedelta(days=3)
"""So long after it was paused, or after anybody did anything in one that runs, its facilitator is reminded of it."""
AGAIN = timedelta(days=7)
Find = Callable[[Connection, int], Workshop | None]
Remind = Callable[[Tx, Workshop, str, str], None]
"""Write to its facilitator: what it does, in words, and how to go on or to end it."""


def arm(tx: Tx, row: Workshop) -> None:
    """Bring the timers of a workshop in line with its row, after each change of it."""
    over = f"{row.log}.{_STEP_OVER}"
    if not row.held or row.paused or row.step_ends_at is None:
        timers.cancel(tx, over, row.subject)
    elif row.step_ends_at > tx.now:  # an earlier one has told already, or is just about to
        timers.arm(tx, over, row.subject, row.step_ends_at)
    _arm_reminder(tx, row)


def _arm_reminder(tx: Tx, row: Workshop) -> None:
    kind = f"{row.log}.{_STANDS_STILL}"
    if not row.held:
        timers.cancel(tx, kind, row.subject)
    elif not row.paused or not _waits_paused(timers.find(tx, kind, row.subject)):
        timers.arm(tx, kind, row.subject, tx.now + FIRST, {"paused": row.paused})


def _waits_paused(timer: Timer | None) -> bool:
    """Whether it counts from the pause already: who joins a paused one does not put the reminder off."""
    return timer is not None and bool(timer.payload.get("paused"))


class WorkshopTimers:
    """What the timers of the workshops of one kind do. `log` is how the kinds of their events begin."""

    def __init__(self, log: str, find: Find, remind: Remind) -> None:
        self._log = log
        self._find = find
        self._remind = remind

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {f"{self._log}.{_STEP_OVER}": self._step_over, f"{self._log}.{_STANDS_STILL}": self._stands_still}

    def _step_over(self, tx: Tx, timer: Timer) -> None:
        """Nobody is hurried: the event lets screens say it, and the facilitator decides."""
        row = self._find(tx.conn, timer.subject_id)
        if row is not None and row.held and not row.paused and row.step_ends_at is not None:
            tx.emit(timer.kind, row.subject, {"step": row.step, "ended_at": row.step_ends_at})

    def _stands_still(self, tx: Tx, timer: Timer) -> None:
        row = self._find(tx.conn, timer.subject_id)
        if row is None or not row.held:
            return
        stands = "is still paused" if row.paused else f"stands still at its step {words(row.step)}"
        go_on = (
            f"Go on: {row.command('resume' if row.paused else 'next')}\n"
            f"Or end it where it stands: {row.command('finish')}"
        )
        self._remind(tx, row, f"{row.called} {stands}", go_on)
        timers.arm(tx, timer.kind, row.subject, tx.now + AGAIN, timer.payload)
