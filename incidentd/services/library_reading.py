"""A published review as its readers see it. To read it counts a person among its readers, who are never named."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.imported_reviews import ACTIONS_THEN, TO_SORT
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.reviews import Review, State
from incidentd.services.errors import NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import existing
from incidentd.services.library_search import all_of, why
from incidentd.services.library_uses import shown_of
from incidentd.services.review_masks import masked_from
from incidentd.storage import library, library_uses, reviews
from incidentd.storage.library import Wanted
from incidentd.storage.store import Store
from incidentd.wire import library as wire_library


class LibraryReading:
    """Implements `library_contracts.ReadingCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def read(self, incident_id: int, actor: str) -> wire_library.LibraryEntry:
        """The published review of an incident. Raises `NotFound`, and `Refused` while it is hidden from the caller."""
        await self.mark(incident_id, actor)
        return await self._store.read(lambda conn: self._entry(conn, incident_id, actor))

    async def mark(self, incident_id: int, actor: str) -> None:
        """Count the caller among the readers of a document that was published, when they are one of the roster."""
        if actor not in self._roster().people:
            return
        may = await self._store.read(lambda conn: _may_read(conn, incident_id, actor))
        if may:
            await self._store.write(lambda tx: library_uses.read(tx, incident_id, actor))

    def _entry(self, conn: Connection, incident_id: int, actor: str) -> wire_library.LibraryEntry:
        review, incident = existing_review(conn, incident_id), existing(conn, incident_id)
        if review.state is not State.PUBLISHED:
            remedy = f"incidentctl review show INC-{incident_id}"
            raise NotFound(f"the {review.review_name} of INC-{incident_id} is not published", remedy=remedy)
        masked = masked_from(conn, actor)
        if incident_id in masked:
            raise Refused(why({incident_id: masked[incident_id]}), remedy="say that your factors are in")
        factors, learnings, actions = (
            all_of(conn, Wanted(kinds=(kind,), incident=incident_id), ()) for kind in ("factor", "learning", "action")
        )
        return wire_library.LibraryEntry(
            incident_id=incident_id,
            title=incident.title,
            service=incident.service,
            severity=incident.severity,
            started_at=incident.started_at,
            published_at=review.published_at,
            imported_from=review.imported_from,
            review_name=review.review_name,
            document=library.document(conn, incident_id),
            factors=factors,
            learnings=learnings,
            actions=actions,
            readers=self._readers(conn, incident),
            uses=shown_of(conn, incident_id, masked),
            factors_to_sort=review.sections.get(TO_SORT, ""),
            actions_then=review.sections.get(ACTIONS_THEN, ""),
        )

    def _readers(self, conn: Connection, incident: Incident) -> wire_library.Readers:
        roster = self._roster()
        service = roster.services.get(incident.service)
        team = roster.teams.get(service.team) if service is not None else None
        members = team.members if team is not None else ()
        people, of_team = library_uses.readers(conn, incident.id, members)
        name = team.name if team is not None else ""
        return wire_library.Readers(people=people, team=name, of_team=of_team, team_size=len(members))


def _may_read(conn: Connection, incident_id: int, actor: str) -> bool:
    review: Review | None = reviews.get(conn, incident_id)
    return review is not None and review.state is State.PUBLISHED and incident_id not in masked_from(conn, actor)
