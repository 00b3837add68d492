"""When a process retro is due by itself: so long after the one before, or after so many incidents.

One waits at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from incidentd.domain.audiences import readers
from incidentd.domain.learning_digest import with_teams
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.retro_steps import RetroSettings
from incidentd.domain.retros import HELD, Retro, State
from incidentd.domain.workshops import Workshop
from incidentd.services.escalation import Handler
from incidentd.services.notes import write_to
from incidentd.services.workshop_timers import WorkshopTimers
from incidentd.storage import duty_changes, process_ideas, retros, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

_CALENDAR, _SUBJECT = "retro.calendar", "retros:0"  # one timer for all
_AGAIN = "retro.due_again"
AGAIN = timedelta(days=7)


def arm_calendar(tx: Tx, settings: RetroSettings) -> None:
    """Let the next one be due as the process says, counted from the end of the last, or from when the log begins."""
    if settings.every is None:
        timers.cancel(tx, _CALENDAR, _SUBJECT)
        return
    last = retros.last_finished(tx.conn)
    base = (last.finished_at if last else retros.log_began(tx.conn)) or tx.now
    timers.arm(tx, _CALENDAR, _SUBJECT, max(base + settings.every, tx.now))


def no_longer_due(tx: Tx, row: Retro) -> None:
    """It begins: nobody is reminded of it any more."""
    timers.cancel(tx, _AGAIN, row.subject)


class DueRetros:
    """Watches for the time and the number; tells those whom the process names."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {_CALENDAR: self._on_calendar, _AGAIN: self._on_again}

    def follow_configuration(self, tx: Tx) -> None:
        """Arm the timer as the process says, and count what is there."""
        arm_calendar(tx, self._process().retro)
        self.declared(tx)

    def declared(self, tx: Tx) -> None:
        """See whether enough incidents were declared since the last retro."""
        wanted = self._process().retro.incidents
        if wanted is None or self._waits(tx):
            return
        last = retros.last_finished(tx.conn)
        count = retros.declared_since(tx.conn, last.finished_at if last else None)
        if count >= wanted:
            self._make_due(tx, "count", f"{count} {'incident' if count == 1 else 'incidents'} since {_since(last)}")

    def _on_calendar(self, tx: Tx, _: Timer) -> None:
        every = self._process().retro.every
        if every is None or self._waits(tx):
            return
        last = retros.last_finished(tx.conn)
        base = (last.finished_at if last else retros.log_began(tx.conn)) or tx.now
        self._make_due(tx, "calendar", f"{(tx.now - base).days} days since {_since(last)}")

    def _waits(self, tx: Tx) -> bool:
        """Whether one is due or held: its end counts anew."""
        return retros.count_where(tx.conn, retros.in_states([State.DUE, *sorted(HELD)])) > 0

    def _make_due(self, tx: Tx, trigger: str, why: str) -> None:
        last, process = retros.last_finished(tx.conn), self._process()
        row = retros.create(
            tx,
            state=State.DUE,
            trigger=trigger,
            why=why,
            team="",
            since=last.until if last else None,
            until=tx.now,
            votes_each=process.retro.votes,
            process_version=process.version,
        )
        tx.emit("retro.due", row.subject, {"trigger": trigger, "why": why, "told": self._tell(tx, row)})

    def _on_again(self, tx: Tx, timer: Timer) -> None:
        row = retros.get(tx.conn, timer.subject_id, lock=True)
        if row is not None and row.state is State.DUE:
            tx.emit("retro.reminded", row.subject, {"told": self._tell(tx, row)})

    def _tell(self, tx: Tx, row: Retro) -> list[str]:
        """Write to those whom the process names, and again in a week while nobody begins it; who that was."""
        process, roster = self._process(), self._roster()
        to = process.retro.to
        audiences, changes = with_teams(to, process.audiences), duty_changes.at(tx.conn, tx.now)
        ideas = process_ideas.count_where(tx.conn, process_ideas.in_state("open"))
        waiting = f"{ideas} {'idea waits' if ideas == 1 else 'ideas wait'} for it. " if ideas else ""
        body = f"{waiting}Begin it when people are there: incidentctl process retro start"
        found = readers(to, audiences, roster, tx.now, changes)
        for reader in found:
            write_to(tx, reader.person, f"A process retro is due: {row.why}", body, reader.why, can_wait=True)
        timers.arm(tx, _AGAIN, row.subject, tx.now + AGAIN)
        return [reader.who for reader in found]


def _since(last: Retro | None) -> str:
    return last.name if last else "the beginning"


def retro_timers(roster: Callable[[], Roster]) -> WorkshopTimers:
    """The timers of retros that are held."""

    def remind(tx: Tx, row: Workshop, stands: str, go_on: str) -> None:
        write_to(tx, roster().people.get(row.facilitator), stands, go_on, "you drive it", can_wait=True)

    return WorkshopTimers("retro", lambda conn, number: retros.get(conn, number, lock=True), remind)
