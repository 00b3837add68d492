"""Paging for a role: whoever holds it, or those who may take it; to acknowledge is to take it.

A page for a role ends when the role is somebody's by other means, and when the response ends. Everything here happens
inside a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from incidentd.domain.display import safe_line
from incidentd.domain.escalation import chosen, policy_for, policy_of_service, reach
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.incidents import RESPONDING, Incident, Status
from incidentd.domain.messages import manual_body
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.role_pages import SOUGHT, asking, in_order
from incidentd.domain.roles import Role, current
from incidentd.services.communicators import may_communicate
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.escalation import Escalation
from incidentd.services.incident_roles import hand_to, leave, role_named
from incidentd.services.interruptions import check_reason
from incidentd.storage import duty_changes, incidents, interruptions, pages, team_turns
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import RoleHolder
from incidentd.wire import roles as wire_roles

_TITLE = 250
_ALIVE = RESPONDING | {Status.SUSPECTED}


class RolePages:
    """Asks for people, and follows what becomes of it."""

    def __init__(self, escalation: Escalation, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._escalation = escalation
        self._process = process
        self._roster = roster
        escalation.followers.append(self._follow)

    # ------------------------------------------------------------------ asking
    def page(self, tx: Tx, incident: Incident, name: str, body: wire_roles.PageRole, actor: str) -> PageRow:
        """Page for a role. Raises `Invalid`, and `Conflict` while an earlier page for it is open."""
        role = role_named(name)
        self._check(tx, incident, role)
        held = incidents.roles(tx.conn, [incident.id])[incident.id]
        holding = [one.person for one in current(held) if one.role == role]
        others: tuple[str, ...] = ()
        if role is Role.COMMUNICATIONS_LEAD:
            others = may_communicate(tx.conn, self._process(), self._roster(), held, tx.now)
        values = self._values(incident, role, in_order(holding, others))
        people = self._reached(tx, values)
        for person in interruptions.on_project_work(tx.conn, people, tx.now) or ("",):
            check_reason(tx, person, body.interruption)
        lines = "\n".join(_lines(incident, role, holding, others, body.note))
        page = self._escalation.start(
            tx,
            actor=actor,
            interruption=body.interruption,
            title=safe_line(f"{_title(role)} of INC-{incident.id}: {incident.title}", _TITLE),
            body=manual_body(lines, actor),
            labels={"service": incident.service} if incident.service else {},
            group_id=None,
            **values,
        )
        told = {"role": role, "page": page.id, "holders": holding, "asked": others, "policy": page.policy}
        tx.emit("incident.role_paged", incident.subject, {**told, "note": body.note}, actor=actor)
        incidents.change(tx, incident)
        return page

    def _check(self, tx: Tx, incident: Incident, role: Role) -> None:
        if role not in SOUGHT:
            names = ", ".join(one for one in Role if one in SOUGHT)
            raise Invalid(f"nobody is paged for the {_words(role)}", field="role", remedy=f"page for one of {names}")
        if incident.status not in _ALIVE:
            remedy = "incidentctl page send reaches a person"
            raise Invalid(f"INC-{incident.id} is {_words(incident.status)}: its roles are not wanted", remedy=remedy)
        for page in pages.for_roles(tx.conn, incident.id):
            if page.role == role and page.state in ("open", "exhausted"):
                raise Conflict(
                    f"P-{page.id} asks for the {_words(role)} already",
                    remedy=f"incidentctl page escalate P-{page.id} asks the next one now",
                )

    def _values(self, incident: Incident, role: Role, steps: Sequence[Sequence[str]]) -> dict[str, Any]:
        support = self._process().support.schedule if role is Role.SUPPORT_TRIAGER and not steps else ""
        return {
            "service": incident.service,
            "policy": policy_of_service(self._roster(), incident.service),
            "person": "",
            "schedule": support if support in self._roster().schedules else "",
            "urgency": "high",
            "severity": incident.severity.value,
            "incident_id": incident.id,
            "drill_id": incident.drill_id,
            "role": role,
            "asks": steps,
            "ask_seconds": round(self._process().communicators.delay.total_seconds()),
        }

    def _reached(self, tx: Tx, values: dict[str, Any]) -> tuple[str, ...]:
        """Whom the first step writes to."""
        roster = self._roster()
        policy = chosen(roster, values["policy"], values["severity"], values["urgency"]).policy
        asked = asking(values["role"], values["asks"], values["ask_seconds"])
        changes, turns = duty_changes.between(tx.conn, tx.now, tx.now + WEEK), team_turns.everybody(tx.conn)
        first = policy_for(roster, policy, "", values["schedule"], asked)
        return reach(roster, first, 1, tx.now, values["urgency"], changes, turns).people

    # ------------------------------------------------------------------ following
    def _follow(self, tx: Tx, before: PageRow, after: PageRow) -> None:
        """Whoever has a page for a role has the role; whoever hands it back leaves it."""
        incident = incidents.get(tx.conn, after.incident_id, lock=True) if after.role and after.incident_id else None
        if incident is None or before.acknowledged_by == after.acknowledged_by or incident.status not in _ALIVE:
            return
        role = Role(after.role)
        if after.acknowledged_by:
            recorded = interruptions.recorded_for(tx.conn, after.subject)
            hand_to(tx, incident, role, after.acknowledged_by, interrupts=after.acknowledged_by not in recorded)
        else:
            leave(tx, incident, [role], before.acknowledged_by, tx.now, before.acknowledged_by)
        self.settle(tx, incident, after.acknowledged_by or before.acknowledged_by)

    def settle(self, tx: Tx, incident: Incident, actor: str = SYSTEM) -> None:
        """End the pages for roles that nobody has to take any more."""
        asked = pages.for_roles(tx.conn, incident.id)
        held = incidents.roles(tx.conn, [incident.id])[incident.id] if asked else ()
        for page in asked:
            if why := _answered(incident, page, held):
                self._escalation.resolve(tx, page, why, actor)


def _answered(incident: Incident, page: PageRow, held: Sequence[RoleHolder]) -> str:
    """Why a page for a role is over, "" while it is not."""
    if incident.status not in _ALIVE:
        return f"INC-{incident.id} is {_words(incident.status)}"
    mine = [one for one in current(held) if one.role == page.role]
    if page.state == "acknowledged":
        if any(one.person == page.acknowledged_by for one in mine):
            return ""
        return _is_theirs(mine[-1], page) if mine else f"{page.acknowledged_by} has left it"
    new = next((one for one in mine if one.starts_at > page.started_at), None)
    return _is_theirs(new, page) if new else ""


def _is_theirs(one: RoleHolder, page: PageRow) -> str:
    return f"{one.person} is {_words(page.role)}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _title(role: Role) -> str:
    return _words(role).capitalize()


def _lines(incident: Incident, role: Role, holding: Sequence[str], others: Sequence[str], note: str) -> Iterator[str]:
    """What is wanted first: whoever is woken reads the first lines."""
    if note:
        yield note
    if holding:
        yield f"You are asked for as the {_words(role)} of INC-{incident.id}. It is held by {', '.join(holding)}."
    else:
        yield f"INC-{incident.id} has no {_words(role)}."
    yield "To acknowledge is to take the role."
    if others:
        yield f"Asked in this order: {', '.join(others)}."
    yield f"{incident.severity}, {_words(incident.status)}, began at {incident.started_at:%H:%M} UTC."
    if incident.summary:
        yield incident.summary
