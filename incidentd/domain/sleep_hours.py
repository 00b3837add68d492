"""When people sleep: their own hours where the roster states them, else 23:00 to 07:00 on their own clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

import msgspec

from incidentd.domain.hours import Hours, holds
from incidentd.domain.people import Person
from incidentd.domain.wall_clock import instant, wall

SLEEP_FROM = time(23)
SLEEP_UNTIL = time(7)
_USUAL = (Hours(start=SLEEP_FROM, end=SLEEP_UNTIL),)
_LOOK_AHEAD = 9  # days: a weekly rule shows every one of its edges within eight


class Act(msgspec.Struct, frozen=True):
    """Something that kept `person` awake at an instant; `what` goes on after their name: "was paged"."""

    person: str
    at: datetime
    what: str


class NightWork(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that somebody did for an incident in their sleep hours, and the last."""

    person: str
    at: datetime
    last_at: datetime
    what: str
    zone: str

    @property
    def text(self) -> str:
        """As a sentence without its full stop, on the person's own clocks."""
        return f"{self.person} {self.what} at {wall(self.at, self.zone):%H:%M} their time"


def in_sleep_hours(at: datetime, zone: str, hours: Sequence[Hours] = ()) -> bool:
    """Whether `at` falls into `hours` on the clocks of `zone`; without any, between 23:00 and 07:00."""
    local = wall(at, zone)
    return any(holds(one, local) for one in hours or _USUAL)


def night_work(acts: Iterable[Act], people: Iterable[Person]) -> tuple[NightWork, ...]:
    """Who worked in their sleep hours, by handle; those whom the roster does not know have no known nights.

    One reason for each of them: who did how much is nobody's business here.
    """
    known = {person.handle: person for person in people}
    found: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda one: one.at):
        person = known.get(act.person)
        if person is not None and in_sleep_hours(act.at, person.zone, person.sleep):
            found.setdefault(act.person, []).append(act)
    return tuple(
        NightWork(person=name, at=mine[0].at, last_at=mine[-1].at, what=mine[0].what, zone=known[name].zone)
        for name, mine in sorted(found.items())
    )


def awake_at(at: datetime, zone: str, hours: Sequence[Hours] = ()) -> datetime:
    """`at`, or the end of the sleep hours that it falls into."""
    return _when(at, zone, hours, asleep=False)


def rested_at(last_at: datetime, zone: str, hours: Sequence[Hours] = ()) -> datetime:
    """When somebody who worked in their sleep hours until `last_at` has had a whole night since."""
    begins = _when(awake_at(last_at, zone, hours), zone, hours, asleep=True)
    return awake_at(begins, zone, hours)


def _when(at: datetime, zone: str, hours: Sequence[Hours], *, asleep: bool) -> datetime:
    """The first instant from `at` on that is in sleep hours, or in none; `at` itself where there never is one."""
    if in_sleep_hours(at, zone, hours) == asleep:
        return at
    today, clocks = wall(at, zone).date(), {clock for one in hours or _USUAL for clock in (one.start, one.end)}
    days = [today + timedelta(days=number) for number in range(_LOOK_AHEAD)]
    edges = sorted(instant(datetime.combine(day, clock), zone) for day in days for clock in clocks)
    return next((edge for edge in edges if edge > at and in_sleep_hours(edge, zone, hours) == asleep), at)
