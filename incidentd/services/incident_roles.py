"""Giving roles to people; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.roles import OF_REVIEW, Passing, Role, current, given, left
from incidentd.services.errors import Invalid, Unknown
from incidentd.services.incident_status import checked_time
from incidentd.services.incident_views import in_command
from incidentd.services.interruptions import interrupted_by_role
from incidentd.services.role_notes import filled
from incidentd.storage import incidents
from incidentd.storage.tx import Tx
from incidentd.wire import RoleHolder
from incidentd.wire import incidents as wire_incidents


def suggestion(name: str, known: list[str]) -> str:
    """ "; did you mean ...?" for the nearest known name, "" when none is near."""
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


def known_person(roster: Roster, name: str, actor: str, *, field: str = "person") -> str:
    """The handle that `name` stands for: a handle, an operating system user, "me" or the caller. Raises `Invalid`."""
    if name in roster.people or name == actor:
        return name
    by_user = next((one.handle for one in roster.people.values() if one.os_user == name), None)
    if by_user is not None:
        return by_user
    if name == "me" and actor in roster.people:
        return actor
    if name == "me":
        remedy = "name the person, or add yourself to roster.toml"
        raise Invalid(f"the roster does not know you ({actor})", field=field, remedy=remedy)
    raise Unknown(
        f"there is no person {name!r}{suggestion(name, list(roster.people))}",
        field=field,
        remedy="take a handle of incidentctl people, or add the person to roster.toml",
    )


def role_named(name: str) -> Role:
    """The role of that name. Raises `Invalid`."""
    try:
        return Role(name)
    except ValueError:
        remedy = f"a role is one of {', '.join(Role)}"
        raise Invalid(f"there is no role {name!r}{suggestion(name, list(Role))}", field="role", remedy=remedy) from None


def assign(
    tx: Tx, incident: Incident, body: wire_incidents.AssignRole, actor: str, roster: Roster, process: Process
) -> Incident:
    """Give a role from an instant on, or end it. Nothing happens when it is so already. Raises `Invalid`."""
    person = known_person(roster, body.person, actor) if body.person else ""
    at = checked_time(body.at, tx.now, "at")
    held = incidents.roles(tx.conn, [incident.id])[incident.id]
    if body.ends or not person:
        return leave(tx, incident, _roles_left(held, body, person), person, at, actor)
    role = role_named(body.role)
    passing = given(held, role, person, at)
    if not passing.begins:
        return incident
    seen = in_command(tx, process)
    said = {} if body.note is None else {"note": filled(seen, incident.id, role, body.note)}
    if role not in OF_REVIEW:
        interrupted_by_role(tx, incident, person, body.interruption, actor)
    return _pass(tx, incident, role, person, at, passing, actor, said)


def hand_to(tx: Tx, incident: Incident, role: Role, person: str, *, interrupts: bool) -> Incident:
    """`person` takes a role by acknowledging a page for it. `interrupts`: that page has not been counted as such."""
    passing = given(incidents.roles(tx.conn, [incident.id])[incident.id], role, person, tx.now)
    if not passing.begins:
        return incident
    if interrupts:
        interrupted_by_role(tx, incident, person, "", person)
    return _pass(tx, incident, role, person, tx.now, passing, person, {})


def only_holder(tx: Tx, incident: Incident, role: Role, person: str, actor: str) -> Incident:
    """`person` holds `role` from now on, and nobody beside them."""
    mine = [one for one in current(incidents.roles(tx.conn, [incident.id])[incident.id]) if one.role == role]
    others = tuple(one for one in mine if one.person != person)
    if len(others) == len(mine):
        return _pass(tx, incident, role, person, tx.now, Passing(others, begins=True), actor, {})
    for one in others:
        incident = leave(tx, incident, [role], one.person, tx.now, actor)
    return incident


def _pass(
    tx: Tx,
    incident: Incident,
    role: Role,
    person: str,
    at: datetime,
    passing: Passing,
    actor: str,
    said: Mapping[str, object],
) -> Incident:
    for one in passing.ending:
        incidents.end_role(tx, one, at)
    incidents.add_role(tx, incident.id, role, person, at)
    data = {"role": role, "person": person, "ended": list(passing.former), "at": at}
    tx.emit("incident.role", incident.subject, {**data, **said}, actor=actor)
    return incidents.change(tx, incident)


def _roles_left(held: Sequence[RoleHolder], body: wire_incidents.AssignRole, person: str) -> list[Role]:
    if body.role or not person:
        return [role_named(body.role)]
    return [role for role in Role if any(one.role == role and one.person == person for one in current(held))]


def leave(tx: Tx, incident: Incident, roles: Sequence[Role], person: str, at: datetime, actor: str) -> Incident:
    """`person` leaves these roles, "" for everybody who holds them."""
    held = incidents.roles(tx.conn, [incident.id])[incident.id]
    leaving = {role: ending for role in roles if (ending := left(held, role, person))}
    for role, ending in leaving.items():
        for one in ending:
            incidents.end_role(tx, one, at)
        data = {"role": role, "person": "", "ended": [one.person for one in ending], "at": at}
        tx.emit("incident.role", incident.subject, data, actor=actor)
    return incidents.change(tx, incident) if leaving else incident
