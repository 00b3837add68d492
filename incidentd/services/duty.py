"""Changes of the day: overrides, swaps and absences; each call is one transaction with its event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from incidentd import wire_duty
from incidentd.domain import duty_words
from incidentd.domain.duty_changes import Absence, Changes, Override, Swap, SwapState
from incidentd.domain.duty_rules import LONGEST, BadChange, check_absence, check_override, check_swap
from incidentd.domain.duty_warnings import warnings
from incidentd.domain.final_schedule import WEEK, final_schedule, gaps
from incidentd.domain.mode_warnings import LOOK_BACK, mode_warnings
from incidentd.domain.people import Roster, Schedule, Shift
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.public_holidays import public_holidays
from incidentd.services.roster import policies_of_schedule
from incidentd.storage import duty_changes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

T = TypeVar("T", Override, Swap, Absence)
E = TypeVar("E", Override, Absence)
V = TypeVar("V", bound=msgspec.Struct)
_VIEWS: dict[type, type[msgspec.Struct]] = {
    Override: wire_duty.Override,
    Swap: wire_duty.Swap,
    Absence: wire_duty.Absence,
}
_WORDS = {Override: "override", Swap: "swap", Absence: "absence"}
_SHOWN = (SwapState.PROPOSED, SwapState.ACCEPTED)


class Duty:
    """Implements `contracts.DutyCalls`. `follow` hears of every change, in its transaction."""

    def __init__(
        self, store: Store, roster: Callable[[], Roster], follow: Callable[[Tx], None] = lambda _tx: None
    ) -> None:
        self._store = store
        self._roster = roster
        self._follow = follow

    async def _change(self, command: Callable[[Tx], T]) -> T:
        def followed(tx: Tx) -> T:
            done = command(tx)
            self._follow(tx)
            return done

        return await self._store.write(followed)

    async def at(self, instant: datetime) -> Changes:
        """The changes that count at an instant."""
        return await self._store.read(lambda conn: duty_changes.at(conn, instant))

    async def schedules(self, name: str, start: datetime | None, end: datetime | None) -> wire_duty.Schedules:
        """The final schedule of one (or all, "") over a time: by default four weeks from now. Raises `Invalid`."""
        roster, begin = self._roster(), start or self._store.clock.now()
        until = end or begin + 4 * WEEK
        if not begin < until <= begin + LONGEST:
            raise Invalid("the end is not after the beginning, or more than a year later", field="ends_at")
        if name and name not in roster.schedules:
            remedy = "incidentctl oncall lists them"
            raise NotFound(f"there is no schedule {name!r}", field="schedule", remedy=remedy)
        found = await self._store.read(lambda conn: duty_changes.between(conn, begin, until, *_SHOWN))
        wanted = [one for one in roster.schedules.values() if name in ("", one.name)]
        holidays = await asyncio.to_thread(public_holidays, roster.people, begin, until)
        blocks = await self._store.read(lambda conn: duty_changes.mode_blocks_between(conn, begin - LOOK_BACK, until))
        told = [
            *warnings(roster, found, begin, until, holidays),
            *mode_warnings(roster, found, blocks, begin, until),
        ]
        return wire_duty.Schedules(
            starts_at=begin,
            ends_at=until,
            schedules=tuple(_schedule(roster, one, found, begin, until) for one in wanted),
            overrides=tuple(_view(wire_duty.Override, one) for one in found.overrides if name in ("", one.schedule)),
            swaps=tuple(_view(wire_duty.Swap, one) for one in found.swaps if name in ("", one.schedule)),
            absences=tuple(_view(wire_duty.Absence, one) for one in found.absences),
            warnings=tuple(
                wire_duty.DutyWarning(**msgspec.structs.asdict(one)) for one in told if name in ("", one.schedule)
            ),
        )

    # ------------------------------------------------------------------ overrides
    async def set_override(self, body: wire_duty.SetOverride, actor: str) -> wire_duty.Override:
        """Let somebody carry a pager for a time. Raises `Invalid`."""

        def command(tx: Tx) -> Override:
            override = Override(
                id=0,
                schedule=body.schedule,
                person=body.person,
                starts_at=max(body.starts_at or tx.now, tx.now),
                ends_at=body.ends_at,
                reason=body.reason.strip(),
                by=actor,
                at=tx.now,
            )
            self._check_override(tx, override)
            return self._added(tx, override, "override.set", actor)

        return _view(wire_duty.Override, await self._change(command))

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, actor: str, if_version: int | None
    ) -> wire_duty.Override:
        """Change what lies ahead of an override. Raises `NotFound`, `Invalid`, `Conflict`."""
        given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}

        def command(tx: Tx) -> Override:
            old = _standing(tx, Override, override_id, if_version)
            new = msgspec.structs.replace(old, **given, by=actor, at=tx.now)
            if old.starts_at < tx.now and (new.starts_at, new.person) != (old.starts_at, old.person):
                raise Invalid(
                    "it has begun: who carried the pager, and since when, stays as it was",
                    field="person" if new.person != old.person else "starts_at",
                    remedy="change its end, and set another override for the rest",
                )
            self._check_override(tx, new)
            return _replaced(tx, new, "override.changed", actor)

        return _view(wire_duty.Override, await self._change(command))

    async def end_override(self, override_id: int, actor: str, if_version: int | None) -> wire_duty.Override:
        """Take an override back; one that has begun ends now. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> Override:
            return _ended(tx, _standing(tx, Override, override_id, if_version), actor)

        return _view(wire_duty.Override, await self._change(command))

    def _check_override(self, tx: Tx, override: Override) -> None:
        others = duty_changes.between(tx.conn, override.starts_at, override.ends_at)
        _checked(lambda: check_override(self._roster(), others, override, tx.now))

    # ------------------------------------------------------------------ swaps
    async def propose_swap(self, body: wire_duty.ProposeSwap, actor: str) -> wire_duty.Swap:
        """Offer a time of the caller's for one of somebody else's. Raises `Invalid`."""

        def command(tx: Tx) -> Swap:
            values = {name: getattr(body, name) for name in body.__struct_fields__}
            swap = Swap(**values | {"reason": body.reason.strip()}, id=0, person=actor, by=actor, at=tx.now)
            self._check_swap(tx, swap)
            return self._added(tx, swap, "swap.proposed", actor)

        return _view(wire_duty.Swap, await self._change(command))

    async def settle_swap(self, swap_id: int, to: str, actor: str, if_version: int | None) -> wire_duty.Swap:
        """Answer a swap, or take it back. Raises `NotFound`, `Invalid`, `Conflict`."""
        state = SwapState(to)

        def command(tx: Tx) -> Swap:
            swap = _existing(tx, Swap, swap_id, if_version)
            if actor != (swap.person if state is SwapState.CANCELLED else swap.other):
                whose = swap.person if state is SwapState.CANCELLED else swap.other
                raise Invalid(f"only {whose} can say that it is {to}", field="to", remedy=f"ask {whose}")
            undone = swap.state is SwapState.ACCEPTED and state is SwapState.DECLINED
            if swap.state is not SwapState.PROPOSED and not undone:
                raise Conflict(f"swap {swap.id} is {swap.state} already", current=_current(swap))
            if undone and min(swap.starts_at, swap.other_starts_at) <= tx.now:
                raise Conflict(
                    f"swap {swap.id} has begun",
                    current=_current(swap),
                    remedy="set an override for the rest",
                )
            if state is SwapState.ACCEPTED:
                self._check_swap(tx, swap)
            return _replaced(tx, msgspec.structs.replace(swap, state=state, at=tx.now), f"swap.{to}", actor)

        return _view(wire_duty.Swap, await self._change(command))

    def _check_swap(self, tx: Tx, swap: Swap) -> None:
        begin, end = min(swap.starts_at, swap.other_starts_at), max(swap.ends_at, swap.other_ends_at)
        _checked(
            lambda: check_swap(self._roster(), duty_changes.between(tx.conn, begin, max(begin, end)), swap, tx.now)
        )

    # ------------------------------------------------------------------ absences
    async def set_absence(self, body: wire_duty.SetAbsence, actor: str) -> wire_duty.Absence:
        """Say that somebody is away; their turns are gaps or go to the stand-in. Raises `Invalid`."""

        def command(tx: Tx) -> Absence:
            absence = Absence(
                id=0,
                person=body.person or actor,
                starts_at=max(body.starts_at or tx.now, tx.now),
                ends_at=body.ends_at,
                stand_in=body.stand_in,
                reason=body.reason.strip(),
                by=actor,
                at=tx.now,
            )
            _checked(lambda: check_absence(self._roster(), absence, tx.now))
            return self._added(tx, absence, "absence.set", actor)

        return _view(wire_duty.Absence, await self._change(command))

    async def end_absence(self, absence_id: int, actor: str, if_version: int | None) -> wire_duty.Absence:
        """Somebody is back, or never goes. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> Absence:
            return _ended(tx, _standing(tx, Absence, absence_id, if_version), actor)

        return _view(wire_duty.Absence, await self._change(command))

    def _added(self, tx: Tx, change: T, kind: str, actor: str) -> T:
        stored = duty_changes.add(tx, change)
        _emit(tx, stored, kind, actor)
        return stored


def _schedule(
    roster: Roster, schedule: Schedule, changes: Changes, start: datetime, end: datetime
) -> wire_duty.Schedule:
    shifts = final_schedule(schedule, changes, start, end)
    return wire_duty.Schedule(
        name=schedule.name,
        zone=schedule.zone,
        layers=tuple(layer.name for layer in schedule.layers),
        people=schedule.people,
        policies=policies_of_schedule(roster, schedule.name),
        shifts=tuple(_shift(one) for one in shifts),
        gaps=tuple(wire_duty.Span(starts_at=low, ends_at=high) for low, high in gaps(shifts, start, end)),
    )


def _shift(shift: Shift) -> wire_duty.DutyShift:
    return wire_duty.DutyShift(**msgspec.structs.asdict(shift))


def _view(kind: type[V], change: Override | Swap | Absence) -> V:
    return kind(**msgspec.structs.asdict(change))


def _current(change: Override | Swap | Absence) -> msgspec.Struct:
    return _view(_VIEWS[type(change)], change)


def _existing(tx: Tx, kind: type[T], change_id: int, if_version: int | None) -> T:
    change = duty_changes.get(tx.conn, kind, change_id, lock=True)
    if change is None:
        raise NotFound(f"there is no {_WORDS[kind]} {change_id}", field="id", remedy="incidentctl schedule show")
    if if_version is not None and change.version != if_version:
        raise Conflict(
            f"{_WORDS[kind]} {change_id} is at version {change.version}, changed by {change.by}",
            current=_current(change),
        )
    return change


def _standing(tx: Tx, kind: type[E], change_id: int, if_version: int | None) -> E:
    change = _existing(tx, kind, change_id, if_version)
    if change.cancelled or change.ends_at <= tx.now:
        raise Conflict(f"{_WORDS[kind]} {change_id} is over", current=_current(change))
    return change


def _ended(tx: Tx, change: E, actor: str) -> E:
    """What lies behind stays true: a change that has begun ends now."""
    begun = change.starts_at < tx.now
    over = msgspec.structs.replace(change, **({"ends_at": tx.now} if begun else {"cancelled": True}), by=actor)
    return _replaced(tx, over, f"{_WORDS[type(change)]}.{'ended' if begun else 'cancelled'}", actor)


def _replaced(tx: Tx, change: T, kind: str, actor: str) -> T:
    stored = duty_changes.replace(tx, change)
    _emit(tx, stored, kind, actor)
    return stored


def _emit(tx: Tx, change: T, kind: str, actor: str) -> None:
    data = msgspec.to_builtins(change)
    tx.emit(kind, f"{_WORDS[type(change)]}:{change.id}", data | {"text": duty_words.told(change, kind)}, actor=actor)


def _checked(check: Callable[[], None]) -> None:
    try:
        check()
    except BadChange as error:
        raise Invalid(str(error), field=error.field, remedy=error.remedy) from None
