"""What happens before a review, as the socket API calls it: its window, and opening it early."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.early_opening import EarlyOpenings
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_views import Seen, existing
from incidentd.services.review_window_views import view
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_window as wire_review


class ReviewWindows:
    """Implements `review_contracts.ReviewWindowCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._openings = EarlyOpenings(StatusChanges(process, roster))

    def _seen(self, tx: Tx) -> Seen:
        return Seen(conn=tx.conn, now=tx.now, process=self._process(), roster=self._roster(), pending=tx.events)

    async def get(self, incident_id: int) -> wire_review.ReviewWindow:
        """When the review of an incident may be held, and why then. Raises `NotFound`."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> wire_review.ReviewWindow:
            return view(Seen(conn=conn, now=now, process=process, roster=roster), existing(conn, incident_id))

        return await self._store.read(read)

    async def ask(self, incident_id: int, body: wire_review.AskOpening, actor: str) -> wire_review.ReviewWindow:
        """Ask that it may be held early. Raises `NotFound`, `Invalid`, and `Conflict` while somebody asks already."""
        return await self._change(
            incident_id, lambda tx, incident: self._openings.ask(tx, incident, body.reason, actor, self._seen(tx))
        )

    async def answer(self, incident_id: int, body: wire_review.AnswerOpening, actor: str) -> wire_review.ReviewWindow:
        """Grant that, decline or withdraw it. Raises `NotFound`, `Invalid`, and `Refused` for the wrong person."""
        return await self._change(
            incident_id, lambda tx, incident: self._openings.answer(tx, incident, body, actor, self._seen(tx))
        )

    async def _change(self, incident_id: int, action: Callable[[Tx, Incident], None]) -> wire_review.ReviewWindow:
        def command(tx: Tx) -> wire_review.ReviewWindow:
            action(tx, existing(tx.conn, incident_id, lock=True))
            return view(self._seen(tx), existing(tx.conn, incident_id))

        return await self._store.write(command)
