"""Answering a request by the signed links in its message: one to accept, one to decline."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain import shift_requests as rules
from incidentd.domain.shift_requests import State
from incidentd.services.ack_view import AckView
from incidentd.services.shift_requests import ShiftRequests
from incidentd.storage import shift_requests
from incidentd.storage.tx import Tx


class RequestOffer:
    """Implements `offers.Offer` for one answer."""

    about = "request"

    def __init__(self, requests: ShiftRequests, *, accepts: bool) -> None:
        self._requests = requests
        self._accepts = accepts
        self.letter, self.verb = ("q", "Accept") if accepts else ("n", "Decline")

    def view(self, conn: Connection, row_id: int, person: str) -> AckView | None:
        """What is asked, and how it stands for this person."""
        found = shift_requests.get(conn, row_id)
        asked = found.asked_of(person) if found is not None else None
        if found is None or asked is None:
            return None
        if not self._accepts and asked.declined and found.state is not State.ACCEPTED:
            state, by = "acknowledged", person
        elif found.state is State.ACCEPTED and self._accepts:
            state, by = "acknowledged", found.taken_by
        else:
            state, by = ("open" if found.state is State.OPEN else "resolved"), ""
        kind = "accept" if self._accepts else "decline"
        return AckView(title=rules.told(found), person=person, state=state, acknowledged_by=by, kind=kind)

    def follow(self, tx: Tx, row_id: int, person: str) -> None:
        """Give this answer as `person`; a second time it changes nothing."""
        found = shift_requests.get(tx.conn, row_id, lock=True)
        if found is None:
            return
        if self._accepts and found.taken_by != person:
            self._requests.accept(tx, found, person, "link")
        elif not self._accepts and person in found.waits_for:
            self._requests.decline(tx, found, person)
