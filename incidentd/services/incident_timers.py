"""What an incident will do by itself: count a resolved one as cooling, open its review, and say what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from incidentd.domain.incidents import AWAITING_REVIEW, UPDATES_OWED, Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_window import WATCH
from incidentd.domain.update_rules import UpdateRules, next_reminder
from incidentd.services import review_reminders, review_windows, update_reminders
from incidentd.services.escalation import Handler
from incidentd.storage import incidents, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import Violation

UPDATE_SOON = "incident.update_soon"
UPDATE_DUE = "incident.update_due"
COOL_DOWN = "incident.cool_down"
REVIEW_SOON = "incident.review_soon"
REVIEW_DUE = "incident.review_due"


def status_event(
    tx: Tx, before: Incident, after: Incident, *, actor: str = SYSTEM, broken: tuple[Violation, ...] = (), **more: Any
) -> None:
    """Leave the event of a change of status; `more` are reason, evidence, at and what a merge moved."""
    given = {"reason": "", "evidence": "", "at": tx.now, "reopened": after.episode > before.episode}
    data = {"from": before.status, "to": after.status, "episode": after.episode, **given, **more}
    tx.emit("incident.status", after.subject, data | {"broken": msgspec.to_builtins(broken)}, actor=actor)


def arm_all(tx: Tx, incident: Incident, rules: UpdateRules) -> None:
    """Bring the timers of an incident in line with its row."""
    _arm_update(tx, incident, rules)
    _arm_cool_down(tx, incident)
    awaiting = incident.status in AWAITING_REVIEW
    for kind, at in ((REVIEW_SOON, incident.review_soon_at), (REVIEW_DUE, incident.review_due_at)):
        if not awaiting or at is None:
            timers.cancel(tx, kind, incident.subject)
        elif at > tx.now:  # an earlier one has told already, or tells again
            timers.arm(tx, kind, incident.subject, at)


def _arm_update(tx: Tx, incident: Incident, rules: UpdateRules) -> None:
    due = incident.next_update_at if incident.status in UPDATES_OWED else None
    if due is None:
        timers.cancel(tx, UPDATE_DUE, incident.subject)
    elif due > tx.now:  # an earlier one has told already, or is just about to
        timers.arm(tx, UPDATE_DUE, incident.subject, due)
    if due is not None and rules.remind and due - rules.remind > tx.now:
        timers.arm(tx, UPDATE_SOON, incident.subject, due - rules.remind)
    else:
        timers.cancel(tx, UPDATE_SOON, incident.subject)


def _arm_cool_down(tx: Tx, incident: Incident) -> None:
    opens, resolved = incident.review_opens_at, incident.resolved_at
    if incident.status is Status.RESOLVED and opens is not None and resolved is not None:
        timers.arm(tx, COOL_DOWN, incident.subject, resolved + WATCH)
    elif incident.status is Status.COOLING and opens is not None:
        timers.arm(tx, COOL_DOWN, incident.subject, opens)
    else:
        timers.cancel(tx, COOL_DOWN, incident.subject)


class IncidentTimers:
    """What the timers of incidents do."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {
            UPDATE_SOON: self._update_soon,
            UPDATE_DUE: self._update_due,
            COOL_DOWN: self._cool_down,
            REVIEW_SOON: self._review_soon,
            REVIEW_DUE: self._review_due,
        }

    def _update_soon(self, tx: Tx, timer: Timer) -> None:
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        if incident is not None and incident.status in UPDATES_OWED and incident.next_update_at is not None:
            update_reminders.soon(tx, incident, self._process(), self._roster())

    def _update_due(self, tx: Tx, timer: Timer) -> None:
        """Say once that a promise is broken, and remind its writer until it is kept."""
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        if incident is None or incident.status not in UPDATES_OWED or incident.next_update_at is None:
            return
        promised, again = incident.next_update_at, self._process().updates.repeat
        if promised > tx.now:
            return
        insist = bool(timer.payload.get("told"))
        if not insist:
            tx.emit("incident.update_overdue", incident.subject, {"promised_at": promised})
        update_reminders.late(tx, incident, self._roster(), insist=insist)
        if (at := next_reminder(promised, tx.now, again)) is not None:
            timers.arm(tx, UPDATE_DUE, incident.subject, at, {"told": True})

    def _cool_down(self, tx: Tx, timer: Timer) -> None:
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        if incident is None:
            return
        incident = review_windows.settle(tx, incident, self._process(), self._roster())
        if incident.status is Status.RESOLVED:
            incident = self._move(tx, incident, Status.COOLING)
        opens = incident.review_opens_at
        if incident.status is Status.COOLING and opens is not None and opens <= tx.now:
            incident = self._move(tx, incident, Status.REVIEW_READY)
            review_reminders.may_be_held(tx, incident, self._process(), self._roster())
        arm_all(tx, incident, self._process().updates)

    def _move(self, tx: Tx, incident: Incident, to: Status) -> Incident:
        moved = incidents.change(tx, incident, status=to)
        status_event(tx, incident, moved)
        return moved

    def _review_soon(self, tx: Tx, timer: Timer) -> None:
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        if incident is not None and incident.status in AWAITING_REVIEW:
            review_reminders.due_soon(tx, incident, self._process(), self._roster())

    def _review_due(self, tx: Tx, timer: Timer) -> None:
        """Say once that it is late, and remind its owner until it is held or waived."""
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        if incident is None or incident.status not in AWAITING_REVIEW:
            return
        if not timer.payload.get("told"):
            name = self._process().review_name
            tx.emit("incident.review_overdue", incident.subject, {"due_at": timer.due_at, "review_name": name})
        review_reminders.late(tx, incident, self._process(), self._roster())
        timers.arm(tx, REVIEW_DUE, incident.subject, tx.now + review_reminders.AGAIN, {"told": True})
