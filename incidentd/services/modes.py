"""Modes: who is in support and who on project work; each call is one transaction with its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain import mode_words
from incidentd.domain.duty_rules import LONGEST, BadChange
from incidentd.domain.mode_rules import check_beginning, check_block, check_lengths
from incidentd.domain.mode_warnings import LOOK_BACK, mode_warnings
from incidentd.domain.modes import (
    Mode,
    ModeBlock,
    Placed,
    days_later,
    mode_at,
    now_and_next,
    place,
    wanted_in_support,
)
from incidentd.domain.people import Roster, Team
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage import duty_changes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import duty as wire_duty
from incidentd.wire import modes as wire_modes

QUARTER = timedelta(weeks=13)


class Modes:
    """Implements `contracts.ModeCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def list(self, team: str, start: datetime | None, end: datetime | None) -> wire_modes.Modes:
        """Modes of a team (or of all, "") now, and their blocks: a quarter from now by default. Raises `Invalid`."""
        roster, now = self._roster(), self._store.clock.now()
        begin = start or now
        until = end or begin + QUARTER
        if not begin < until <= begin + LONGEST:
            raise Invalid("the end is not after the beginning, or more than a year later", field="ends_at")
        check_team(roster, team)
        low, high = min(begin - LOOK_BACK, now), max(until, now + LONGEST)
        blocks = await self._store.read(lambda conn: duty_changes.mode_blocks_between(conn, low, high))
        changes = await self._store.read(lambda conn: duty_changes.between(conn, begin, until))
        told = mode_warnings(roster, changes, blocks, begin, until, team)
        teams = [one for one in roster.teams.values() if team in ("", one.name)]
        members = {handle for one in teams for handle in one.members} if team else roster.people.keys()
        shown = [one for one in blocks if one.person in members and one.touches(begin, until)]
        return wire_modes.Modes(
            at=now,
            starts_at=begin,
            ends_at=until,
            people=tuple(_person(roster, one, blocks, now) for one in roster.people if one in members),
            teams=tuple(_team(one, blocks, now) for one in teams),
            blocks=tuple(view(one) for one in sorted(shown, key=lambda one: (one.person, one.starts_at))),
            warnings=tuple(
                wire_duty.DutyWarning(**msgspec.structs.asdict(one))
                for one in told
                if not one.person or one.person in members
            ),
        )

    async def set(self, body: wire_modes.SetMode, actor: str) -> wire_modes.ModeBlock:
        """Let somebody be in a mode for a time; what they were to be in then gives way. Raises `Invalid`."""

        def command(tx: Tx) -> ModeBlock:
            begin = body.starts_at or tx.now
            if (body.days is None) == (body.ends_at is None):
                raise Invalid("give the days or the end, one of the two", field="ends_at")
            block = ModeBlock(
                id=0,
                person=body.person,
                mode=Mode(body.mode),
                starts_at=begin,
                ends_at=body.ends_at or days_later(begin, body.days or 0, self._zone(body.person)),
                reason=body.reason.strip(),
                by=actor,
                at=tx.now,
            )
            refused(lambda: check_beginning(begin, tx.now, self._zone(body.person)))
            return self.put(tx, block, "mode.set", actor)

        return view(await self._store.write(command))

    async def change(
        self, block_id: int, body: wire_modes.ChangeMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeBlock:
        """Change the mode or the bounds of a block. Raises `NotFound`, `Invalid`, `Conflict`."""
        given = {name: value for name in ("starts_at", "ends_at") if (value := getattr(body, name)) is not None}
        given |= {"mode": Mode(body.mode)} if body.mode is not None else {}
        given |= {"reason": body.reason.strip()} if body.reason.strip() else {}

        def command(tx: Tx) -> ModeBlock:
            old = standing(tx, block_id, if_version)
            new = msgspec.structs.replace(old, **given, by=actor, at=tx.now)
            if old.starts_at < tx.now and (new.starts_at, new.mode) != (old.starts_at, old.mode):
                raise Invalid(
                    "it has begun: the mode somebody was in, and since when, stays as it was",
                    field="mode" if new.mode is not old.mode else "starts_at",
                    remedy=f"split it: incidentctl mode split {block_id} --reason WHY",
                )
            if new.starts_at != old.starts_at:
                refused(lambda: check_beginning(new.starts_at, tx.now, self._zone(old.person)))
            return self.put(tx, new, "mode.changed", actor)

        return view(await self._store.write(command))

    async def split(
        self, block_id: int, body: wire_modes.SplitMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeSplit:
        """End a block early, and put its person in another mode for the rest. Raises as `change` does."""

        def command(tx: Tx) -> wire_modes.ModeSplit:
            old, at = standing(tx, block_id, if_version), body.at or tx.now
            if not old.starts_at < at < old.ends_at:
                raise Invalid("does not lie within the block", field="at", remedy="take a time between its bounds")
            if at < tx.now:
                raise Invalid("lies in the past: the mode somebody was in stays as it was", field="at")
            reason = body.reason.strip()
            first = msgspec.structs.replace(old, ends_at=at, reason=reason or old.reason, by=actor, at=tx.now)
            new = msgspec.structs.replace(
                first, id=0, version=1, starts_at=at, ends_at=old.ends_at, mode=Mode(body.then or old.mode.other)
            ) if body.then != "none" else None  # fmt: skip
            before = duty_changes.mode_blocks_of(tx.conn, old.person)
            after = [first if one.id == old.id else one for one in before] + ([new] if new else [])
            refused(lambda: check_lengths(before, after, self._zone(old.person), reason))
            stored = _store(tx, first, "mode.changed", actor)
            rest = _store(tx, new, "mode.set", actor) if new else None
            return wire_modes.ModeSplit(first=view(stored), rest=view(rest) if rest else None)

        return await self._store.write(command)

    async def end(self, block_id: int, reason: str, actor: str, if_version: int | None) -> wire_modes.ModeBlock:
        """Take a block back; one that has begun ends now. Raises `NotFound`, `Invalid`, `Conflict`."""

        def command(tx: Tx) -> ModeBlock:
            old = standing(tx, block_id, if_version)
            begun = old.starts_at < tx.now
            why = {"by": actor, "at": tx.now, "reason": reason.strip() or old.reason}
            over = msgspec.structs.replace(old, **why, **({"ends_at": tx.now} if begun else {"cancelled": True}))
            before = duty_changes.mode_blocks_of(tx.conn, old.person)
            after = [over if one.id == old.id else one for one in before]
            refused(lambda: check_lengths(before, after, self._zone(old.person), reason.strip()))
            return _store(tx, over, "mode.ended" if begun else "mode.cancelled", actor)

        return view(await self._store.write(command))

    # ------------------------------------------------------------------ within a transaction
    def put(self, tx: Tx, block: ModeBlock, kind: str, actor: str) -> ModeBlock:
        """Store a block and cut what it meets. Raises `Invalid`, also for a week that is cut without a reason."""
        refused(lambda: check_block(self._roster(), block, tx.now))
        before = duty_changes.mode_blocks_of(tx.conn, block.person)
        placed = place(block, before)
        after = _after(before, block, placed)
        refused(lambda: check_lengths(before, after, self._zone(block.person), block.reason))
        for one in placed.changed:
            _store(tx, one, "mode.cancelled" if one.cancelled else "mode.changed", actor)
        stored = _store(tx, block, kind, actor)
        for one in placed.rests:
            _store(tx, one, "mode.set", actor)
        return stored

    def _zone(self, person: str) -> str:
        known = self._roster().people.get(person)
        return known.zone if known else "UTC"


def check_team(roster: Roster, team: str) -> None:
    """Raise `NotFound` for a team that is not there; "" is all of them."""
    if team and team not in roster.teams:
        remedy = f"the teams are {', '.join(roster.teams) or 'none: add [teams.NAME] to roster.toml'}"
        raise NotFound(f"there is no team {team!r}", field="team", remedy=remedy)


def view(block: ModeBlock) -> wire_modes.ModeBlock:
    """A stored block as callers see it."""
    return wire_modes.ModeBlock(**msgspec.structs.asdict(block))


def standing(tx: Tx, block_id: int, if_version: int | None) -> ModeBlock:
    """A block that can still be changed, locked. Raises `NotFound`, `Conflict`."""
    block = duty_changes.get(tx.conn, ModeBlock, block_id, lock=True)
    if block is None:
        raise NotFound(f"there is no mode block {block_id}", field="id", remedy="incidentctl mode show")
    if if_version is not None and block.version != if_version:
        raise Conflict(f"block {block_id} is at version {block.version}, changed by {block.by}", current=view(block))
    if block.cancelled or block.ends_at <= tx.now:
        raise Conflict(f"block {block_id} is over", current=view(block))
    return block


def _after(before: Iterable[ModeBlock], block: ModeBlock, placed: Placed) -> list[ModeBlock]:
    changed = {one.id: one for one in placed.changed}
    kept = [changed.get(one.id, one) for one in before if one.id != block.id]
    return [*kept, block, *placed.rests]


def _store(tx: Tx, block: ModeBlock, kind: str, actor: str) -> ModeBlock:
    stored = duty_changes.replace(tx, block) if block.id else duty_changes.add(tx, block)
    data = msgspec.to_builtins(stored) | {"text": mode_words.told(stored, kind)}
    tx.emit(kind, f"mode:{stored.id}", data, actor=actor)
    return stored


def refused(check: Callable[[], None]) -> None:
    """Run a rule's check; what it refuses is `Invalid`."""
    try:
        check()
    except BadChange as error:
        raise Invalid(str(error), field=error.field, remedy=error.remedy) from None


def _person(roster: Roster, handle: str, blocks: Sequence[ModeBlock], now: datetime) -> wire_modes.PersonMode:
    held, coming = now_and_next(blocks, handle, now)
    return wire_modes.PersonMode(
        person=handle,
        name=roster.people[handle].name,
        teams=tuple(team.name for team in roster.teams.values() if handle in team.members),
        mode=held.mode if held else "",
        since=held.starts_at if held else None,
        until=held.ends_at if held else None,
        next_mode=coming.mode if coming else "",
        next_at=coming.starts_at if coming else None,
    )


def _team(team: Team, blocks: Sequence[ModeBlock], now: datetime) -> wire_modes.TeamModes:
    modes = {handle: mode_at(blocks, handle, now) for handle in team.members}
    return wire_modes.TeamModes(
        team=team.name,
        support_percent=team.support_percent,
        wanted=wanted_in_support(team),
        support=tuple(handle for handle, mode in modes.items() if mode is Mode.SUPPORT),
        project=tuple(handle for handle, mode in modes.items() if mode is Mode.PROJECT),
        neither=tuple(handle for handle, mode in modes.items() if mode is None),
    )
