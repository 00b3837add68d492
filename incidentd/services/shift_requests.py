"""Asking others to take or swap a time of duty: they are written to, reminded, and everybody hears how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain import shift_requests as rules
from incidentd.domain.asking import next_step
from incidentd.domain.duty_changes import Changes, Override, Swap
from incidentd.domain.duty_rules import check_override
from incidentd.domain.people import Roster
from incidentd.domain.shift_requests import Asked, ShiftRequest, State, Wants
from incidentd.services.duty_rows import added, checked
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.escalation import Handler
from incidentd.services.notes import write_to
from incidentd.services.swaps import Swaps
from incidentd.storage import duty_changes, shift_requests, timers
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import requests as wire_requests

ASKED = "request.asked"
_LISTED = 100
_STATES: Mapping[str, tuple[State, ...]] = {**{state.value: (state,) for state in State}, "all": tuple(State)}


class ShiftRequests:
    """Implements `contracts.RequestCalls`. `follow` hears of every change of duty, in its transaction."""

    def __init__(self, store: Store, roster: Callable[[], Roster], swaps: Swaps, follow: Callable[[Tx], None]) -> None:
        self._store = store
        self._roster = roster
        self._swaps = swaps
        self._follow = follow

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {ASKED: self._on_asked}

    # ------------------------------------------------------------------ calls
    async def list(self, state: str, person: str) -> wire_requests.ShiftRequestList:
        """Newest first, in one state or "all"; those from or to `person`, "" for anybody. Raises `Invalid`."""
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        found = await self._store.read(lambda conn: shift_requests.listed(conn, _STATES[state], _LISTED))
        chosen = (one for one in found if person in ("", one.person, *one.people))
        return wire_requests.ShiftRequestList(requests=tuple(map(view, chosen)))

    async def get(self, request_id: int) -> wire_requests.ShiftRequest:
        """One request. Raises `NotFound`."""
        return view(await self._store.read(lambda conn: _existing(conn, request_id)))

    async def ask(self, body: wire_requests.AskForShift, actor: str) -> wire_requests.ShiftRequest:
        """Ask people, or a team. Raises `Invalid`."""
        return view(await self._store.write(lambda tx: self.open(tx, body, actor)))

    async def answer(
        self, request_id: int, body: wire_requests.AnswerRequest, actor: str, if_version: int | None
    ) -> wire_requests.ShiftRequest:
        """Accept, decline or cancel. Raises `NotFound`, `Invalid`, `Conflict`."""

        def command(tx: Tx) -> ShiftRequest:
            found = _existing(tx.conn, request_id, lock=True)
            if if_version is not None and found.version != if_version:
                raise Conflict(f"{found.name} is at version {found.version}", current=view(found))
            if body.to == "cancelled":
                return self._cancel(tx, found, actor)
            if body.to == "declined":
                return self.decline(tx, found, actor)
            given = (body.returns_from, body.returns_until)
            return self.accept(tx, found, actor, "api", None if given == (None, None) else given)

        return view(await self._store.write(command))

    # ------------------------------------------------------------------ inside a transaction
    def open(self, tx: Tx, body: wire_requests.AskForShift, actor: str) -> ShiftRequest:
        """Ask. Raises `Invalid`."""
        starts_at = max(body.starts_at or tx.now, tx.now)
        request = ShiftRequest(
            id=0,
            schedule=body.schedule,
            person=body.person or actor,
            starts_at=starts_at,
            ends_at=body.ends_at,
            wants=Wants(body.wants),
            asked=(),
            expires_at=body.expires_at or rules.default_end(starts_at, body.ends_at, tx.now),
            reason=body.reason.strip(),
            by=actor,
            at=tx.now,
        )
        roster, changes = self._roster(), self._changes(tx, request)
        people = rules.who_can(roster, changes, request, body.people or self._candidates(body, changes))
        request = msgspec.structs.replace(request, asked=tuple(self._asked(tx, request, changes, people)))
        checked(lambda: rules.check_request(roster, changes, request, tx.now))
        stored = shift_requests.add(tx, request)
        _emit(tx, stored, "request.opened", actor)
        self._ask(tx, stored)
        return stored

    def _candidates(self, body: wire_requests.AskForShift, changes: Changes) -> Iterable[str]:
        roster = self._roster()
        if body.team:
            if body.team not in roster.teams:
                raise Unknown(f"there is no team {body.team!r}", field="team", remedy="see roster.toml")
            return roster.teams[body.team].members
        imported = (one.person for one in changes.imported if one.schedule == body.schedule)
        return (*(roster.schedules[body.schedule].people if body.schedule in roster.schedules else ()), *imported)

    def _asked(self, tx: Tx, request: ShiftRequest, changes: Changes, people: Iterable[str]) -> Iterable[Asked]:
        schedule = self._roster().schedules.get(request.schedule)
        for handle in people:
            found = None
            if schedule is not None and request.wants is Wants.SWAP:
                found = rules.in_return(schedule, changes, request, handle, tx.now)
            begin, end = found or (None, None)
            yield Asked(person=handle, returns_from=begin, returns_until=end)

    def _changes(self, tx: Tx, request: ShiftRequest) -> Changes:
        until = max(request.ends_at, tx.now + rules.RETURN_WITHIN)
        return duty_changes.between(tx.conn, tx.now, until)

    def accept(
        self,
        tx: Tx,
        found: ShiftRequest,
        actor: str,
        via: str,
        given: tuple[datetime | None, datetime | None] | None = None,
    ) -> ShiftRequest:
        """Let `actor` have the time; of a swap `given` is what they give in return, by default what was found."""
        asked = self._answerable(tx, found, actor)
        begin, end = given or (asked.returns_from, asked.returns_until)
        if found.wants is Wants.TAKE:
            result = self._override(tx, found, actor)
        elif begin is None or end is None:
            raise Invalid(
                "say which time of yours is given in return",
                field="returns_from",
                remedy=f"incidentctl schedule request accept {found.name} --give FROM UNTIL",
            )
        else:
            result = self._swap(tx, found, actor, begin, end)
        taken = msgspec.structs.replace(found, state=State.ACCEPTED, taken_by=actor, taken_via=via, result=result)
        stored = self._settled(tx, taken, "request.accepted", actor)
        self._follow(tx)
        return stored

    def _override(self, tx: Tx, found: ShiftRequest, actor: str) -> str:
        override = Override(
            id=0,
            schedule=found.schedule,
            person=actor,
            starts_at=max(found.starts_at, tx.now),
            ends_at=found.ends_at,
            reason=f"{found.name} of {found.person}",
            by=actor,
            at=tx.now,
        )
        changes = duty_changes.between(tx.conn, override.starts_at, override.ends_at)
        checked(lambda: rules.check_still_theirs(self._roster(), changes, found, tx.now))
        checked(lambda: check_override(self._roster(), changes, override, tx.now))
        return f"override:{added(tx, override, 'override.set', actor).id}"

    def _swap(self, tx: Tx, found: ShiftRequest, actor: str, begin: datetime, end: datetime) -> str:
        swap = Swap(
            id=0,
            schedule=found.schedule,
            person=found.person,
            starts_at=found.starts_at,
            ends_at=found.ends_at,
            other=actor,
            other_starts_at=begin,
            other_ends_at=end,
            reason=found.name,
            by=found.by,
            at=tx.now,
        )
        return f"swap:{self._swaps.add_accepted(tx, swap).id}"

    def decline(self, tx: Tx, found: ShiftRequest, actor: str) -> ShiftRequest:
        """`actor` cannot; when nobody is left it is over."""
        self._answerable(tx, found, actor)
        asked = tuple(msgspec.structs.replace(one, declined=one.declined or one.person == actor) for one in found.asked)
        declined = msgspec.structs.replace(found, asked=asked)
        if not declined.waits_for:
            return self._settled(tx, msgspec.structs.replace(declined, state=State.DECLINED), "request.refused", actor)
        stored = shift_requests.replace(tx, declined)
        _emit(tx, stored, "request.declined", actor)
        left = f"{', '.join(stored.waits_for)} can still accept."
        self._write(tx, stored, [stored.person], f"{actor} cannot: {stored.name}", left)
        return stored

    def _cancel(self, tx: Tx, found: ShiftRequest, actor: str) -> ShiftRequest:
        if actor not in (found.person, found.by):
            raise Invalid(f"only {found.person} can cancel {found.name}", field="to", remedy=f"ask {found.person}")
        _check_open(found)
        return self._settled(tx, msgspec.structs.replace(found, state=State.CANCELLED), "request.cancelled", actor)

    def _answerable(self, tx: Tx, found: ShiftRequest, actor: str) -> Asked:
        asked = found.asked_of(actor)
        if asked is None:
            raise Invalid(f"{found.name} was not asked of {actor or 'you'}", field="to", remedy="set an override")
        _check_open(found)
        return asked

    def _settled(self, tx: Tx, settled: ShiftRequest, kind: str, actor: str = SYSTEM) -> ShiftRequest:
        """It is over, and everybody who took part hears how."""
        timers.cancel(tx, ASKED, settled.subject)
        stored = shift_requests.replace(tx, settled)
        _emit(tx, stored, kind, actor)
        how = f"{stored.state} by {stored.taken_by}" if stored.taken_by else stored.state
        self._write(tx, stored, [stored.person, *stored.people], f"{stored.name} is {how}", rules.told(stored))
        return stored

    # ------------------------------------------------------------------ asking
    def _ask(self, tx: Tx, request: ShiftRequest, again: str = "") -> None:
        """Write to those who have not answered, and come back to it."""
        for handle in request.waits_for:
            asked = request.asked_of(handle)
            gives = ""
            if asked is not None and asked.returns_from is not None and asked.returns_until is not None:
                span = f"{asked.returns_from:%Y-%m-%d %H:%M} until {asked.returns_until:%Y-%m-%d %H:%M} UTC"
                gives = f"\n{request.person} takes yours from {span} in return."
            until = f"Until {request.expires_at:%Y-%m-%d %H:%M} UTC"
            how = f"{until}: incidentctl schedule request accept {request.name}, or decline {request.name}"
            title = f"{again}{request.person} asks you to {request.wants} a time on {request.schedule}"
            self._write(tx, request, [handle], title, f"{rules.told(request)}{gives}\n{how}", about=request.subject)
        timers.arm(tx, ASKED, request.subject, next_step(request.at, request.expires_at, tx.now))

    def _on_asked(self, tx: Tx, timer: Timer) -> None:
        found = shift_requests.get(tx.conn, timer.subject_id, lock=True)
        if found is None or found.state is not State.OPEN:
            return
        if tx.now >= found.expires_at:
            self._settled(tx, msgspec.structs.replace(found, state=State.EXPIRED), "request.expired")
            return
        _emit(tx, found, "request.reminded", SYSTEM)
        self._ask(tx, found, "Still open: ")

    def _write(
        self, tx: Tx, request: ShiftRequest, people: Iterable[str], title: str, body: str, *, about: str = ""
    ) -> None:
        for handle in dict.fromkeys(people):
            why = f"it is about {request.name}"
            write_to(tx, self._roster().people.get(handle), title, body, why, about=about)


def view(request: ShiftRequest) -> wire_requests.ShiftRequest:
    """As callers see it."""
    values = msgspec.structs.asdict(request)
    asked = tuple(wire_requests.AskedPerson(**msgspec.structs.asdict(one)) for one in request.asked)
    return wire_requests.ShiftRequest(**values | {"name": request.name, "asked": asked})


def _existing(conn: Connection, request_id: int, *, lock: bool = False) -> ShiftRequest:
    found = shift_requests.get(conn, request_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no request Q-{request_id}", field="id", remedy="incidentctl schedule request list")
    return found


def _check_open(found: ShiftRequest) -> None:
    if found.state is not State.OPEN:
        by = f" by {found.taken_by}" if found.taken_by else ""
        raise Conflict(f"{found.name} is {found.state}{by} already", current=view(found))


def _emit(tx: Tx, request: ShiftRequest, kind: str, actor: str) -> None:
    data = {"schedule": request.schedule, "person": request.person, "people": request.people, "state": request.state}
    data |= {"taken_by": request.taken_by, "result": request.result}
    tx.emit(kind, request.subject, data | {"text": rules.told(request)}, actor=actor)
