"""What people do in the workshop of a review: its facilitator drives it, those who take part say where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Literal

import msgspec

from incidentd.domain import review_flow as flow
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_closing import Answer
from incidentd.domain.review_part import Said, take_part
from incidentd.domain.reviews import Member, Review
from incidentd.domain.roles import Role
from incidentd.domain.workshop_driving import must_drive, must_take_part
from incidentd.domain.workshops import Move, must_be_held
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_roles import known_person, only_holder
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_views import Seen, existing, in_command
from incidentd.services.review_timeline import instants
from incidentd.services.review_views import view
from incidentd.services.workshop_refusals import refusals
from incidentd.services.workshop_timers import arm
from incidentd.storage import review_talk, reviews
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews

_NO_ORDER = wire_reviews.DriveReview()
_ONE_OF = ", ".join(wire_reviews.DriveReview.__struct_fields__)


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A workshop as a command finds it."""

    row: Review
    members: tuple[Member, ...]
    factors: Mapping[str, int]  # how many each person has written
    seen: Seen
    actor: str

    @property
    def now(self) -> datetime:
        return self.seen.now


class WorkshopActs:
    """Implements `workshop_contracts.WorkshopActCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._status = StatusChanges(process, roster)

    async def drive(
        self, incident_id: int, body: wire_reviews.DriveReview, actor: str, if_version: int | None
    ) -> wire_reviews.ReviewView:
        """What its facilitator does. Raises `NotFound`, `Invalid`, `Refused` and `Conflict`."""
        order = _only_order(body)

        def command(tx: Tx) -> wire_reviews.ReviewView:
            incident = existing(tx.conn, incident_id, lock=True)
            scene = self._scene(tx, incident_id, actor)
            if if_version is not None and if_version != scene.row.version:
                current = view(scene.seen, scene.row, actor)
                raise Conflict(f"the {scene.row.review_name} has moved on meanwhile", current=current)
            with refusals():
                move = self._decided(scene, order, body)
            row = self._store_move(tx, scene, move)
            self._follow(tx, incident, scene.row, row, actor)
            return view(in_command(tx, self._process(), self._roster()), row, actor)

        return await self._store.write(command)

    async def participate(
        self, incident_id: int, body: wire_reviews.Participate, actor: str
    ) -> wire_reviews.ReviewView:
        """Join, leave, or say what is done. Raises `NotFound`, `Invalid` and `Refused`."""
        said = Said(present=body.present, done=body.done, factors_in=body.factors_in)
        if said == Said():
            raise Invalid("say one of present, done and factors_in", field="present", remedy='{"present": true} joins')

        def command(tx: Tx) -> wire_reviews.ReviewView:
            scene = self._scene(tx, incident_id, actor)
            with refusals():
                part = take_part(scene.row, scene.members, actor, said, tx.now)
            if part.joins:
                reviews.join(tx, incident_id, actor)
            if part.changes:
                reviews.change_member(tx, incident_id, actor, **part.changes)
            for fact in part.facts:
                tx.emit(fact.kind, scene.row.subject, fact.data, actor=actor)
            row = self._store_move(tx, self._scene(tx, incident_id, actor), Move())
            return view(in_command(tx, self._process(), self._roster()), row, actor)

        return await self._store.write(command)

    async def talk(self, incident_id: int, body: wire_reviews.WriteTalk, actor: str) -> wire_reviews.ReviewView:
        """Write down what was said. Raises `NotFound` and `Refused`."""

        def command(tx: Tx) -> wire_reviews.ReviewView:
            scene = self._scene(tx, incident_id, actor)
            with refusals():
                must_be_held(scene.row)
                must_take_part(scene.row, scene.members, actor)
            note = review_talk.add(tx, incident_id, scene.row.step, actor, body.text)
            tx.emit("review.talk", scene.row.subject, {"id": note.id, "step": note.step}, actor=actor)
            return view(scene.seen, scene.row, actor)

        return await self._store.write(command)

    async def answer(self, incident_id: int, body: wire_reviews.AnswerClosing, actor: str) -> wire_reviews.ReviewView:
        """Answer the closing questions, or answer them otherwise. Raises `NotFound` and `Refused`.

        The event does not say who did: with the counts before and after it would tell what they said.
        """
        given = Answer(learned=body.learned, come_again=body.come_again, text=body.text)

        def command(tx: Tx) -> wire_reviews.ReviewView:
            scene = self._scene(tx, incident_id, actor)
            with refusals():
                must_be_held(scene.row)
                if all(one.person != actor for one in scene.members):
                    must_take_part(scene.row, scene.members, actor)
            review_talk.answer(tx, incident_id, actor, given)
            tx.emit("review.answered", scene.row.subject, actor="")
            return view(scene.seen, scene.row, actor)

        return await self._store.write(command)

    # ------------------------------------------------------------------ what all of them do
    def _scene(self, tx: Tx, incident_id: int, actor: str) -> Scene:
        row = existing_review(tx.conn, incident_id, lock=True)
        return Scene(
            row=row,
            members=tuple(reviews.members(tx.conn, [incident_id])[incident_id]),
            factors=reviews.factor_counts(tx.conn, [incident_id])[incident_id],
            seen=in_command(tx, self._process(), self._roster()),
            actor=actor,
        )

    def _decided(self, scene: Scene, order: str, body: wire_reviews.DriveReview) -> Move:
        if body.facilitator is not None:
            named = scene.actor if body.facilitator == "me" else body.facilitator
            person = known_person(self._roster(), named, scene.actor, field="facilitator")
            return flow.hand_over(scene.row, scene.members, scene.actor, person, scene.now)
        if order != "reopen":
            must_be_held(scene.row)
        must_drive(scene.row, scene.members, scene.actor)
        return _DECIDE[order](scene, body)

    def _store_move(self, tx: Tx, scene: Scene, move: Move) -> Review:
        """Write a move with what follows from it by itself."""
        move |= flow.following(move.on(scene.row), scene.members, scene.factors, tx.now)
        row = reviews.change(tx, scene.row, **move.changes) if move.changes else scene.row
        if move.new_step:
            reviews.nobody_is_done(tx, row.incident_id)
        for fact in move.facts:
            tx.emit(fact.kind, row.subject, fact.data, actor=scene.actor)
        arm(tx, row)
        return row

    def _follow(self, tx: Tx, incident: Incident, before: Review, after: Review, actor: str) -> None:
        """The incident follows its review: who facilitates, and that its workshop is over."""
        if after.facilitator != before.facilitator:
            reviews.join(tx, incident.id, after.facilitator)
            incident = only_holder(tx, incident, Role.FACILITATOR, after.facilitator, actor)
        if before.held and not after.held and incident.status in (Status.IN_REVIEW, Status.CLOSED):
            change = wire_incidents.ChangeStatus(to=Status.LEARNING)
            self._status.change(tx, incident, change, actor)


def _only_order(body: wire_reviews.DriveReview) -> str:
    """The name of the one thing that is asked for. Raises `Invalid`."""
    given = [name for name in body.__struct_fields__ if getattr(body, name) != getattr(_NO_ORDER, name)]
    if len(given) != 1:
        text = f"{' and '.join(given)} cannot be had at once" if given else "nothing is asked for"
        raise Invalid(text, field=given[1] if given else "step", remedy=f"ask for exactly one of {_ONE_OF}")
    return given[0]


_WALKS: Mapping[str, Literal["next", "end"]] = {"next": "next", "end": "end"}


def _walk(scene: Scene, body: wire_reviews.DriveReview) -> Move:
    wanted, conn = body.walk or "", scene.seen.conn
    known = instants(conn, existing(conn, scene.row.incident_id))
    return flow.walk(scene.row, _WALKS.get(wanted) or _moment(wanted), known)


def _moment(text: str) -> datetime:
    """Raises `Invalid` for what is no time, or one of no zone."""
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    remedy = "next, end, or a time like 2026-03-01T14:05:00Z"
    raise Invalid(f"{text!r} is no moment", field="walk", remedy=remedy)


def _pause(scene: Scene, body: wire_reviews.DriveReview) -> Move:
    if body.pause:
        return flow.pause(scene.row, scene.now)
    paused = scene.seen.events([scene.row.subject], ["review.paused"])
    return flow.resume(scene.row, scene.now, paused[-1].at if paused else scene.now)


_DECIDE: Mapping[str, Callable[[Scene, wire_reviews.DriveReview], Move]] = {
    "step": lambda scene, body: flow.step_to(scene.row, body.step or "next", scene.now),
    "walk": _walk,
    "minutes": lambda scene, body: flow.timer(scene.row, body.minutes or 0, scene.now),
    "longer": lambda scene, body: flow.longer(scene.row, body.longer or 0, scene.now),
    "pause": _pause,
    "reveal": lambda scene, _: flow.reveal(scene.row, scene.factors, scene.now),
    "finish": lambda scene, _: flow.finish(scene.row, scene.members, scene.now),
    "reopen": lambda scene, body: flow.reopen(scene.row, body.reopen or "", scene.now),
}
