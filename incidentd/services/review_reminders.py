"""What the one who sees to a review is written: that it may be held, is due soon, is late. Nobody else is reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Person, Roster
from incidentd.domain.process import Process
from incidentd.domain.review_opening import Opening, OpeningState, text
from incidentd.domain.review_people import owner
from incidentd.domain.wall_clock import wall
from incidentd.services.incident_views import Seen
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage import incidents
from incidentd.storage.tx import Tx

AGAIN = timedelta(days=7)
"""How often the owner is told that a review is late."""


def may_be_held(tx: Tx, incident: Incident, process: Process, roster: Roster) -> None:
    """The floor is over."""
    _remind(tx, incident, process, roster, "may be held now, until {due}")


def due_soon(tx: Tx, incident: Incident, process: Process, roster: Roster) -> None:
    """Two business days are left."""
    _remind(tx, incident, process, roster, "is due soon: until {due}")


def late(tx: Tx, incident: Incident, process: Process, roster: Roster) -> None:
    """The ceiling is over."""
    _remind(tx, incident, process, roster, "is late: it was due by {due}")


def _remind(tx: Tx, incident: Incident, process: Process, roster: Roster, words: str) -> None:
    person = roster.people.get(owner(incidents.roles(tx.conn, [incident.id])[incident.id], incident.declared_by))
    if person is None or incident.review_due_at is None:
        return
    name = process.review_name
    head = f"INC-{incident.id}: the {name} {words.format(due=_own(incident.review_due_at, person))}"
    remedy = (
        f"Propose times: incidentctl review meeting propose INC-{incident.id}\n"
        f"Somebody else sees to it: incidentctl incident role INC-{incident.id} review_owner HANDLE"
    )
    _write(tx, incident, person, head, remedy, f"you see to its {name}")


def opening_asked(tx: Tx, incident: Incident, asked: Opening, process: Process, person: Person | None) -> None:
    """Somebody wants to hold it before people rested; another one has to agree."""
    head = f"INC-{incident.id}: {asked.asked_by} asks to open the {process.review_name} early"
    body = f"{safe_text(asked.reason)}\nIt takes a second person: incidentctl review open-early grant INC-{incident.id}"
    _write(tx, incident, person, head, body, f"you see to its {process.review_name}")


def opening_answered(tx: Tx, incident: Incident, answered: Opening, seen: Seen) -> None:
    """Whoever asked learns what became of it."""
    if answered.state is not OpeningState.WITHDRAWN:
        head = f"INC-{incident.id}: {safe_line(text(answered), LONGEST_LINE)}"
        _write(tx, incident, seen.roster.people.get(answered.asked_by), head, "", "you asked for it")


def _write(tx: Tx, incident: Incident, person: Person | None, head: str, remedy: str, why: str) -> None:
    body = f"{safe_line(incident.title, LONGEST_LINE)}\n{remedy}".rstrip()
    write_to(tx, person, head, body, why, can_wait=True, drill_id=incident.drill_id)


def _own(at: datetime, person: Person) -> str:
    return f"{wall(at, person.zone):%a %d %b %H:%M} ({person.zone})"
