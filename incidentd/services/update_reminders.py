"""What people are written about updates that are due and leads that want relief: a note each, not urgent."""

from __future__ import annotations

from incidentd.domain.display import safe_line
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.update_rules import addressees, unrelieved
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage import incidents
from incidentd.storage.tx import Tx
from incidentd.wire import RoleHolder

_WHY = "you are the one who tells others how this incident stands"


def soon(tx: Tx, incident: Incident, process: Process, roster: Roster) -> None:
    """A promised update is due soon."""
    due = incident.next_update_at
    if due is not None and due > tx.now:  # else the other timer tells of it
        head = f"INC-{incident.id}: the update promised for {due:%H:%M} UTC is due"
        _tell(tx, incident, roster, head, insist=False)
    relieve(tx, incident, process, roster)


def late(tx: Tx, incident: Incident, roster: Roster, *, insist: bool) -> None:
    """A promised update did not come. `insist`: nobody followed the reminder before."""
    if (due := incident.next_update_at) is not None:
        head = f"INC-{incident.id}: the update promised for {due:%H:%M} UTC is late"
        _tell(tx, incident, roster, head, insist=insist)


def _tell(tx: Tx, incident: Incident, roster: Roster, head: str, *, insist: bool) -> None:
    body = (
        f"{safe_line(incident.title, LONGEST_LINE)}\n"
        f"Write it: incidentctl incident draft INC-{incident.id}, or U in the room."
    )
    for handle in addressees(_held(tx, incident), incident.declared_by, insist=insist):
        write_to(tx, roster.people.get(handle), head, body, _WHY, drill_id=incident.drill_id)


def relieve(tx: Tx, incident: Incident, process: Process, roster: Roster) -> None:
    """Whoever has led for long is told to hand over; they may be the last to notice."""
    for one in unrelieved(_held(tx, incident), process.updates.long, tx.now):
        role = one.role.replace("_", " ")
        head = f"INC-{incident.id}: you are {role} since {one.starts_at:%H:%M} UTC, hand it over"
        body = f"{safe_line(incident.title, LONGEST_LINE)}\nGive it to somebody who is rested, and rest."
        write_to(tx, roster.people.get(one.person), head, body, f"you are its {role}", drill_id=incident.drill_id)


def _held(tx: Tx, incident: Incident) -> tuple[RoleHolder, ...]:
    return incidents.roles(tx.conn, [incident.id])[incident.id]
