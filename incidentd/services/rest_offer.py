"""Taking rest by the signed links in its message: one to start late, one to ask the others for relief."""

from __future__ import annotations

from sqlalchemy import Connection

from incidentd.domain import rest as rules
from incidentd.services.ack_view import AckView
from incidentd.services.rests import Rests
from incidentd.storage import rests
from incidentd.storage.tx import Tx
from incidentd.wire import rest as wire_rest


class RestOffer:
    """Implements `offers.Offer` for one way to rest."""

    about = "rest"

    def __init__(self, book: Rests, *, relief: bool) -> None:
        self._book = book
        self._relief = relief
        self.letter, self.verb = ("r", "Ask for relief") if relief else ("l", "Start late")

    def view(self, conn: Connection, row_id: int, person: str) -> AckView | None:
        """What is offered, and whether it was taken."""
        found = rests.get(conn, row_id)
        if found is None:
            return None
        taken = bool(found.relief) if self._relief else found.late
        is_open = found.state in (rules.State.OFFERED, rules.State.TAKEN)
        is_open = is_open and not (self._relief and found.block_ends_at is None)
        return AckView(
            title=f"{found.person} {rules.warning(found)}",
            person=person,
            state="acknowledged" if taken else "open" if is_open else "resolved",
            acknowledged_by=found.person,
            kind="relief" if self._relief else "late",
        )

    def follow(self, tx: Tx, row_id: int, person: str) -> None:
        """Take it as `person`; a second time it changes nothing."""
        body = wire_rest.AnswerRest(relief=self._relief, late=not self._relief)
        self._book.take(tx, row_id, body, person)
