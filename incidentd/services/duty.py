"""Changes of the day: overrides, swaps and absences; each call is one transaction with its event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from incidentd.domain.duty_changes import Absence, Changes, Override, SwapState
from incidentd.domain.duty_rules import LONGEST
from incidentd.domain.duty_warnings import DutyWarning, warnings
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.mode_warnings import LOOK_BACK, mode_warnings
from incidentd.domain.people import Roster
from incidentd.services.calendar_imports import complaints
from incidentd.services.duty_drafts import absence_of, check, draft_of, override_of, preview, schedule_view, time_of
from incidentd.services.duty_rows import added, ended, replaced, standing, view
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.public_holidays import public_holidays
from incidentd.services.swaps import Swaps
from incidentd.storage import duty_changes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import duty as wire_duty

T = TypeVar("T")
_SHOWN = (SwapState.PROPOSED, SwapState.ACCEPTED)


class Duty:
    """Implements `contracts.DutyCalls`. `follow` hears of every change, in its transaction."""

    def __init__(
        self, store: Store, roster: Callable[[], Roster], follow: Callable[[Tx], None] = lambda _tx: None
    ) -> None:
        self._store = store
        self._roster = roster
        self._follow = follow
        self.swaps = Swaps(roster)

    async def _change(self, command: Callable[[Tx], T]) -> T:
        """Run `command`, and let whoever follows hear of it in its transaction."""

        def followed(tx: Tx) -> T:
            done = command(tx)
            self._follow(tx)
            return done

        return await self._store.write(followed)

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
            *(
                DutyWarning(kind="calendar", schedule=schedule, person="", starts_at=begin, ends_at=until, text=text)
                for schedule, text in await self._store.read(complaints)
            ),
        ]
        return wire_duty.Schedules(
            starts_at=begin,
            ends_at=until,
            schedules=tuple(schedule_view(roster, one, found, begin, until) for one in wanted),
            overrides=tuple(view(wire_duty.Override, one) for one in found.overrides if name in ("", one.schedule)),
            swaps=tuple(view(wire_duty.Swap, one) for one in found.swaps if name in ("", one.schedule)),
            absences=tuple(view(wire_duty.Absence, one) for one in found.absences),
            warnings=tuple(
                wire_duty.DutyWarning(**msgspec.structs.asdict(one)) for one in told if name in ("", one.schedule)
            ),
        )

    # ------------------------------------------------------------------ overrides
    async def set_override(self, body: wire_duty.SetOverride, actor: str) -> wire_duty.Override:
        """Let somebody carry a pager for a time. Raises `Invalid`."""

        def command(tx: Tx) -> Override:
            override = override_of(body, actor, tx.now)
            self._check(tx, override)
            return added(tx, override, "override.set", actor)

        return view(wire_duty.Override, await self._change(command))

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, actor: str, if_version: int | None
    ) -> wire_duty.Override:
        """Change what lies ahead of an override. Raises `NotFound`, `Invalid`, `Conflict`."""
        given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}

        def command(tx: Tx) -> Override:
            old = standing(tx, Override, override_id, if_version)
            new = msgspec.structs.replace(old, **given, by=actor, at=tx.now)
            if old.starts_at < tx.now and (new.starts_at, new.person) != (old.starts_at, old.person):
                raise Invalid(
                    "it has begun: who carried the pager, and since when, stays as it was",
                    field="person" if new.person != old.person else "starts_at",
                    remedy="change its end, and set another override for the rest",
                )
            self._check(tx, new)
            return replaced(tx, new, "override.changed", actor)

        return view(wire_duty.Override, await self._change(command))

    async def end_override(self, override_id: int, actor: str, if_version: int | None) -> wire_duty.Override:
        """Take an override back; one that has begun ends now. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> Override:
            return ended(tx, standing(tx, Override, override_id, if_version), actor)

        return view(wire_duty.Override, await self._change(command))

    # ------------------------------------------------------------------ swaps
    async def propose_swap(self, body: wire_duty.ProposeSwap, actor: str) -> wire_duty.Swap:
        """Offer a time of the caller's for one of somebody else's. Raises `Invalid`."""
        return view(wire_duty.Swap, await self._change(lambda tx: self.swaps.propose(tx, body, actor)))

    async def settle_swap(self, swap_id: int, to: str, actor: str, if_version: int | None) -> wire_duty.Swap:
        """Answer a swap, or take it back. Raises `NotFound`, `Invalid`, `Conflict`."""
        state = SwapState(to)
        settled = await self._change(lambda tx: self.swaps.settle(tx, swap_id, state, actor, if_version))
        return view(wire_duty.Swap, settled)

    # ------------------------------------------------------------------ absences
    async def set_absence(self, body: wire_duty.SetAbsence, actor: str) -> wire_duty.Absence:
        """Say that somebody is away; their turns are gaps or go to the stand-in. Raises `Invalid`."""

        def command(tx: Tx) -> Absence:
            absence = absence_of(body, actor, tx.now)
            self._check(tx, absence)
            return added(tx, absence, "absence.set", actor)

        return view(wire_duty.Absence, await self._change(command))

    async def end_absence(self, absence_id: int, actor: str, if_version: int | None) -> wire_duty.Absence:
        """Somebody is back, or never goes. Raises `NotFound`, `Conflict`."""

        def command(tx: Tx) -> Absence:
            return ended(tx, standing(tx, Absence, absence_id, if_version), actor)

        return view(wire_duty.Absence, await self._change(command))

    # ------------------------------------------------------------------ all of them
    async def preview(self, body: wire_duty.PreviewDuty, actor: str) -> wire_duty.DutyPreview:
        """What a change would make of the final schedules, checked as if it were asked for.

        Raises `Invalid`, and `NotFound` for a change of an override that does not stand.
        """
        roster, now = self._roster(), self._store.clock.now()
        change, number = draft_of(body, actor, now), body.instead_of

        def known(conn: Connection) -> tuple[Changes, Override | None]:
            old = duty_changes.get(conn, Override, number) if number is not None else None
            begin, end = time_of(change)
            if old is not None:
                begin, end = min(begin, old.starts_at), max(end, old.ends_at)
            return duty_changes.between(conn, begin, end), old

        others, old = await self._store.read(known)
        if number is not None and (old is None or old.cancelled or old.ends_at <= now):
            raise NotFound(f"there is no override {number} to be changed", field="instead_of")
        check(roster, others, change, now)
        return preview(roster, others, change, old)

    def _check(self, tx: Tx, change: Override | Absence) -> None:
        check(self._roster(), duty_changes.between(tx.conn, *time_of(change)), change, tx.now)
