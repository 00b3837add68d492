"""From a team's blocks and absences to the weeks that a plan is to fill, and from the plan to blocks again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

import msgspec

from incidentd.domain.duty_changes import Absence, Changes
from incidentd.domain.mode_fairness import load
from incidentd.domain.mode_plan import Board, Candidate, Task
from incidentd.domain.modes import Mode, ModeBlock, stretches, wanted_in_support
from incidentd.domain.people import Person, Team
from incidentd.domain.wall_clock import instant, wall

LOOK_BACK = 13
"""So many weeks before a plan count as what somebody bears already."""
AWAY = timedelta(days=1)
"""Who is absent so much of a week or more is not in support in it."""
_WEEK = timedelta(weeks=1)
_HANDOVER = time(9)


class Weeks(msgspec.Struct, frozen=True):
    """`bounds` are the instants between the weeks of a plan, `past` those of the weeks before it, in order of time."""

    past: tuple[datetime, ...]
    bounds: tuple[datetime, ...]

    @property
    def starts_at(self) -> datetime:
        return self.bounds[0]

    @property
    def ends_at(self) -> datetime:
        return self.bounds[-1]

    @property
    def count(self) -> int:
        return len(self.bounds) - 1

    def span(self, week: int) -> tuple[datetime, datetime]:
        """From when until before when a week is; those before the plan are negative."""
        at = (*self.past[:-1], *self.bounds)
        return at[week + len(self.past) - 1], at[week + len(self.past)]


def next_monday(now: datetime, zone: str) -> datetime:
    """The first Monday at nine after `now`, on the clocks of `zone`."""
    today = wall(now, zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    return instant(datetime.combine(monday, _HANDOVER), zone)


def weeks_from(start: datetime, count: int, zone: str) -> Weeks:
    """`count` weeks that begin at the same time of the wall clock each, as `start` does."""
    first = wall(start, zone)
    past = tuple(instant(first + number * _WEEK, zone) for number in range(-LOOK_BACK, 0))
    return Weeks((*past, start), (start, *(instant(first + number * _WEEK, zone) for number in range(1, count + 1))))


def task(
    team: Team,
    people: Mapping[str, Person],
    blocks: Sequence[ModeBlock],
    changes: Changes,
    holidays: Mapping[str, Collection[date]],
    weeks: Weeks,
) -> Task:
    """What is to be planned; `blocks` that touch the weeks stand, as do the absences."""
    absences = changes.absences_of()
    members = [people[handle] for handle in dict.fromkeys(team.members) if handle in people]
    candidates = tuple(
        _candidate(one, _own(blocks, one), absences.get(one.handle, ()), holidays.get(one.handle, ()), weeks)
        for one in members
    )
    return Task(candidates=candidates, weeks=weeks.count, wanted=min(wanted_in_support(team), len(members)))


def _own(blocks: Iterable[ModeBlock], person: Person) -> list[ModeBlock]:
    return [one for one in blocks if one.person == person.handle]


def _candidate(
    person: Person, own: Sequence[ModeBlock], absences: Iterable[Absence], holidays: Collection[date], weeks: Weeks
) -> Candidate:
    support = [(one.starts_at, one.ends_at) for one in stretches(own) if one.mode is Mode.SUPPORT]
    clipped = [(max(low, weeks.past[0]), min(high, weeks.ends_at)) for low, high in support]
    taken = {week for week in range(-LOOK_BACK, weeks.count) if _is_half(weeks.span(week), support)}
    away: dict[int, str] = {}
    for week in sorted(set(range(weeks.count)) - taken):
        low, high = weeks.span(week)
        if sum((_common(low, high, one.starts_at, one.ends_at) for one in absences), timedelta(0)) >= AWAY:
            away[week] = "is absent"
        elif any(one.touches(low, high) for one in own):
            away[week] = "is in another mode already"
    return Candidate(
        person=person.handle,
        carried=load([span for span in clipped if span[0] < span[1]], person.zone, holidays),
        each=tuple(load([weeks.span(week)], person.zone, holidays) for week in range(weeks.count)),
        taken=frozenset(taken),
        away=away,
    )


def _is_half(span: tuple[datetime, datetime], support: Iterable[tuple[datetime, datetime]]) -> bool:
    low, high = span
    return 2 * sum((_common(low, high, *one) for one in support), timedelta(0)) >= high - low


def _common(low: datetime, high: datetime, start: datetime, end: datetime) -> timedelta:
    return max(min(high, end) - max(low, start), timedelta(0))


def planned_blocks(board: Board, weeks: Weeks, standing: Iterable[ModeBlock], now: datetime) -> list[ModeBlock]:
    """The plan as new blocks: support in the given weeks, project work in all others that nothing stands in."""
    busy = {
        (one.person, week) for one in standing for week in range(weeks.count) if one.touches(*weeks.span(week))
    }  # fmt: skip
    return [
        ModeBlock(id=0, person=person, mode=mode, starts_at=low, ends_at=high, at=now)
        for person, given in board.given.items()
        for mode, low, high in _runs(weeks, [w for w in range(weeks.count) if (person, w) not in busy], given)
    ]


def _runs(weeks: Weeks, free: Sequence[int], given: Collection[int]) -> Iterator[tuple[Mode, datetime, datetime]]:
    """Weeks of one mode that follow each other as one time."""
    placed = [(week - at, week, Mode.SUPPORT if week in given else Mode.PROJECT) for at, week in enumerate(free)]
    for (_, mode), run in groupby(placed, key=lambda one: (one[0], one[2])):
        found = [week for _, week, _ in run]
        yield mode, weeks.span(found[0])[0], weeks.span(found[-1])[1]
