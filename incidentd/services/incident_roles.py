"""Giving roles to people; everything here happens inside a command."""

from __future__ import annotations

from difflib import get_close_matches

from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.roles import EXCLUSIVE, OF_REVIEW, Role, current
from incidentd.services.errors import Invalid
from incidentd.services.incident_status import checked_time
from incidentd.services.interruptions import interrupted_by_role
from incidentd.storage import incidents
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents


def suggestion(name: str, known: list[str]) -> str:
    """ "; did you mean ...?" for the nearest known name, "" when none is near."""
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


def known_person(roster: Roster, name: str, actor: str) -> str:
    """The handle that `name` stands for: a handle, an operating system user, or the caller. Raises `Invalid`."""
    if name in roster.people or name == actor:
        return name
    by_user = next((one.handle for one in roster.people.values() if one.os_user == name), None)
    if by_user is not None:
        return by_user
    raise Invalid(
        f"there is no person {name!r}{suggestion(name, list(roster.people))}",
        field="person",
        remedy="take a handle of incidentctl people, or add the person to roster.toml",
    )


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        remedy = f"a role is one of {', '.join(Role)}"
        raise Invalid(f"there is no role {name!r}{suggestion(name, list(Role))}", field="role", remedy=remedy) from None


def assign(tx: Tx, incident: Incident, body: wire_incidents.AssignRole, actor: str, roster: Roster) -> Incident:
    """Give a role from an instant on; person "" ends it. Nothing happens when it is so already. Raises `Invalid`."""
    role = _role(body.role)
    person = known_person(roster, body.person, actor) if body.person else ""
    at = checked_time(body.at, tx.now, "at")
    held = [one for one in current(incidents.roles(tx.conn, [incident.id])[incident.id]) if one.role == role]
    if any(one.person == person for one in held) or (not person and not held):
        return incident
    leaving = held if role in EXCLUSIVE or not person else []
    for one in leaving:
        incidents.end_role(tx, one, at)
    if person:
        incidents.add_role(tx, incident.id, role, person, at)
        if role not in OF_REVIEW:
            interrupted_by_role(tx, incident, person, body.interruption, actor)
    data = {"role": role, "person": person, "ended": [one.person for one in leaving], "at": at}
    tx.emit("incident.role", incident.subject, data, actor=actor)
    return incidents.change(tx, incident)
