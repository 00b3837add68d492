"""Who reads an update: the members of its audience, each written to once, by the first contact method they have."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.audiences import Reader, readers
from incidentd.domain.display import safe_text
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.update_rules import stated
from incidentd.services.notes import write_to
from incidentd.storage import duty_changes
from incidentd.storage.tx import Tx
from incidentd.wire import Update


def of(conn: Connection, incident: Incident, update: Update, process: Process, roster: Roster) -> list[Reader]:
    """Whom it reaches now, but for whoever writes it. Of a drill nobody outside hears."""
    if incident.drill_id is not None:
        return []
    changes = duty_changes.at(conn, update.at)
    return readers([update.audience], process.audiences, roster, update.at, changes, besides={update.by})


def write(tx: Tx, incident: Incident, update: Update, process: Process, roster: Roster) -> list[str]:
    """Write to each; returns whom."""
    found = of(tx.conn, incident, update, process, roster)
    title = f"INC-{incident.id} {incident.severity} {update.phase}: {incident.title}"
    body = safe_text(stated(update.text, update.next_at))
    for one in found:
        write_to(tx, one.person, title, body, one.why, about=incident.subject)
    return [one.who for one in found]
