"""How well support keeps a team's project work free: measures for the team, recomputed from the event log.

Nobody is named or ranked. Each share comes with what it is a share of, so that two of three is not read as two
thirds of many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.hours import Hours, holds
from incidentd.domain.interruptions import Interruption, Source
from incidentd.domain.modes import Mode, ModeBlock, mode_at
from incidentd.domain.people import Person
from incidentd.domain.protection_log import Log
from incidentd.domain.sleep_hours import in_sleep_hours
from incidentd.domain.wall_clock import instant, wall

ISLAND = 3
"""Pulled in so often for one service, a person is an island of knowledge."""
OFFICE = (Hours(start=time(9), end=time(18), days=frozenset(range(1, 6))),)
"""The working hours of somebody who states none."""
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)

DEFINITIONS: Mapping[str, str] = {
    "leaks": "Project days with an interruption. A project day is a day that somebody of the team is on project work at"
    " noon, with working hours, no public holiday and no absence, or one with an interruption.",
    "leak_free": "Project days without an interruption, of all project days.",
    "absorption": "Reactive work that support handled, of all: pages that somebody of the team acknowledged, and"
    " interruptions without a page. Handled in support is a page that was acknowledged in support mode and interrupted"
    " nobody on project work.",
    "hours": "Hours of the clock in which somebody of the team was paged or interrupted, counted for each person.",
    "off_hours": "Those of them outside the person's working hours (Monday to Friday, 9 to 18, where none are stated),"
    " or on a public holiday.",
    "sleep_hours": "Those of them in the person's sleep hours (without others: between 23:00 and 07:00).",
    "islands": f"Services for which one person was pulled in {ISLAND} times or more in the whole time.",
}


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a time, as `DEFINITIONS` says; a share is None where there is nothing to take it of."""

    starts_at: datetime
    ends_at: datetime
    project_days: int = 0
    leaks: int = 0
    work: int = 0
    absorbed: int = 0
    interruptions: int = 0
    reasons: Mapping[str, int] = {}
    hours: int = 0
    off_hours: int = 0
    sleep_hours: int = 0

    @property
    def leak_free(self) -> float | None:
        return 1 - self.leaks / self.project_days if self.project_days else None

    @property
    def absorption(self) -> float | None:
        return self.absorbed / self.work if self.work else None


class Island(msgspec.Struct, frozen=True):
    """A service for which one and the same person was pulled in `count` times."""

    service: str
    count: int

    @property
    def text(self) -> str:
        return f"one person was pulled in {self.count} times for {self.service}: pair up, so that a second one knows it"


class ReactiveWork(msgspec.Struct, frozen=True):
    """A page or an interruption, as `subject`, and whether support handled it."""

    subject: str
    at: datetime
    absorbed: bool


class Members(msgspec.Struct, frozen=True):
    """The people of a team, and their public holidays."""

    people: Mapping[str, Person]
    holidays: Mapping[str, Collection[date]] = {}

    def works(self, handle: str, at: datetime) -> bool:
        """Whether it is within somebody's working hours, and no public holiday."""
        shown = wall(at, self.people[handle].zone)
        working = self.people[handle].hours.working or OFFICE
        return shown.date() not in self.holidays.get(handle, ()) and any(holds(one, shown) for one in working)

    def works_on(self, handle: str, day: date) -> bool:
        """Whether the day has working hours of somebody's."""
        working = self.people[handle].hours.working or OFFICE
        return day not in self.holidays.get(handle, ()) and any(day.isoweekday() in one.days for one in working)


def week_bounds(now: datetime, count: int, zone: str) -> list[datetime]:
    """The Mondays, at midnight of `zone`, of the last `count` weeks, then the Monday after `now`: this week counts."""
    today = wall(now, zone).date()
    after = datetime.combine(today - today.weekday() * _DAY, time(0)) + _WEEK
    return [instant(after - (count - number) * _WEEK, zone) for number in range(count + 1)]


