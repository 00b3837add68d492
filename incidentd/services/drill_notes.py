"""Those who take part in a drill are told when it starts and when it is over."""

from __future__ import annotations

import msgspec

from incidentd.domain import drill_messages as messages
from incidentd.domain.people import Roster
from incidentd.services.notes import write_to
from incidentd.storage.drills import DrillRow
from incidentd.storage.tx import Tx
from incidentd.wire import drills as wire_drills


def tell_start(tx: Tx, roster: Roster, drill: DrillRow) -> None:
    """It begins now."""
    body = messages.begins(drill.id, drill.started_by, drill.people, drill.script)
    _tell(tx, roster, drill, "starts", body)


def tell_end(tx: Tx, roster: Roster, drill: DrillRow) -> None:
    """It is over, as its summary says."""
    summary = msgspec.convert(drill.summary, wire_drills.Summary)
    body = messages.ends(
        drill.id,
        drill.why,
        pages=summary.pages,
        first=summary.first_acknowledgement,
        unacknowledged=summary.unacknowledged,
    )
    _tell(tx, roster, drill, "is over", body)


def _tell(tx: Tx, roster: Roster, drill: DrillRow, what: str, body: str) -> None:
    title = messages.head(drill.id, drill.title, what)
    for handle in drill.people:
        write_to(tx, roster.people.get(handle), title, body, messages.REASON, drill_id=drill.id)
