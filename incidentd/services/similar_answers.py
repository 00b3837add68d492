"""What differs between an incident and those that look like it, and what is still open of these."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.similar_incidents import Why, listed
from incidentd.services.errors import Invalid, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.services.similar_views import similar_of, why_locked
from incidentd.storage import actions, similar
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_similar as wire_similar


class SimilarAnswers:
    """Implements `workshop_contracts.SimilarCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def differs(
        self, incident_id: int, body: wire_similar.SayDiffers, actor: str
    ) -> wire_similar.SimilarIncidents:
        """Say what differs from one of them, or what would show that it is not the same.

        Raises `NotFound`, `Invalid` for one that is not listed, and `Refused` while conclusions are hidden: who has not
        seen them cannot say.
        """
        process, roster = self._process(), self._roster()

        def command(tx: Tx) -> wire_similar.SimilarIncidents:
            row = existing_review(tx.conn, incident_id, lock=True)
            seen = Seen(conn=tx.conn, now=tx.now, process=process, roster=roster, pending=tx.events)
            ids = [one.id for one in listed(row.similar)]
            if body.other_id not in ids:
                remedy = f"listed are {', '.join(f'INC-{one}' for one in sorted(ids)) or 'none'}"
                what = f"INC-{body.other_id} is not among the similar incidents of INC-{incident_id}"
                raise Invalid(what, field="other_id", remedy=remedy)
            if why := why_locked(seen, row, actor):
                raise Refused(why, remedy=f"incidentctl review done INC-{incident_id} --factors says that yours are in")
            answer = {"incident_id": incident_id, "other_id": body.other_id, "person": actor, "text": body.text}
            number = similar.add_answer(tx, **answer)
            tx.emit("review.differs", row.subject, {"id": number, "other_id": body.other_id}, actor=actor)
            return similar_of(seen, row, actor)

        return await self._store.write(command)


def link_open_actions(tx: Tx, incident_id: int, actor: str) -> tuple[int, ...]:
    """When a review is published: the log says which actions of earlier incidents like it were open still then."""
    row = existing_review(tx.conn, incident_id)
    ids = [one.id for one in listed(row.similar) if one.chosen is not Why.RANDOM]
    found = actions.open_of(tx.conn, ids)
    if found:
        data = {"actions": [one.id for one in found], "incidents": sorted({one.incident_id for one in found})}
        tx.emit("review.open_actions", row.subject, data, actor=actor)
    return tuple(one.id for one in found)
