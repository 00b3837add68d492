"""The way back of a change of modes: the blocks that stood before it stand again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec

from incidentd.client import Client
from incidentd.wire.modes import ChangeMode, ModeBlock, SetMode

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

T = TypeVar("T")
Blocks = dict[int, ModeBlock]
_UNDONE = "undone"
_AT_ONCE = 8
_LONGEST = timedelta(days=366)
"""The daemon tells of so much at a time."""


async def undoable(
    tui: IncidentdApp, change: Callable[[], Awaitable[T]], told: Callable[[T], str], until: datetime | None = None
) -> T:
    """Make the change and offer the way back: every block that is new ends, every one that gave way comes again.

    `until` is the end of what the change touches, unless that is within a year. Raises what the change raises.
    """
    client, end = tui.acts.client, until or tui.model.now() + _LONGEST
    before = await _ahead(client, tui.model.now(), end)
    made = await change()
    after = await _ahead(client, tui.model.now(), end)

    async def back() -> object:
        return await tui.acts.attempt("", _restore(client, before, after, tui.model.now()))

    tui.acts.can_undo(told(made), back)
    return made


async def _ahead(client: Client, now: datetime, until: datetime) -> Blocks:
    found = await client.modes(starts_at=max(now, until - _LONGEST), ends_at=until)
    return {one.id: one for one in found.blocks}


async def _restore(client: Client, before: Blocks, after: Blocks, now: datetime) -> Blocks:
    """What was made goes first, several at a time, so that it is not in the way of what comes again."""
    some = asyncio.Semaphore(_AT_ONCE)

    async def end(one: ModeBlock) -> None:
        async with some:
            await client.end_mode(one.id, _UNDONE, if_version=one.version)

    await asyncio.gather(*(end(one) for one in after.values() if one.id not in before))
    for one in sorted(before.values(), key=lambda one: _was_cut(one, after)):
        left = after.get(one.id)
        if left is None:
            await client.set_mode(_again(one, now))
        elif (left.mode, left.starts_at, left.ends_at) != (one.mode, one.starts_at, one.ends_at):
            starts = one.starts_at if one.starts_at != left.starts_at else None
            given = {"mode": one.mode, "starts_at": starts, "ends_at": one.ends_at, "reason": one.reason or _UNDONE}
            await client.change_mode(one.id, msgspec.convert(given, ChangeMode), if_version=left.version)
    return before


def _was_cut(one: ModeBlock, after: Blocks) -> bool:
    """Whether it gave way. What took its place goes back first, so that it has room and cuts nothing itself."""
    left = after.get(one.id)
    return left is None or (one.starts_at <= left.starts_at and left.ends_at <= one.ends_at)


def _again(one: ModeBlock, now: datetime) -> SetMode:
    """A block like one that is gone; of one that had begun, what is left of it."""
    given = {
        "person": one.person,
        "mode": one.mode,
        "starts_at": one.starts_at if one.starts_at > now else None,
        "ends_at": one.ends_at,
        "reason": one.reason or _UNDONE,
    }
    return msgspec.convert(given, SetMode)
