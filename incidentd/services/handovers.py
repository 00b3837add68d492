"""Handovers as callers see and change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import Connection

from incidentd.domain.final_schedule import holder_at
from incidentd.domain.handover import OPEN, WRITABLE, Handover, State
from incidentd.domain.people import Roster
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.handover_acts import HandoverActs
from incidentd.services.handover_digest import Digest
from incidentd.services.handover_watch import HandoverWatch
from incidentd.storage import duty_changes, handovers
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import handover as wire_handover

_STATES: Mapping[str, tuple[State, ...]] = {
    "current": WRITABLE,
    "open": OPEN,
    **{state.value: (state,) for state in State},
    "all": tuple(State),
}


class Handovers:
    """Implements `contracts.HandoverCalls`. Every change is one transaction, with its event and its timers."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster
        self.acts = HandoverActs(roster)
        self.watch = HandoverWatch(roster, self.acts)

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {**self.acts.handlers(), **self.watch.handlers()}

    # ------------------------------------------------------------------ calls
    async def list(self, state: str, schedule: str, person: str) -> wire_handover.HandoverList:
        """Newest first. `state` is current (running or open), open, all or a state; "" for any schedule and person."""
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")

        def query(conn: Connection) -> wire_handover.HandoverList:
            found = handovers.listed(conn, _STATES[state], schedule=schedule, person=person)
            return wire_handover.HandoverList(handovers=tuple(self._view(conn, one) for one in found))

        return await self._store.read(query)

    async def get(self, handover_id: int) -> wire_handover.Handover:
        """One handover. Raises `NotFound`."""
        return await self._store.read(lambda conn: self._view(conn, _existing(conn, handover_id)))

    async def edit(
        self, handover_id: int, surprises: str, actor: str, if_version: int | None
    ) -> wire_handover.Handover:
        """Keep what somebody writes for the next one. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> wire_handover.Handover:
            found = self._writable(tx, handover_id, if_version)
            worded = msgspec.structs.replace(found, surprises=surprises.strip())
            return self._view(tx.conn, self.acts.change(tx, worded, "handover.edited", actor))

        return await self._store.write(command)

    async def send(
        self, handover_id: int, surprises: str | None, actor: str, if_version: int | None
    ) -> wire_handover.Handover:
        """It is complete: let the next one have it, at the end of the block when it still runs. Raises as `edit`."""

        def command(tx: Tx) -> wire_handover.Handover:
            found = self._writable(tx, handover_id, if_version)
            words = found.surprises if surprises is None else surprises.strip()
            worded = msgspec.structs.replace(found, surprises=words, finished_by=actor)
            if found.state is State.RUNNING or not found.next_person:
                return self._view(tx.conn, self.acts.change(tx, worded, "handover.finished", actor))
            return self._view(tx.conn, self.acts.send(tx, worded, actor))

        return await self._store.write(command)

    async def accept(self, handover_id: int, actor: str, if_version: int | None) -> wire_handover.Handover:
        """Take over. Raises `NotFound`, `Invalid` for who does not follow, `Conflict` unless it was sent."""

        def command(tx: Tx) -> wire_handover.Handover:
            found = self._existing(tx, handover_id, if_version)
            return self._view(tx.conn, self.accepted(tx, found, actor, "api"))

        return await self._store.write(command)

    # ------------------------------------------------------------------ inside a transaction
    def accepted(self, tx: Tx, found: Handover, actor: str, via: str) -> Handover:
        """`found` taken over by `actor`; as it is when they have accepted before."""
        if found.state is State.ACCEPTED and found.accepted_by == actor:
            return found
        if found.state is not State.SENT:
            remedy = f"incidentctl handover send {found.name} sends it as it is"
            raise Conflict(
                f"{found.name} is {found.state}" + (f" by {found.accepted_by}" if found.accepted_by else ""),
                current=self._view(tx.conn, found),
                remedy=remedy if found.state is State.DRAFT else "",
            )
        if actor not in (found.next_person, self._holder(tx, found)):
            raise Invalid(
                f"only {found.next_person} can accept {found.name}", field="id", remedy=f"ask {found.next_person}"
            )
        return self.acts.accept(tx, found, actor, via)

    def _holder(self, tx: Tx, found: Handover) -> str:
        schedule = self._roster().schedules.get(found.schedule)
        held = None if schedule is None else holder_at(schedule, duty_changes.at(tx.conn, tx.now), tx.now)
        return held.person if held is not None else ""

    def _existing(self, tx: Tx, handover_id: int, if_version: int | None) -> Handover:
        found = _existing(tx.conn, handover_id, lock=True)
        if if_version is not None and found.version != if_version:
            raise Conflict(f"{found.name} is at version {found.version}", current=self._view(tx.conn, found))
        return found

    def _writable(self, tx: Tx, handover_id: int, if_version: int | None) -> Handover:
        found = self._existing(tx, handover_id, if_version)
        if found.state not in WRITABLE:
            raise Conflict(f"{found.name} is {found.state} already", current=self._view(tx.conn, found))
        return found

    def _view(self, conn: Connection, found: Handover) -> wire_handover.Handover:
        if found.sent_at is None and found.state in WRITABLE:
            now = self._store.clock.now()
            found = msgspec.structs.replace(found, sections=Digest(conn, self._roster(), found, now).sections())
        values = msgspec.structs.asdict(found)
        del values["reminders"]
        sections = msgspec.convert(msgspec.to_builtins(found.sections), tuple[wire_handover.HandoverSection, ...])
        return wire_handover.Handover(**values | {"name": found.name, "sections": sections})


def _existing(conn: Connection, handover_id: int, *, lock: bool = False) -> Handover:
    found = handovers.get(conn, handover_id, lock=lock)
    if found is None:
        remedy = "incidentctl handover list --state all"
        raise NotFound(f"there is no handover H-{handover_id}", field="id", remedy=remedy)
    return found
