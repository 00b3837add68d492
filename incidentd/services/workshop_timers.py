"""What a workshop does by itself: say that the time of a step is over, and remind of one that stands still for days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from incidentd.domain.display import safe_line
from incidentd.domain.people import Roster
from incidentd.domain.reviews import Review, State
from incidentd.domain.told import words
from incidentd.services.escalation import Handler
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage import incidents, reviews, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

STEP_OVER = "review.step_over"
STANDS_STILL = "review.stands_still"
FIRST = timedelta(days=3)
"""So long after it was paused, or after anybody did anything in one that runs, its facilitator is reminded of it."""
AGAIN = timedelta(days=7)


def arm(tx: Tx, row: Review) -> None:
    """Bring the timers of a workshop in line with its row, after each change of it."""
    if row.state is not State.RUNNING or row.step_ends_at is None:
        timers.cancel(tx, STEP_OVER, row.subject)
    elif row.step_ends_at > tx.now:  # an earlier one has told already, or is just about to
        timers.arm(tx, STEP_OVER, row.subject, row.step_ends_at)
    _arm_reminder(tx, row)


def _arm_reminder(tx: Tx, row: Review) -> None:
    paused = row.state is State.PAUSED
    if not row.held:
        timers.cancel(tx, STANDS_STILL, row.subject)
    elif not paused or not _waits_paused(timers.find(tx, STANDS_STILL, row.subject)):
        timers.arm(tx, STANDS_STILL, row.subject, tx.now + FIRST, {"paused": paused})


def _waits_paused(timer: Timer | None) -> bool:
    """Whether it counts from the pause already: who joins a paused one does not put the reminder off."""
    return timer is not None and bool(timer.payload.get("paused"))


class WorkshopTimers:
    """What the timers of workshops do."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {STEP_OVER: self._step_over, STANDS_STILL: self._stands_still}

    def _step_over(self, tx: Tx, timer: Timer) -> None:
        """Nobody is hurried: the event lets screens say it, and the facilitator decides."""
        row = reviews.get(tx.conn, timer.subject_id, lock=True)
        if row is not None and row.state is State.RUNNING and row.step_ends_at is not None:
            tx.emit("review.step_over", row.subject, {"step": row.step, "ended_at": row.step_ends_at})

    def _stands_still(self, tx: Tx, timer: Timer) -> None:
        row = reviews.get(tx.conn, timer.subject_id, lock=True)
        incident = incidents.get(tx.conn, timer.subject_id)
        if row is None or incident is None or not row.held:
            return
        paused = row.state is State.PAUSED
        stands = "is still paused" if paused else f"stands still at its step {words(row.step)}"
        head = f"INC-{incident.id}: the {row.review_name} {stands}"
        body = (
            f"{safe_line(incident.title, LONGEST_LINE)}\n"
            f"Go on: incidentctl review {'resume' if paused else 'next'} INC-{incident.id}\n"
            f"Or end it where it stands: incidentctl review finish INC-{incident.id}"
        )
        person = self._roster().people.get(row.facilitator)
        write_to(tx, person, head, body, "you drive it", can_wait=True, drill_id=incident.drill_id)
        timers.arm(tx, STANDS_STILL, row.subject, tx.now + AGAIN, timer.payload)
