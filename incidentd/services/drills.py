"""Drills: a script is played through the real intake, routing, escalation and deliveries, for those who take part."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain.drills import LABEL, LONGEST_PAUSE, Step, marked
from incidentd.domain.people import Roster
from incidentd.domain.signals import Signal, SignalKind
from incidentd.services.drill_ends import end_incidents, summed_up
from incidentd.services.drill_notes import tell_end, tell_start
from incidentd.services.drill_pauses import END, STEP, arm_rest
from incidentd.services.drill_scripts import AFTERWARDS, Script, of_incident, of_scenario, prepared
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.escalation import Escalation, Handler
from incidentd.services.incident_status import StatusChanges
from incidentd.services.intake import Intake
from incidentd.storage import drills, pages, timers
from incidentd.storage.drills import DrillRow
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import drills as wire_drills

_LISTED = 100


class Drills:
    """Implements `contracts.DrillCalls`."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        escalation: Escalation,
        roster: Callable[[], Roster],
        statuses: StatusChanges,
    ) -> None:
        self._store = store
        self._intake = intake
        self._escalation = escalation
        self._roster = roster
        self._statuses = statuses

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {STEP: self._on_step, END: self._on_end}

    # ------------------------------------------------------------------ calls
    async def start(self, body: wire_drills.StartDrill, actor: str) -> wire_drills.Drill:
        """Begin. Raises `Invalid`, `NotFound`, and `Conflict` when somebody takes part in another drill."""
        if bool(body.scenario) == (body.incident_id is not None):
            raise Invalid("name a scenario or an incident, one of the two", field="scenario")
        people = tuple(dict.fromkeys(body.people))
        self._check_people(people)
        script = of_scenario(body.scenario) if body.scenario else None

        def command(tx: Tx) -> wire_drills.Drill:
            played: Script = script or of_incident(tx.conn, body.incident_id or 0)
            steps = prepared(played, body.speed, body.service)
            for other in drills.ongoing(tx.conn):
                if busy := sorted(set(other.people) & set(people)):
                    raise Conflict(
                        f"{', '.join(busy)} takes part in {other.name} already", current=_view(tx.conn, other)
                    )
            drill = drills.create(
                tx,
                title=marked(played.title),
                origin=played.origin,
                people=people,
                script=steps,
                review=body.review,
                started_by=actor,
                next_at=tx.now + timedelta(seconds=steps[0].after),
            )
            told = {"title": drill.title, "origin": drill.origin, "people": people, "speed": body.speed}
            tx.emit("drill.started", drill.subject, told, actor=actor)
            tell_start(tx, self._roster(), drill)
            timers.arm(tx, STEP, drill.subject, drill.next_at or tx.now)
            return _view(tx.conn, drill)

        return await self._store.write(command)

    async def list(self) -> wire_drills.DrillList:
        """The newest drills."""

        def query(conn: Connection) -> wire_drills.DrillList:
            return wire_drills.DrillList(drills=tuple(_view(conn, one) for one in drills.latest(conn, _LISTED)))

        return await self._store.read(query)

    async def get(self, drill_id: int) -> wire_drills.Drill:
        """One drill. Raises `NotFound`."""
        return await self._store.read(lambda conn: _view(conn, _existing(conn, drill_id)))

    async def stop(self, drill_id: int, actor: str) -> wire_drills.Drill:
        """End it now; nothing of it goes on. Raises `NotFound`, and `Conflict` when it is over."""

        def command(tx: Tx) -> wire_drills.Drill:
            drill = self._ongoing(tx, drill_id)
            return _view(tx.conn, self._finish(tx, drill, "stopped", f"{actor} stopped it", actor))

        return await self._store.write(command)

    async def resume(self, drill_id: int, actor: str) -> wire_drills.Drill:
        """Go on after a pause. Raises `NotFound`, and `Conflict` when it is not paused."""

        def command(tx: Tx) -> wire_drills.Drill:
            drill = self._ongoing(tx, drill_id)
            if drill.state != "paused":
                raise Conflict(f"{drill.name} is not paused", current=_view(tx.conn, drill))
            tx.emit("drill.resumed", drill.subject, {}, actor=actor)
            return _view(tx.conn, arm_rest(tx, drill))

        return await self._store.write(command)

    def _check_people(self, people: Sequence[str]) -> None:
        roster = self._roster()
        for handle in people:
            person = roster.people.get(handle)
            if person is None:
                raise Unknown(f"there is no person {handle!r}", field="people", remedy="see incidentctl people")
            if not person.contacts:
                raise Invalid(
                    f"{handle} has no contact method", field="people", remedy=f"add contacts to [people.{handle}]"
                )

    def _ongoing(self, tx: Tx, drill_id: int) -> DrillRow:
        drill = _existing(tx.conn, drill_id, lock=True)
        if drill.state not in drills.ONGOING:
            raise Conflict(f"{drill.name} is over", current=_view(tx.conn, drill))
        return drill

    # ------------------------------------------------------------------ playing
    def _on_step(self, tx: Tx, timer: Timer) -> None:
        drill = drills.get(tx.conn, timer.subject_id, lock=True)
        if drill is None or drill.state != "running" or drill.position >= len(drill.script):
            return
        self._play(tx, drill, drill.script[drill.position])
        position = drill.position + 1
        over = position >= len(drill.script)
        wait = AFTERWARDS if over else timedelta(seconds=drill.script[position].after)
        moved = drills.change(tx, drill, position=position, next_at=tx.now + wait)
        tx.emit("drill.step", drill.subject, {"position": position, "of": len(drill.script)})
        timers.arm(tx, END if over else STEP, moved.subject, tx.now + wait)

    def _play(self, tx: Tx, drill: DrillRow, step: Step) -> None:
        if step.kind == "fire":
            labels = {**step.labels, LABEL: drill.name}
            self._say(tx, drill, [(step.key, labels)], SignalKind.FIRING, step.text)
        elif step.kind == "resolve":
            ending = [(key, labels) for key, labels in drills.firing(tx.conn, drill) if step.key in ("", key)]
            self._say(tx, drill, ending, SignalKind.RESOLVED)
        for incident_id in drills.incident_ids(tx.conn, drill) if step.kind not in ("fire", "resolve") else ():
            data = {"text": step.text, "kind": step.kind, "evidence": "", "pinned": False, "observed_at": tx.now}
            tx.emit("incident.note", f"incident:{incident_id}", data | {"mark": uuid.uuid4().hex}, actor=drill.name)

    def _say(
        self, tx: Tx, drill: DrillRow, about: Sequence[tuple[str, Mapping[str, str]]], kind: SignalKind, text: str = ""
    ) -> None:
        told = {"summary": text} if text else {}
        signals = [Signal(key=key, kind=kind, labels=labels, annotations=told, in_order=True) for key, labels in about]
        if signals:
            self._intake.keep(tx, drill.subject, signals)

    def _on_end(self, tx: Tx, timer: Timer) -> None:
        drill = drills.get(tx.conn, timer.subject_id, lock=True)
        if drill is None or drill.state not in drills.ONGOING:
            return
        if drill.state == "paused":
            self._finish(tx, drill, "stopped", f"it was paused for {LONGEST_PAUSE}", SYSTEM)
        else:
            self._finish(tx, drill, "ended", "", SYSTEM)

    def _finish(self, tx: Tx, drill: DrillRow, state: str, why: str, actor: str) -> DrillRow:
        """End everything a drill began, and sum it up."""
        timers.cancel(tx, STEP, drill.subject)
        timers.cancel(tx, END, drill.subject)
        summary = summed_up(tx, drill)
        self._say(tx, drill, drills.firing(tx.conn, drill), SignalKind.RESOLVED)
        for page_id in drills.page_ids(tx.conn, drill):
            page = pages.get(tx.conn, page_id, lock=True)
            if page is not None:
                self._escalation.resolve(tx, page, f"the drill {drill.name} is over")
        end_incidents(tx, drill, self._statuses)
        ended = drills.change(
            tx, drill, state=state, why=why, next_at=None, waits=None, ended_at=tx.now, summary=summary
        )
        tx.emit(f"drill.{state}", drill.subject, {"title": drill.title, "why": why, "summary": summary}, actor=actor)
        tell_end(tx, self._roster(), ended)
        return ended


def _existing(conn: Connection, drill_id: int, *, lock: bool = False) -> DrillRow:
    found = drills.get(conn, drill_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no drill D-{drill_id}")
    return found


def _view(conn: Connection, drill: DrillRow) -> wire_drills.Drill:
    copied = ("id", "title", "origin", "state", "why", "people", "position", "review", "started_at", "started_by",
              "next_at", "ended_at", "version")  # fmt: skip
    over = drill.state not in drills.ONGOING
    return wire_drills.Drill(
        **{name: getattr(drill, name) for name in copied},
        steps=tuple(wire_drills.DrillStep(after=one.after, kind=one.kind, text=one.text) for one in drill.script),
        alert_ids=tuple(drills.alert_ids(conn, drill)),
        page_ids=tuple(drills.page_ids(conn, drill)),
        incident_ids=tuple(drills.incident_ids(conn, drill)),
        summary=msgspec.convert(drill.summary, wire_drills.Summary) if over else None,
    )
