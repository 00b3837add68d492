"""Where a report goes now: the rule that counts, whom its target stands for, and who of them is on project work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain.audiences import Reader, readers
from incidentd.domain.escalation import chosen, policy_for, policy_of_service, reach
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.modes import Mode, mode_at
from incidentd.domain.people import EscalationPolicy, Roster, Target, TargetKind, Team
from incidentd.domain.process import Process
from incidentd.domain.propagation import About, Propagation, propagation
from incidentd.domain.reports import Report
from incidentd.domain.targets import holder
from incidentd.storage import customers, duty_changes, event_log, incidents, interruptions, team_turns
from incidentd.wire import Event
from incidentd.wire import triage as wire_triage

PROPAGATED = "report.propagated"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of a report is started with, and whom it reaches at once. `turn` is the team whose turn it takes.

    `informed` are those of the rule's audiences who hear of it beside the page.
    """

    found: Propagation
    target: str
    policy: str
    person: str = ""
    schedule: str = ""
    severity: str
    turn: str = ""
    people: tuple[str, ...] = ()
    on_project_work: tuple[str, ...] = ()
    informed: tuple[Reader, ...] = ()


class Ways:
    """Finds them for one state of the roster and the process, at one instant."""

    def __init__(self, conn: Connection, roster: Roster, process: Process, at: datetime) -> None:
        self._conn = conn
        self._roster = roster
        self._process = process
        self._at = at
        self._changes = duty_changes.between(conn, at, at + WEEK)
        self._turns = team_turns.everybody(conn)

    def of(self, report: Report) -> Way:
        """Where `report` goes."""
        severity = self._severity(report)
        found = propagation(self._about(report, severity), self._process.support.propagate)
        usual = policy_of_service(self._roster, report.service)
        one = Way(found=found, target=f"policy {usual}", policy=usual, severity=severity)
        if found.policy:
            one = msgspec.structs.replace(one, target=f"policy {found.policy}", policy=found.policy)
        elif found.schedule:
            one = msgspec.structs.replace(one, target=f"schedule {found.schedule}", schedule=found.schedule)
        elif found.team:
            one = self._to_team(one, found.team)
        one = self._reaching(one)
        return msgspec.structs.replace(one, informed=self._informed(report, one))

    def _informed(self, report: Report, one: Way) -> tuple[Reader, ...]:
        """The audiences of the rule, each told once about one report: not whom the page reaches, nor who was before."""
        before = [
            who for event in event_log.of_subjects(self._conn, [report.about], [PROPAGATED]) for who in told(event)
        ]
        audiences, besides = self._process.audiences, {*one.people, *before}
        return tuple(readers(one.found.audiences, audiences, self._roster, self._at, self._changes, besides=besides))

    def _severity(self, report: Report) -> str:
        incident = None if report.incident_id is None else incidents.get(self._conn, report.incident_id)
        return "" if incident is None else incident.severity

    def _about(self, report: Report, severity: str) -> About:
        customer = customers.get(self._conn, report.customer_id)
        return About(
            service=report.service,
            tags=report.tags,
            severity=severity,
            priority=report.priority,
            kind="" if customer is None else customer.kind,
        )

    def _to_team(self, one: Way, name: str) -> Way:
        """Whoever of a team is in support mode: on call if somebody of them is, else the next in turn."""
        supporting = self._in_support(self._roster.teams.get(name, Team(name=name)))
        on_call = self._reached(policy_for(self._roster, one.policy), one)
        first = next((each for each in on_call if each in supporting.members), "")
        if first:
            return msgspec.structs.replace(one, target=f"{first}, in support and on call", person=first)
        roster = msgspec.structs.replace(self._roster, teams={**self._roster.teams, name: supporting})
        team, urgency = Target(TargetKind.TEAM, name), one.found.urgency
        held = holder(roster, team, self._at, self._changes, urgency=urgency, turns=self._turns)
        if not held.handle:
            return msgspec.structs.replace(one, target=f"{one.target}: nobody of team {name} is in support")
        target = f"{held.handle}, in support for team {name}"
        return msgspec.structs.replace(one, target=target, person=held.handle, turn=name)

    def _in_support(self, team: Team) -> Team:
        blocks = duty_changes.mode_blocks_between(self._conn, self._at, self._at + timedelta(microseconds=1))
        members = tuple(each for each in team.members if mode_at(blocks, each, self._at) is Mode.SUPPORT)
        return msgspec.structs.replace(team, members=members)

    def _reached(self, policy: EscalationPolicy, one: Way) -> tuple[str, ...]:
        found = reach(self._roster, policy, 1, self._at, one.found.urgency, self._changes, self._turns)
        return found.people

    def _reaching(self, one: Way) -> Way:
        policy = one.policy
        if not one.person:
            policy = chosen(self._roster, one.policy, one.severity, one.found.urgency).policy
        people = self._reached(policy_for(self._roster, policy, one.person, one.schedule), one)
        protected = interruptions.on_project_work(self._conn, people, self._at)
        return msgspec.structs.replace(one, people=people, on_project_work=tuple(protected))


def shown(one: Way) -> wire_triage.Whither:
    """A way as callers see it."""
    return wire_triage.Whither(
        rule=one.found.rule,
        why=one.found.why,
        passed=one.found.passed,
        target=one.target,
        people=one.people,
        on_project_work=one.on_project_work,
        urgency=one.found.urgency,
        audiences=one.found.audiences,
        informed=tuple(reader.who for reader in one.informed),
    )


def told(event: Event) -> Sequence[str]:
    """Whom of its audiences a report was told to when it was sent on; the first versions told nobody."""
    found = event.data.get("told", ())
    return [str(who) for who in found] if isinstance(found, list | tuple) else []
