"""When several people can meet: what speaks against a time for each of them, and the times that suit most.

Every rule is about the person's own clocks, so a time that suits ada in London may lie in grace's night. Nothing here
forbids a time: what speaks against it is said, with whom it does not suit.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.hours import Hours, holds
from incidentd.domain.people import Person
from incidentd.domain.sleep_hours import in_sleep_hours
from incidentd.domain.wall_clock import wall

USUAL_HOURS = (Hours(start=time(9), end=time(17), days=frozenset(range(1, 6))),)
"""Working hours of somebody who states none, on their own clocks."""
STEP = timedelta(minutes=30)
NOTICE = timedelta(hours=4)
"""Nobody is asked to a meeting at shorter notice than that by a proposal."""
_MOMENT = timedelta(minutes=1)
_LONGEST = timedelta(days=45)
_APART, _ANOTHER_DAY, _SAME_DAY = timedelta(hours=2), timedelta(hours=18), 5


class Part(enum.StrEnum):
    """Why somebody is invited."""

    OWNER = "owner"
    FACILITATOR = "facilitator"
    TOOK_PART = "took_part"


class Against(enum.StrEnum):
    """What may speak against a time; the worst first."""

    AWAY = "away"
    ASLEEP = "asleep"
    RESTS = "rests"
    HOLIDAY = "holiday"
    OFF_HOURS = "off_hours"
    PAGER = "pager"
    PROJECT = "project"


_COST = {
    Against.AWAY: 100, Against.ASLEEP: 60, Against.RESTS: 50, Against.HOLIDAY: 40, Against.OFF_HOURS: 20,
    Against.PAGER: 10, Against.PROJECT: 2,
}  # fmt: skip
_WITHOUT_WHOM_NOT = 2  # a time that does not suit the owner or the facilitator costs so many times as much


class Invitee(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is wanted there; `holidays` are the public ones where they live, with their names."""

    person: Person
    part: Part
    holidays: Mapping[date, str] = {}


class Busy(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when something speaks against a meeting with `person`, in words that go on after their name."""

    person: str
    starts_at: datetime
    ends_at: datetime
    against: Against
    text: str


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a time does not suit somebody; `cost` is what it weighs among others."""

    person: str
    against: Against
    text: str
    cost: int


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A time, and what speaks against it."""

    starts_at: datetime
    ends_at: datetime
    faults: tuple[Fault, ...]

    @property
    def cost(self) -> int:
        return sum(one.cost for one in self.faults)


def faults(invitees: Iterable[Invitee], busy: Iterable[Busy], start: datetime, end: datetime) -> tuple[Fault, ...]:
    """What speaks against meeting from `start` until `end`, person by person."""
    taken = [one for one in busy if one.starts_at < end and start < one.ends_at]
    return tuple(
        Fault(person=one.person.handle, against=against, text=text, cost=_COST[against] * _weight(one))
        for one in invitees
        for against, text in _against(one, taken, start, end)
    )


def _weight(one: Invitee) -> int:
    return 1 if one.part is Part.TOOK_PART else _WITHOUT_WHOM_NOT


def _against(one: Invitee, taken: Sequence[Busy], start: datetime, end: datetime) -> Iterator[tuple[Against, str]]:
    person = one.person
    yield from ((busy.against, busy.text) for busy in taken if busy.person == person.handle)
    begins, last = wall(start, person.zone), wall(end - _MOMENT, person.zone)
    clocks = f"{begins:%a %H:%M} in {person.zone}"
    if in_sleep_hours(start, person.zone, person.sleep) or in_sleep_hours(end - _MOMENT, person.zone, person.sleep):
        yield Against.ASLEEP, f"sleeps at {clocks}"
    elif name := one.holidays.get(begins.date()):
        yield Against.HOLIDAY, f"has a public holiday, {name}"
    elif not (_works(person, begins) and _works(person, last)):
        yield Against.OFF_HOURS, f"does not work at {clocks}"


def _works(person: Person, clock: datetime) -> bool:
    return any(holds(hours, clock) for hours in person.hours.working or USUAL_HOURS)


def proposals(
    invitees: Sequence[Invitee],
    busy: Sequence[Busy],
    *,
    opens_at: datetime,
    until: datetime,
    length: timedelta,
    count: int = 3,
) -> tuple[Slot, ...]:
    """The best times from `opens_at` to end by `until`, by time.

    The fewer and lighter faults, the better; of equal ones the earlier. A day of its own is worth more than somebody's
    project work, and less than that nobody carries a pager.
    """
    slots = list(_slots(invitees, busy, opens_at, until, length))
    chosen: list[Slot] = []
    while len(chosen) < count and (free := [one for one in slots if _nearest(one, chosen) >= max(length, _APART)]):
        crowded = [_SAME_DAY if _nearest(one, chosen) < _ANOTHER_DAY else 0 for one in free]
        costs = [one.cost + extra for one, extra in zip(free, crowded, strict=True)]
        chosen.append(free[costs.index(min(costs))])
    return tuple(sorted(chosen, key=lambda one: one.starts_at))


def _nearest(slot: Slot, chosen: Sequence[Slot]) -> timedelta:
    """How far it begins from the nearest one that was chosen already."""
    return min((abs(slot.starts_at - one.starts_at) for one in chosen), default=_LONGEST)


def _slots(
    invitees: Sequence[Invitee], busy: Sequence[Busy], opens_at: datetime, until: datetime, length: timedelta
) -> Iterator[Slot]:
    """Every half hour; while nobody works there is nothing to propose."""
    first = opens_at.replace(minute=0, second=0, microsecond=0)
    for start in itertools.takewhile(lambda at: at + length <= min(until, opens_at + _LONGEST), _steps(first)):
        if start < opens_at:
            continue
        found = faults(invitees, busy, start, start + length)
        asleep = {one.person for one in found if one.against in (Against.ASLEEP, Against.OFF_HOURS, Against.HOLIDAY)}
        if len(asleep) < len(invitees):
            yield Slot(starts_at=start, ends_at=start + length, faults=found)


def _steps(first: datetime) -> Iterator[datetime]:
    return (first + number * STEP for number in itertools.count())


def why(slot: Slot, invited: Collection[str]) -> str:
    """What speaks for a time, in a sentence."""
    unsuited = {one.person for one in slot.faults}
    suited = len(set(invited) - unsuited)
    if not unsuited:
        return "in everybody's working hours; none of them carries a pager, is away or on project work"
    return f"suits {suited} of {len(invited)}"
