"""The parking lot: ideas for later, uncommented. A small group makes actions of them, or says why not."""

from __future__ import annotations

from incidentd.domain.reviews import Review
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.storage import learnings as stored
from incidentd.storage.learnings import Idea
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records


def _view(idea: Idea) -> wire_records.Idea:
    return wire_records.Idea(**{name: getattr(idea, name) for name in wire_records.Idea.__struct_fields__})


def ideas_of(seen: Seen, row: Review) -> tuple[wire_records.Idea, ...]:
    """Those of a review, with what became of each."""
    return tuple(_view(one) for one in stored.ideas_of(seen.conn, row.incident_id))


class Ideas:
    """Implements `record_contracts.IdeaCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, incident_id: int, body: wire_records.WriteIdea, actor: str) -> wire_records.Idea:
        """Park an idea. Raises `NotFound`."""

        def command(tx: Tx) -> wire_records.Idea:
            row = existing_review(tx.conn, incident_id, lock=True)
            idea = stored.add_idea(tx, incident_id, body.text, actor)
            tx.emit("review.idea_parked", row.subject, {"id": idea.id}, actor=actor)
            return _view(idea)

        return await self._store.write(command)

    async def drop(self, incident_id: int, idea_id: int, body: wire_records.DropIdea, actor: str) -> wire_records.Idea:
        """Nothing comes of it, and why. Raises `NotFound`, `Conflict` when something was decided already."""

        def command(tx: Tx) -> wire_records.Idea:
            row = existing_review(tx.conn, incident_id, lock=True)
            idea = stored.get_idea(tx.conn, incident_id, idea_id)
            if idea is None:
                remedy = f"incidentctl review idea list INC-{incident_id} numbers them"
                raise NotFound(f"INC-{incident_id} has no idea {idea_id}", remedy=remedy)
            if idea.action_id is not None:
                remedy = f"incidentctl action wont-do {idea.action_id} says why the action is not done"
                raise Conflict(f"idea {idea_id} became action {idea.action_id}", current=_view(idea), remedy=remedy)
            if idea.dropped_why:
                raise Conflict(f"idea {idea_id} was dropped: {idea.dropped_why}", current=_view(idea))
            tx.emit("review.idea_dropped", row.subject, {"id": idea_id, "why": body.why}, actor=actor)
            return _view(stored.change_idea(tx, idea_id, dropped_why=body.why))

        return await self._store.write(command)
