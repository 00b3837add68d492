"""What people do in a process retro: its facilitator drives it, those who take part say where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from incidentd.domain import retro_flow as flow
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.retro_steps import Step
from incidentd.domain.retros import Member, Retro, State
from incidentd.domain.workshop_driving import must_drive, must_take_part
from incidentd.domain.workshops import FlowRefused, Move, must_be_held
from incidentd.services import retro_grouping
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.incident_roles import known_person
from incidentd.services.retro_due import arm_calendar
from incidentd.services.retro_views import existing_retro, view
from incidentd.services.workshop_refusals import refusals
from incidentd.services.workshop_timers import arm
from incidentd.storage import process_ideas, retros
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import experiments as wire_experiments


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A retro as a command finds it."""

    row: Retro
    members: tuple[Member, ...]
    actor: str
    process: Process
    tx: Tx

    def view(self, row: Retro | None = None) -> wire_experiments.RetroView:
        """What the actor sees, of the retro as it is now."""
        return view(self.tx.conn, row or self.row, self.actor, self.process)


def scene_of(tx: Tx, retro_id: int, actor: str, process: Process) -> Scene:
    """Raises `NotFound`."""
    row = existing_retro(tx.conn, retro_id, lock=True)
    members = tuple(retros.members(tx.conn, [retro_id])[retro_id])
    return Scene(row=row, members=members, actor=actor, process=process, tx=tx)


def store_move(scene: Scene, move: Move) -> Retro:
    """Write a move with what follows from it by itself."""
    tx, before = scene.tx, scene.row
    move |= flow.following(move.on(before), scene.members, tx.now)
    if not (move.changes or move.facts):
        arm(tx, before)
        return before
    row = retros.change(tx, before, **move.changes)
    if move.new_step:
        retros.nobody_is_done(tx, row.id)
    for fact in move.facts:
        tx.emit(fact.kind, row.subject, fact.data, actor=scene.actor)
    if row.ideas_shown and not before.ideas_shown:
        process_ideas.show(tx, row.id)
    if row.step is Step.VOTE and before.step is not Step.VOTE:
        retro_grouping.each_its_topic(tx, row)
    if row.votes_shown and row.held and not before.votes_shown:
        retro_grouping.choose(tx, row, scene.actor)
    if row.state is State.FINISHED:
        retro_grouping.leave_the_rest(tx, row)
        arm_calendar(tx, scene.process.retro)
    arm(tx, row)
    return row


class RetroActs:
    """Implements `retro_contracts.RetroActCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def drive(
        self, retro_id: int, body: wire_experiments.DriveRetro, actor: str, if_version: int | None
    ) -> wire_experiments.RetroView:
        """What its facilitator does. Raises `NotFound`, `Invalid`, `Refused` and `Conflict`."""

        def command(tx: Tx) -> wire_experiments.RetroView:
            scene = scene_of(tx, retro_id, actor, self._process())
            if if_version not in (None, scene.row.version):
                raise Conflict(f"{scene.row.called} has moved on meanwhile", current=scene.view())
            with refusals():
                move = self._decided(scene, body)
            row = store_move(scene, move)
            if row.facilitator != scene.row.facilitator:
                retros.join(tx, row.id, row.facilitator)
            return scene.view(row)

        return await self._store.write(command)

    def _decided(self, scene: Scene, body: wire_experiments.DriveRetro) -> Move:
        if body.act == "hand":
            if body.to is None:
                raise Invalid("say who drives it from now on", field="to", remedy='a handle; "me" takes it over')
            person = known_person(self._roster(), body.to, scene.actor, field="to")
            return flow.hand_over(scene.row, scene.members, scene.actor, person, scene.tx.now)
        must_be_held(scene.row)
        must_drive(scene.row, scene.members, scene.actor)
        return _DECIDE[body.act](scene, body)

    async def take_part(self, retro_id: int, body: wire_experiments.TakePart, actor: str) -> wire_experiments.RetroView:
        """Join, leave, or say that one is done with the step. Raises `NotFound` and `Refused`."""

        def command(tx: Tx) -> wire_experiments.RetroView:
            scene = scene_of(tx, retro_id, actor, self._process())
            with refusals():
                _PART[body.act](scene)
            return scene.view(store_move(scene_of(tx, retro_id, actor, scene.process), Move()))

        return await self._store.write(command)


_DECIDE: Mapping[str, Callable[[Scene, wire_experiments.DriveRetro], Move]] = {
    "next": lambda scene, _: flow.step_to(scene.row, 1, scene.process.retro.usual, scene.tx.now),
    "back": lambda scene, _: flow.step_to(scene.row, -1, scene.process.retro.usual, scene.tx.now),
    "pause": lambda scene, _: flow.pause(scene.row, scene.tx.now),
    "resume": lambda scene, _: flow.resume(scene.row, scene.tx.now),
    "extend": lambda scene, body: flow.extend(scene.row, body.minutes, scene.tx.now),
    "show": lambda scene, _: flow.show(scene.row, scene.tx.now),
    "finish": lambda scene, body: flow.finish(scene.row, scene.members, body.outcome.strip(), scene.tx.now),
}


# ------------------------------------------------------------------ one's own part
def _join(scene: Scene) -> None:
    must_be_held(scene.row)
    mine = _mine(scene)
    if mine is not None and mine.present:
        return
    retros.join(scene.tx, scene.row.id, scene.actor)
    told = {"step": scene.row.step, "back": mine is not None}
    scene.tx.emit("retro.joined", scene.row.subject, told, actor=scene.actor)


def _leave(scene: Scene) -> None:
    must_be_held(scene.row)
    mine = _mine(scene)
    if mine is not None and mine.present:
        retros.change_member(scene.tx, scene.row.id, scene.actor, left_at=scene.tx.now)
        scene.tx.emit("retro.left", scene.row.subject, actor=scene.actor)


def _done(scene: Scene, *, done: bool) -> None:
    must_be_held(scene.row)
    must_take_part(scene.row, scene.members, scene.actor)
    mine = _mine(scene)
    if mine is None or done == (mine.done_step == scene.row.step):
        return
    if not done and scene.row.step is Step.VOTE and scene.row.votes_shown:
        raise FlowRefused("the votes are counted already", "say what you think when the topics are talked about", "act")
    retros.change_member(scene.tx, scene.row.id, scene.actor, done_step=scene.row.step if done else "")
    told = {"step": scene.row.step, "done": done}
    scene.tx.emit("retro.done", scene.row.subject, told, actor=scene.actor)


def _mine(scene: Scene) -> Member | None:
    return next((one for one in scene.members if one.person == scene.actor), None)


_PART: Mapping[str, Callable[[Scene], None]] = {
    "join": _join,
    "leave": _leave,
    "done": lambda scene: _done(scene, done=True),
    "not_done": lambda scene: _done(scene, done=False),
}
