"""The workshop of a review: who drives it, at which step it stands, and who takes part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from incidentd.domain.incidents import REVIEWED_AS_IS, Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_steps import GUIDES, ORDER
from incidentd.domain.reviews import State
from incidentd.domain.roles import Role
from incidentd.services import cursors
from incidentd.services.errors import Conflict
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_roles import known_person, only_holder
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_views import Seen, existing, in_command
from incidentd.services.review_views import lines, view
from incidentd.services.similar_lists import Composed
from incidentd.services.workshop_timers import arm
from incidentd.storage import reviews
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews

_LISTED = {"held": (State.RUNNING, State.PAUSED), "all": tuple(State)} | {one.value: (one,) for one in State}


class Workshops:
    """Implements `workshop_contracts.WorkshopCalls`."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        similar_to: Callable[[int], Awaitable[Composed]],
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._similar_to = similar_to
        self._status = StatusChanges(process, roster)

    async def list(self, state: str, limit: int, cursor: str) -> wire_reviews.ReviewPage:
        """Reviews in a state (held: running or paused; or all), the newest incidents first. Raises `Invalid`."""
        now, process, last = self._store.clock.now(), self._process(), cursors.decode(cursor)
        where = reviews.in_states(_LISTED[state])

        def read(conn: Connection) -> wire_reviews.ReviewPage:
            rows = reviews.listed(conn, where, last, limit + 1)
            shown = lines(Seen(conn=conn, now=now, process=process), rows[:limit])
            more = cursors.encode(rows[limit - 1].incident_id if len(rows) > limit else None)
            return wire_reviews.ReviewPage(reviews=shown, next_cursor=more, total=reviews.count_where(conn, where))

        return await self._store.read(read)

    async def get(self, incident_id: int, actor: str) -> wire_reviews.ReviewView:
        """The review of an incident as `actor` may see it now. Raises `NotFound`."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> wire_reviews.ReviewView:
            seen = Seen(conn=conn, now=now, process=process, roster=roster)
            return view(seen, existing_review(conn, incident_id), actor)

        return await self._store.read(read)

    async def start(self, incident_id: int, body: wire_reviews.StartReview, actor: str) -> wire_reviews.ReviewView:
        """Begin it. Raises `NotFound`, `Invalid`, `Refused` before the floor, and `Conflict` when there is one."""
        process = self._process()
        named = body.facilitator or actor
        facilitator = known_person(self._roster(), named, actor, field="facilitator")

        found = await self._similar_to(incident_id)

        def command(tx: Tx) -> wire_reviews.ReviewView:
            incident = existing(tx.conn, incident_id, lock=True)
            if (held := reviews.get(tx.conn, incident_id)) is not None:
                current = view(in_command(tx, process, self._roster()), held, actor)
                text = f"the {process.review_name} of INC-{incident_id} has begun already"
                raise Conflict(text, current=current, remedy=f"take part: incidentctl review join INC-{incident_id}")
            self._begin(tx, incident, actor)
            row = reviews.create(
                tx,
                incident_id=incident_id,
                state=State.RUNNING,
                solo=body.solo,
                started_at=tx.now,
                started_by=actor,
                facilitator=facilitator,
                step=ORDER[0],
                step_started_at=tx.now,
                step_ends_at=tx.now + GUIDES[ORDER[0]].usual,
                similar=found.similar,
                process_version=process.version,
                review_name=process.review_name,
            )
            for person in dict.fromkeys((actor, facilitator)):
                reviews.join(tx, incident_id, person)
            arm(tx, row)
            only_holder(tx, existing(tx.conn, incident_id), Role.FACILITATOR, facilitator, actor)
            data = {"facilitator": facilitator, "solo": body.solo, "review_name": row.review_name}
            tx.emit("incident.review_started", row.subject, data, actor=actor)
            tx.emit("review.similar_chosen", row.subject, found.told)
            return view(in_command(tx, process, self._roster()), row, actor)

        return await self._store.write(command)

    def _begin(self, tx: Tx, incident: Incident, actor: str) -> None:
        """Take the incident to `in_review` by the rules of its status, unless it stands where it may be reviewed."""
        if incident.status in REVIEWED_AS_IS:
            return
        change = wire_incidents.ChangeStatus
        if incident.status is Status.COOLING:
            incident = self._status.change(tx, incident, change(to=Status.REVIEW_READY), actor)
        self._status.change(tx, incident, change(to=Status.IN_REVIEW), actor)
