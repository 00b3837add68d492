"""Answering a swap by the signed links in its message: one to accept, one to decline."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain import duty_words
from incidentd.domain.duty_changes import Swap, SwapState
from incidentd.services.ack_view import AckView
from incidentd.services.swaps import Swaps
from incidentd.storage import duty_changes
from incidentd.storage.tx import Tx


class SwapOffer:
    """Implements `offers.Offer` for one answer."""

    about = "swap"

    def __init__(self, swaps: Swaps, follow: Callable[[Tx], None], answer: SwapState) -> None:
        self._swaps = swaps
        self._follow = follow
        self._answer = answer
        self.letter, self.verb = ("s", "Accept") if answer is SwapState.ACCEPTED else ("p", "Decline")

    def view(self, conn: Connection, row_id: int, person: str) -> AckView | None:
        """What is offered, and what became of it."""
        swap = duty_changes.get(conn, Swap, row_id)
        if swap is None:
            return None
        answered = {SwapState.PROPOSED: "open", self._answer: "acknowledged"}
        return AckView(
            title=duty_words.told(swap, f"swap.{swap.state}"),
            person=person,
            state=answered.get(swap.state, "resolved"),
            acknowledged_by=swap.other,
            kind="accept" if self._answer is SwapState.ACCEPTED else "decline",
        )

    def follow(self, tx: Tx, row_id: int, person: str) -> None:
        """Give this answer as `person`; a second time it changes nothing."""
        swap = duty_changes.get(tx.conn, Swap, row_id, lock=True)
        if swap is not None and (swap.state is not self._answer or swap.other != person):
            self._swaps.settle(tx, row_id, self._answer, person)
            self._follow(tx)