def measure(log: Log, members: Members, start: datetime, end: datetime) -> Week:
    """The figures from `start` until before `end`; days that have not had their noon by then count for nothing."""
    who = members.people
    mine = [one for one in log.interruptions if one.person in who and start <= one.at < end]
    days = project_days(log, members, start, end)
    work = [one.absorbed for one in reactive_work(log, members, start, end)]
    hours = _hours(log, members, start, end)
    return Week(
        starts_at=start,
        ends_at=end,
        project_days=len(days),
        leaks=sum(days.values()),
        work=len(work),
        absorbed=sum(work),
        interruptions=len(mine),
        reasons=dict(sorted(Counter(one.reason.value for one in mine).items())),
        hours=len(hours),
        off_hours=sum(not members.works(person, at) for person, at in hours),
        sleep_hours=sum(in_sleep_hours(at, who[person].zone, who[person].sleep) for person, at in hours),
    )


def project_days(log: Log, members: Members, start: datetime, end: datetime) -> dict[tuple[str, date], bool]:
    """Every project day, as (person, day), and whether somebody interrupted it."""
    who = members.people
    days = dict.fromkeys(_project_days(log, members, start, end), False)
    mine = [one for one in log.interruptions if one.person in who and start <= one.at < end]
    return days | {(one.person, wall(one.at, who[one.person].zone).date()): True for one in mine}


def _project_days(log: Log, members: Members, start: datetime, end: datetime) -> Iterator[tuple[str, date]]:
    for block in log.blocks:
        person = members.people.get(block.person)
        low, high = max(block.starts_at, start), min(block.ends_at, end)
        if block.mode is not Mode.PROJECT or person is None or low >= high:
            continue
        away = [one for one in log.absences if one.person == person.handle]
        day = wall(low, person.zone).date()
        while (noon := instant(datetime.combine(day, time(12)), person.zone)) < high:
            absent = any(one.starts_at <= noon < one.ends_at for one in away)
            if noon >= low and members.works_on(person.handle, day) and not absent:
                yield person.handle, day
            day += _DAY


def reactive_work(log: Log, members: Members, start: datetime, end: datetime) -> Iterator[ReactiveWork]:
    """Pages that somebody of the team took on, and interruptions without a page."""
    leaked = {one.subject for one in log.interruptions if one.source is Source.PAGE}
    blocks: dict[str, list[ModeBlock]] = {}
    for block in log.blocks:
        blocks.setdefault(block.person, []).append(block)
    for page in log.handled:
        if page.person in members.people and start <= page.at < end:
            in_support = mode_at(blocks.get(page.person, ()), page.person, page.at) is Mode.SUPPORT
            yield ReactiveWork(page.subject, page.at, in_support and page.subject not in leaked)
    for one in log.interruptions:
        if one.source is not Source.PAGE and one.person in members.people and start <= one.at < end:
            yield ReactiveWork(one.subject, one.at, absorbed=False)


def _hours(log: Log, members: Members, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """(person, the first instant in it) of each hour of the clock with an interrupt."""
    interrupts = [(one.person, one.at) for one in log.reached]
    interrupts += [(one.person, one.at) for one in log.interruptions]
    found: dict[tuple[str, datetime], datetime] = {}
    for person, at in sorted(interrupts, key=lambda one: one[1]):
        if person in members.people and start <= at < end:
            shown = wall(at, members.people[person].zone)
            found.setdefault((person, shown.replace(minute=0, second=0, microsecond=0)), at)
    return [(person, at) for (person, _), at in found.items()]


def islands(interruptions: Iterable[Interruption], members: Collection[str]) -> Sequence[Island]:
    """Services for which one person was pulled in `ISLAND` times or more, by name; who it was is not told."""
    pulled = Counter((one.service, one.person) for one in interruptions if one.service and one.person in members)
    most: dict[str, int] = {}
    for (service, _), count in pulled.items():
        most[service] = max(count, most.get(service, 0))
    return [Island(service, count) for service, count in sorted(most.items()) if count >= ISLAND]
