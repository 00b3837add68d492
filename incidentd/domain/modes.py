"""Modes: who is in support, who is on project work, and since when and until when. See `mode_rules` for what can be.

Support answers reports and pages, so that those on project work are left alone. A person is in one mode or in none at
an instant: what is set later cuts what it meets.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.people import Person, Team
from incidentd.domain.wall_clock import instant, wall

SHORTEST = timedelta(days=7)
"""A mode lasts at least so long, on the clocks of the person's zone; less needs a reason."""
PRIMARY_AND_SECONDARY = 2
"""So many people a team's support wants at a time."""


class Mode(enum.StrEnum):
    SUPPORT = "support"
    PROJECT = "project"

    @property
    def other(self) -> Mode:
        return Mode.PROJECT if self is Mode.SUPPORT else Mode.SUPPORT


class ModeBlock(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is in `mode` from `starts_at` until before `ends_at`; `reason` says why it was set or cut like that."""

    id: int
    person: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    by: str = ""
    at: datetime  # when it was set or changed
    cancelled: bool = False
    version: int = 1
    process_version: str = ""  # in force when it was set

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether any of it lies from `start` until before `end`."""
        return self.starts_at < end and start < self.ends_at


class Stretch(msgspec.Struct, frozen=True):
    """Blocks of one person and one mode that follow each other, as one time."""

    person: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime

    def length(self, zone: str) -> timedelta:
        """On the clocks of `zone`: a week is seven days where the clocks change too."""
        return wall(self.ends_at, zone) - wall(self.starts_at, zone)


class Placed(msgspec.Struct, frozen=True):
    """What a block does to the others of its person: those it shortens or takes back, and what it leaves behind it."""

    changed: tuple[ModeBlock, ...] = ()
    rests: tuple[ModeBlock, ...] = ()


def place(block: ModeBlock, others: Iterable[ModeBlock]) -> Placed:
    """Make room for `block` among `others`, which are of the same person and stand."""
    changed: list[ModeBlock] = []
    rests: list[ModeBlock] = []
    low, high, why = block.starts_at, block.ends_at, {"by": block.by, "at": block.at}
    why |= {"reason": block.reason} if block.reason else {}
    for old in others:
        if old.id == block.id or not old.touches(low, high):
            continue
        if old.starts_at < low:
            changed.append(msgspec.structs.replace(old, ends_at=low, **why))
            if old.ends_at > high:
                rests.append(msgspec.structs.replace(old, id=0, starts_at=high, version=1, **why))
        elif old.ends_at > high:
            changed.append(msgspec.structs.replace(old, starts_at=high, **why))
        else:
            changed.append(msgspec.structs.replace(old, cancelled=True, **why))
    return Placed(tuple(changed), tuple(rests))


def stretches(blocks: Iterable[ModeBlock]) -> list[Stretch]:
    """The blocks that stand, those that follow each other in one mode joined, by person and time."""
    found: list[Stretch] = []
    for one in sorted(blocks, key=lambda one: (one.person, one.starts_at)):
        last = found[-1] if found else None
        if one.cancelled:
            continue
        if last and (last.person, last.mode, last.ends_at) == (one.person, one.mode, one.starts_at):
            found[-1] = msgspec.structs.replace(last, ends_at=one.ends_at)
        else:
            found.append(Stretch(one.person, one.mode, one.starts_at, one.ends_at))
    return found


def mode_at(blocks: Iterable[ModeBlock], person: str, at: datetime) -> Mode | None:
    """The mode that `person` is in at an instant, None for neither."""
    return next((one.mode for one in blocks if one.person == person and not one.cancelled and one.covers(at)), None)


def now_and_next(blocks: Iterable[ModeBlock], person: str, at: datetime) -> tuple[Stretch | None, Stretch | None]:
    """(the mode that `person` is in with its bounds, the one that comes after it)."""
    mine = stretches(one for one in blocks if one.person == person)
    now = next((one for one in mine if one.starts_at <= at < one.ends_at), None)
    return now, next((one for one in mine if one.starts_at > at), None)


def days_later(at: datetime, days: int, zone: str) -> datetime:
    """The same time of the wall clock so many days later."""
    return instant(wall(at, zone) + timedelta(days=days), zone)


def wanted_in_support(team: Team) -> int:
    """How many members the team's share keeps in support at a time, at least one; 0 when it states no share."""
    if team.support_percent is None:
        return 0
    return max(1, int(len(team.members) * team.support_percent / 100 + 0.5))


def sites(people: Mapping[str, Person], members: Sequence[str], at: datetime) -> list[list[str]]:
    """Members whose clocks are at most four hours apart work at one site; by offset from east of Greenwich on."""
    offsets: dict[float, list[str]] = {}
    for handle in members:
        shown = wall(at, people[handle].zone if handle in people else "UTC")
        offsets.setdefault((shown - wall(at, "UTC")).total_seconds() / 3600, []).append(handle)
    found: list[tuple[float, list[str]]] = []
    for offset, handles in sorted(offsets.items()):
        if found and offset - found[-1][0] <= 4:
            found[-1] = (offset, found[-1][1] + handles)
        else:
            found.append((offset, list(handles)))
    return [sorted(handles, key=list(members).index) for _, handles in found]
