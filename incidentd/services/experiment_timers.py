"""What experiments do by themselves: begin on their day, remind before their end, and ask when it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentd.domain.audiences import readers
from incidentd.domain.display import safe_line
from incidentd.domain.experiments import Experiment, State, next_act
from incidentd.domain.learning_digest import with_teams
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.action_reminders import zone_of
from incidentd.services.escalation import Handler
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage import duty_changes, experiments, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

_NEXT = "experiment.next"


def arm(tx: Tx, row: Experiment, process: Process) -> None:
    """Let it do what it does next, or nothing any more. Days are those of the team that owns it."""
    at = next_act(row, zone_of(process, row.owner_team), tx.now)
    if at is None:
        timers.cancel(tx, _NEXT, row.subject)
    else:
        timers.arm(tx, _NEXT, row.subject, at)


class ExperimentTimers:
    """What their timers do."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {_NEXT: self._on_next}

    def _on_next(self, tx: Tx, timer: Timer) -> None:
        row = experiments.get(tx.conn, timer.subject_id, lock=True)
        if row is None or row.state is State.DECIDED:
            return
        process = self._process()
        over = row.ends_at(zone_of(process, row.owner_team)) <= tx.now
        if row.state is State.PLANNED:
            row = experiments.change(tx, row, state=State.RUNNING)
            tx.emit("experiment.began", row.subject, {"told": self._tell(tx, row, "begins today")})
        elif row.state is State.RUNNING and not over:
            told = self._tell(tx, row, f"ends on {row.ends_on}")
            tx.emit("experiment.ends_soon", row.subject, {"ends_on": row.ends_on, "told": told})
        else:
            if row.state is State.RUNNING:
                row = experiments.change(tx, row, state=State.ASKING)
            told = self._tell(tx, row, "is over: keep, adapt, drop, or cannot tell?")
            tx.emit("experiment.asks", row.subject, {"told": told})
        arm(tx, row, process)

    def _tell(self, tx: Tx, row: Experiment, words: str) -> list[str]:
        """Write to the team that owns it, or to whoever wrote it; who that was."""
        body = (
            f"{safe_line(row.title, LONGEST_LINE)}\n"
            f"Stop rule: {safe_line(row.stop_rule, LONGEST_LINE)}\n"
            f"What the figures say: incidentctl experiment show {row.name}"
        )
        if row.asks:
            body += f"\nAnswer: incidentctl experiment end {row.name} --verdict keep --why ..."
        head = f"{row.name} {words}"
        if not row.owner_team:
            sent = write_to(tx, self._roster().people.get(row.by), head, body, "you wrote it", can_wait=True)
            return [row.by] if sent else []
        to = (f"team:{row.owner_team}",)
        audiences, changes = with_teams(to, {}), duty_changes.at(tx.conn, tx.now)
        found = readers(to, audiences, self._roster(), tx.now, changes)
        for one in found:
            write_to(tx, one.person, head, body, f"team {row.owner_team} owns it", can_wait=True)
        return [one.who for one in found]
