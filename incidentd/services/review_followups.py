"""Did a review change how people work? Asked 30 and 90 days after it was published, once, of those who took part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import Connection

from incidentd.domain.followups import DAYS, due_at, question, tally
from incidentd.domain.people import Roster
from incidentd.domain.reviews import Review
from incidentd.services.errors import Invalid
from incidentd.services.escalation import Handler
from incidentd.services.existing_reviews import existing_review
from incidentd.services.notes import write_to
from incidentd.services.review_masks import masked_from
from incidentd.storage import followups, incidents, reviews, timers
from incidentd.storage.followups import Followup
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import followups as wire_followups

_KIND = "review.ask_{days}"


def arm_followups(tx: Tx, review: Review) -> None:
    """Let both questions be asked in time, from the first publishing on; to publish again moves nothing.

    Of a review that was imported nobody is asked: it was published long before it came here.
    """
    if review.published_at is None or review.imported_from:
        return
    asked = {one.days for one in followups.of(tx.conn, review.incident_id)}
    for days in DAYS:
        kind = _KIND.format(days=days)
        if days not in asked and timers.find(tx, kind, review.subject) is None:
            timers.arm(tx, kind, review.subject, due_at(review.published_at, days), {"days": days})


class Followups:
    """Implements `library_contracts.FollowupCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {_KIND.format(days=days): self._on_ask for days in DAYS}

    async def get(self, incident_id: int, actor: str) -> wire_followups.Followups:
        """What came of both questions, in numbers, with the caller's own answers. Raises `NotFound`."""
        return await self._store.read(lambda conn: _view(existing_review(conn, incident_id), conn, actor))

    async def answer(
        self, incident_id: int, body: wire_followups.AnswerFollowup, actor: str
    ) -> wire_followups.Followups:
        """Store the caller's answer. Raises `NotFound`, and `Invalid` when they were not asked."""

        def command(tx: Tx) -> wire_followups.Followups:
            review = existing_review(tx.conn, incident_id, lock=True)
            if not followups.answer(tx, incident_id, body.days, actor, body.changed, body.text.strip()):
                remedy = "who took part is asked, once, so many days after it was published"
                raise Invalid(
                    f"you were not asked about INC-{incident_id} after {body.days} days", field="days", remedy=remedy
                )
            # Who answered, and what, is nobody's business: the event says neither.
            tx.emit("review.followup_answered", review.subject, {"days": body.days}, actor="")
            return _view(review, tx.conn, actor)

        return await self._store.write(command)

    def _on_ask(self, tx: Tx, timer: Timer) -> None:
        review, days = reviews.get(tx.conn, timer.subject_id, lock=True), int(timer.payload["days"])
        incident = incidents.get(tx.conn, timer.subject_id)
        if review is None or incident is None:
            return
        people = self._roster().people
        members = reviews.members(tx.conn, [review.incident_id])[review.incident_id]
        asked = [one.person for one in members if one.person in people]
        followups.ask(tx, review.incident_id, days, asked)
        title, body = question(incident.id, incident.title, review.review_name, days)
        why = f"you took part, {days} days ago it was published"
        for person in asked:
            write_to(tx, people[person], title, body, why, can_wait=True)
        tx.emit("review.followup_asked", review.subject, {"days": days, "people": len(asked)})


def _view(review: Review, conn: Connection, actor: str) -> wire_followups.Followups:
    rows = followups.of(conn, review.incident_id)
    if review.incident_id in masked_from(conn, actor):  # what changed would tell what was concluded
        rows = [one if one.person == actor else msgspec.structs.replace(one, text="") for one in rows]
    rounds = tuple(_round(review, days, [one for one in rows if one.days == days], actor) for days in DAYS)
    return wire_followups.Followups(incident_id=review.incident_id, rounds=rounds)


def _round(review: Review, days: int, rows: list[Followup], actor: str) -> wire_followups.FollowupRound:
    own = next((one for one in rows if one.person == actor), None)
    mine = None
    if own is not None:
        mine = wire_followups.OwnFollowup(changed=own.changed, text=own.text, answered_at=own.answered_at)
    waits = not rows and review.published_at is not None and not review.imported_from
    return wire_followups.FollowupRound(
        days=days,
        due_at=due_at(review.published_at, days) if waits and review.published_at else None,
        asked_at=rows[0].asked_at if rows else None,
        asked=len(rows),
        answered=sum(1 for one in rows if one.changed),
        counts=tally(one.changed for one in rows),
        texts=tuple(sorted(one.text for one in rows if one.text)),
        mine=mine,
    )
