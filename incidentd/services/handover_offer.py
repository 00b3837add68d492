"""Accepting a handover by the signed link in its message."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain.handover import State
from incidentd.services.ack_view import AckView
from incidentd.services.errors import NotFound
from incidentd.services.handovers import Handovers
from incidentd.storage import handovers
from incidentd.storage.tx import Tx


class HandoverOffer:
    """Implements `offers.Offer`."""

    letter = "h"
    about = "handover"
    verb = "Accept the handover"

    def __init__(self, book: Handovers) -> None:
        self._book = book

    def view(self, conn: Connection, row_id: int, person: str) -> AckView | None:
        """Whose handover it is, and whether it is still to be accepted."""
        found = handovers.get(conn, row_id)
        if found is None:
            return None
        states = {State.SENT: "open", State.ACCEPTED: "acknowledged"}
        return AckView(
            title=f"{found.name}: {found.person} hands over {found.schedule}",
            person=person,
            state=states.get(found.state, "resolved"),
            acknowledged_by=found.accepted_by,
            kind="handover",
        )

    def follow(self, tx: Tx, row_id: int, person: str) -> None:
        """Take over as `person`."""
        found = handovers.get(tx.conn, row_id, lock=True)
        if found is None:
            raise NotFound(f"there is no handover H-{row_id}")
        self._book.accepted(tx, found, person, "link")
