"""What a signed link may do besides acknowledging: accept a handover, and whatever else was offered to one person."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

from incidentd.services.ack_view import AckView
from incidentd.storage.tx import Tx


class Offer(Protocol):
    """One thing that a message may ask for. `letter` begins its tokens, `about` what its deliveries are about."""

    letter: str
    about: str
    verb: str

    def view(self, conn: Connection, row_id: int, person: str) -> AckView | None:
        """What the confirm page shows; None when it is gone."""
        ...

    def follow(self, tx: Tx, row_id: int, person: str) -> None:
        """Do it as `person`. Raises `Conflict`, `Invalid` and `NotFound`; the view says how it stands."""
        ...
