"""Rest after a heavy shift: seen, offered to the person, shown to the team, and what they make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain import rest as rules
from incidentd.domain.duty_blocks import Block, blocks
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.people import Person, Roster
from incidentd.domain.rest import Rest, State
from incidentd.domain.sleep_hours import awake_at
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.notes import write_to
from incidentd.services.shift_requests import ShiftRequests
from incidentd.storage import duty_changes, rests, timers
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest

LOOK, TELL, OVER = "rest.look", "rest.tell", "rest.over"
_SETTLE = timedelta(minutes=2)  # after a page: what else of the same trouble comes at once
_AHEAD = timedelta(days=60)
_OPEN = (State.OFFERED, State.TAKEN)
_STATES: Mapping[str, tuple[State, ...]] = {
    "open": _OPEN, **{state.value: (state,) for state in State}, "all": tuple(State),
}  # fmt: skip


class Rests:
    """Implements `contracts.RestCalls`. Pages count from `watch` on: in a replay nobody loses sleep."""

    def __init__(self, store: Store, roster: Callable[[], Roster], requests: ShiftRequests) -> None:
        self._store = store
        self._roster = roster
        self._requests = requests
        self._watching = False

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {LOOK: self._on_look, TELL: self._on_tell, OVER: self._on_over}

    def watch(self) -> None:
        """Begin to count pages."""
        self._watching = True

    def paged(self, tx: Tx, row: DeliveryRow) -> None:
        """A message went out: see whether it made somebody's shift heavy."""
        if self._watching and row.kind == "page" and row.urgent and row.person in self._roster().people:
            timers.arm_no_later(tx, LOOK, f"person:{row.person}", tx.now + _SETTLE)

    # ------------------------------------------------------------------ calls
    async def list(self, state: str, person: str) -> wire_rest.RestList:
        """Offers, newest first: open (offered or taken), all or one state. Raises `Invalid`."""
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        found = await self._store.read(lambda conn: rests.listed(conn, _STATES[state], person=person))
        return wire_rest.RestList(rests=tuple(map(view, found)))

    async def answer(self, rest_id: int, body: wire_rest.AnswerRest, actor: str) -> wire_rest.Rest:
        """Take what is offered, or decline it. Raises `NotFound`, `Invalid`, `Conflict`."""
        return view(await self._store.write(lambda tx: self.take(tx, rest_id, body, actor)))

    # ------------------------------------------------------------------ inside a transaction
    def take(self, tx: Tx, rest_id: int, body: wire_rest.AnswerRest, actor: str) -> Rest:
        """As `answer`."""
        found = _existing(tx.conn, rest_id, lock=True)
        if actor != found.person:
            raise Invalid(f"only {found.person} can answer this", field="id", remedy=f"ask {found.person}")
        if found.state not in _OPEN:
            raise Conflict(f"this offer is {found.state} already", current=view(found))
        if body.decline:
            return self._change(tx, msgspec.structs.replace(found, state=State.DECLINED), "rest.declined", actor)
        if not (body.late or body.relief or body.skip_next):
            raise Invalid("nothing is taken", field="late", remedy="take late, relief or skip_next, or decline")
        relief, skip = found.relief, found.skip
        if body.relief and not relief:
            relief = self._ask(tx, found, None, found.block_ends_at, "relief", "relief")
        if body.skip_next and not skip:
            skip = self._ask(tx, found, found.next_starts_at, found.next_ends_at, "skip_next", "the next block")
        taken = msgspec.structs.replace(
            found, state=State.TAKEN, late=found.late or body.late, relief=relief, skip=skip
        )
        return self._change(tx, taken, "rest.taken", actor)

    def _ask(
        self, tx: Tx, found: Rest, starts_at: datetime | None, ends_at: datetime | None, field: str, what: str
    ) -> str:
        """Ask the others of the schedule; the request's name."""
        if ends_at is None or ends_at <= tx.now:
            raise Invalid(f"there is no block to ask {what} for", field=field, remedy="incidentctl schedule show")
        body = wire_requests.AskForShift(
            schedule=found.schedule,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=f"{found.person} {rules.reason(found)}",
        )
        return self._requests.open(tx, body, found.person).name

    def _change(self, tx: Tx, rest: Rest, kind: str, actor: str = SYSTEM) -> Rest:
        stored = rests.replace(tx, rest)
        _emit(tx, stored, kind, actor)
        return stored

    # ------------------------------------------------------------------ timers
    def _on_look(self, tx: Tx, timer: Timer) -> None:
        person = self._roster().people.get(timer.subject.partition(":")[2])
        if person is None:
            return
        before = rests.newest_of(tx, person.handle)
        since = tx.now - rules.OPEN_FOR
        if before is not None:  # what an offer was made for is not counted again for another one
            since = max(since, before.first_at if before.state in _OPEN else before.last_at + timedelta(microseconds=1))
        heavy = rules.heavy(rests.calls(tx.conn, person.handle, since), person.zone, person.sleep)
        if heavy is None:
            return
        facts = msgspec.structs.asdict(heavy) | {"start_at": rules.start_after(heavy.last_at)}
        facts |= self._duty(tx, person)
        if before is None or before.state not in _OPEN or heavy.first_at > before.ends_at:
            offered = rests.add(tx, Rest(**facts, id=0, person=person.handle, at=tx.now))
            _emit(tx, offered, "rest.offered", SYSTEM)
            timers.arm(tx, TELL, offered.subject, awake_at(tx.now, person.zone, person.sleep))
        elif heavy.last_at > before.last_at:
            offered = self._change(tx, msgspec.structs.replace(before, **facts), "rest.extended")
            if offered.told_at is None or heavy.why is rules.Why.SLEEP:
                timers.arm(tx, TELL, offered.subject, awake_at(tx.now, person.zone, person.sleep))
        else:
            return
        timers.arm(tx, OVER, offered.subject, offered.ends_at)

    def _duty(self, tx: Tx, person: Person) -> dict[str, object]:
        """The block that the person is in, and their next one on that schedule."""
        changes = duty_changes.between(tx.conn, tx.now, tx.now + _AHEAD)
        for schedule in self._roster().schedules.values():
            found = blocks(final_schedule(schedule, changes, tx.now, tx.now + _AHEAD))
            mine: list[Block] = [one for one in found if one.person == person.handle]
            if mine and mine[0].starts_at <= tx.now:
                after = mine[1] if len(mine) > 1 else None
                return {
                    "schedule": schedule.name,
                    "block_ends_at": mine[0].ends_at,
                    "next_starts_at": after.starts_at if after else None,
                    "next_ends_at": after.ends_at if after else None,
                }
        return {}

    def _on_tell(self, tx: Tx, timer: Timer) -> None:
        found = rests.get(tx.conn, timer.subject_id, lock=True)
        if found is None or found.state not in _OPEN:
            return
        person = self._roster().people.get(found.person)
        zone = person.zone if person is not None else "UTC"
        why = "your shift was heavy"
        written = write_to(tx, person, *rules.message(found, zone), why, about=found.subject)
        told = rests.replace(tx, msgspec.structs.replace(found, told_at=tx.now))
        tx.emit("rest.told", told.subject, {"person": told.person, "written_to": told.person if written else ""})

    def _on_over(self, tx: Tx, timer: Timer) -> None:
        found = rests.get(tx.conn, timer.subject_id, lock=True)
        if found is None or found.state not in _OPEN:
            return
        if found.ends_at > tx.now:
            timers.arm(tx, OVER, found.subject, found.ends_at)
        else:
            self._change(tx, msgspec.structs.replace(found, state=State.OVER), "rest.over")


def view(rest: Rest) -> wire_rest.Rest:
    """As callers see it."""
    values = msgspec.structs.asdict(rest)
    del values["told_at"]
    return wire_rest.Rest(**values | {"text": f"{rest.person} {rules.warning(rest)}"})


def _existing(conn: Connection, rest_id: int, *, lock: bool = False) -> Rest:
    found = rests.get(conn, rest_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no offer {rest_id} to rest", field="id", remedy="incidentctl rest list --state all")
    return found


def _emit(tx: Tx, rest: Rest, kind: str, actor: str) -> None:
    data = {"person": rest.person, "why": rest.why, "first_at": rest.first_at, "last_at": rest.last_at}
    data |= {"start_at": rest.start_at, "late": rest.late, "relief": rest.relief, "skip": rest.skip}
    tx.emit(kind, rest.subject, data | {"text": f"{rest.person} {rules.warning(rest)}"}, actor=actor)
