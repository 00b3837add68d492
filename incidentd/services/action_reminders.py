"""The owner of an action is written to before it is due, on the day, and a few times after; nobody is paged for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from incidentd.domain.actions import Action, State, due_words, next_reminder
from incidentd.domain.display import safe_line
from incidentd.domain.escalation import policy_for, policy_of_service, reach
from incidentd.domain.people import Person, Roster
from incidentd.domain.process import Process
from incidentd.services.escalation import Handler
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage import actions, duty_changes, incidents, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

DUE = "action.due"


def zone_of(process: Process, team: str) -> str:
    """On whose clock a team's days begin and end."""
    return process.review_calendars.get(team, process.review_calendar).zone


def today_of(process: Process, team: str, now: datetime) -> date:
    """Which day it is for a team."""
    return now.astimezone(ZoneInfo(zone_of(process, team))).date()


def arm(tx: Tx, action: Action, process: Process) -> None:
    """Let the next reminder come when it should, or none any more."""
    zone = zone_of(process, action.owner_team)
    at = next_reminder(action.due_on, zone, tx.now) if action.state is State.OPEN else None
    if at is None:
        timers.cancel(tx, DUE, action.subject)
    else:
        timers.arm(tx, DUE, action.subject, at)


class ActionReminders:
    """What the timers of actions do."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """One function for each kind of timer."""
        return {DUE: self._due}

    def _due(self, tx: Tx, timer: Timer) -> None:
        action = actions.get(tx.conn, timer.subject_id, lock=True)
        if action is None or action.state is not State.OPEN:
            return
        process = self._process()
        words = due_words(action.due_on, today_of(process, action.owner_team, tx.now))
        told = self._tell(tx, action, words, process)
        tx.emit("action.reminded", action.incident, {"action_id": action.id, "due_on": action.due_on, "told": told})
        arm(tx, action, process)

    def _tell(self, tx: Tx, action: Action, words: str, process: Process) -> str:
        """Write to the first who can be reached; returns who that was, "" for nobody."""
        incident = incidents.get(tx.conn, action.incident_id)
        title, drill_id = ("", None) if incident is None else (incident.title, incident.drill_id)
        body = (
            f"{safe_line(action.text, LONGEST_LINE)}\n"
            f"From the {process.review_name} of INC-{action.incident_id}: {safe_line(title, LONGEST_LINE)}\n"
            f"incidentctl action done {action.name}, or: action wont-do {action.name} --why ..., or: "
            f"action edit {action.name} --due ..."
        )
        head = f"{action.name} {words}"
        service = "" if incident is None else incident.service
        for person, why in addressees(tx.conn, action, service, self._roster(), tx.now):
            if write_to(tx, person, head, body, why, can_wait=True, drill_id=drill_id):
                return person.handle
        return ""


def addressees(
    conn: Connection, action: Action, service: str, roster: Roster, now: datetime
) -> Iterator[tuple[Person, str]]:
    """Who may be reminded, each with the reason, the first who can be reached is enough.

    Its owner; else whoever is paged first for the team's service (the one that the incident was about, when it is
    theirs); else the team in the order of the roster.
    """
    if (owner := roster.people.get(action.owner)) is not None:
        yield owner, "it is yours"
    names = [name for name, one in roster.services.items() if one.team == action.owner_team]
    changes = duty_changes.at(conn, now)
    for name in sorted(names, key=lambda name: (name != service, name)):
        step = reach(roster, policy_for(roster, policy_of_service(roster, name)), 1, now, changes=changes)
        for contact in step.contacts:
            yield contact.person, f"team {action.owner_team} owns it, and you are paged first for {name}"
    team = roster.teams.get(action.owner_team)
    for handle in () if team is None else team.members:
        if handle in roster.people:
            yield roster.people[handle], f"team {action.owner_team} owns it"
