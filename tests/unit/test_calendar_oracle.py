"""Two calendars that an independent implementation reads: the one that is exported, and the rules as RRULEs.

`recurring-ical-events` expands both; its answer at 10,000 random instants, the days on which clocks change among them,
is the one of the final schedule.
"""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes, Override, Swap, SwapState
from incidentd.domain.final_schedule import final_schedule, holder_at
from incidentd.domain.people import Layer, Restriction, Rotation, Schedule, Unit
from incidentd.services.calendar_text import calendar

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGIN, END = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu")
instants = pytest.mark.parametrize("instants", [2_000, pytest.param(10_000, marks=pytest.mark.faults)])
"""Of each of 20 tests: 40,000 in the suite."""


def moments(zone: str, seed: int, instants: int) -> list[datetime]:
    """Random instants, a third of them within a day of a change of the clocks."""
    chance = random.Random(f"{zone}{seed}")
    span = int((END - BEGIN).total_seconds())
    hours = [BEGIN + number * HOUR for number in range(span // 3600)]
    changes = [
        two
        for one, two in pairwise(hours)
        if one.astimezone(ZoneInfo(zone)).utcoffset() != two.astimezone(ZoneInfo(zone)).utcoffset()
    ]
    found = [BEGIN + timedelta(seconds=chance.randrange(span)) for _ in range(instants)]
    if changes:
        near = [chance.choice(changes) + timedelta(seconds=chance.randrange(-86400, 86400)) for _ in found[::3]]
        found[::3] = near
    return found


def expanded(text: bytes) -> list[tuple[datetime, datetime, str]]:
    """(from, until, summary) of every occurrence, in UTC, by the other implementation."""
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(BEGIN - 3 * DAY, END + 3 * DAY)
    found = [(e.start.astimezone(UTC), e.end.astimezone(UTC), str(e["SUMMARY"])) for e in events]
    return sorted(found)


def at(found: list[tuple[datetime, datetime, str]], instant: datetime) -> str:
    """Whose occurrence holds `instant`."""
    index = bisect_right(found, (instant, END + 30 * DAY, "")) - 1
    begin, end, who = found[index] if index >= 0 else (END, BEGIN, "")
    return who if begin <= instant < end else ""


@instants
@pytest.mark.parametrize("zone", ZONES)
def test_the_exported_calendar_says_what_the_schedule_says(zone, instants):
    people = ("ada", "grace", "lin")
    nights = Restriction(days=frozenset({1, 2, 3, 4, 5}), start=time(22), end=time(6, 30), days_over=1)
    schedule = Schedule(
        name="s",
        layers=(
            Layer(name="weeks", rotation=Rotation(people=people, start=date(2026, 1, 12), zone=zone)),
            Layer(
                name="nights",
                rotation=Rotation(people=("mei", "raj"), start=date(2026, 2, 1), zone=zone, unit=Unit.DAYS),
                restrictions=(nights,),
            ),
        ),
    )
    chance = random.Random(zone)
    spans = [BEGIN + timedelta(hours=chance.randrange(8000)) for _ in range(40)]
    changes = Changes(
        overrides=tuple(
            Override(id=n, schedule="s", person=chance.choice(people), starts_at=b, ends_at=b + 7 * HOUR, at=b)
            for n, b in enumerate(spans[:20])
        ),
        swaps=tuple(
            Swap(
                id=n, schedule="s", person="ada", starts_at=b, ends_at=b + DAY, other="lin",
                other_starts_at=b + 9 * DAY, other_ends_at=b + 10 * DAY, state=SwapState.ACCEPTED, at=b,
            )
            for n, b in enumerate(spans[20:30])
        ),
        absences=tuple(
            Absence(id=n, person="grace", starts_at=b, ends_at=b + 2 * DAY, stand_in=chance.choice(("", "mei")), at=b)
            for n, b in enumerate(spans[30:])
        ),
    )  # fmt: skip
    shifts = final_schedule(schedule, changes, BEGIN, END)
    found = expanded(calendar("s", [("s", one) for one in shifts], BEGIN, "test"))
    for instant in moments(zone, 1, instants):
        held = holder_at(schedule, changes, instant)
        assert at(found, instant).partition(":")[0] == (held.person if held else "")


def rules(zone: str, people: tuple[str, ...], first: datetime, length: timedelta, rule: str, interval: int) -> bytes:
    """A calendar with one recurring event for each person: their turns as RFC 5545 says them."""
    document = icalendar.Calendar()
    for number, person in enumerate(people):
        event = icalendar.Event()
        begin = first + number * length
        event.add("uid", person)
        event.add("summary", person)
        event.add("dtstart", begin.replace(tzinfo=ZoneInfo(zone)))
        event.add("dtend", (begin + length).replace(tzinfo=ZoneInfo(zone)))
        event.add("rrule", {"freq": rule, "interval": interval * len(people)})
        document.add_component(event)
    return document.to_ical()


@instants
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("unit", "every", "rule"), [(Unit.WEEKS, 1, "weekly"), (Unit.WEEKS, 2, "weekly"), (Unit.DAYS, 1, "daily")]
)
def test_turns_are_those_of_the_recurrence_rules(zone, unit, every, rule, instants):
    """The handover is at nine, which no clock skips: RFC 5545 and we differ in what a skipped time means."""
    people = ("ada", "grace", "lin")
    first = datetime.fromisoformat("2026-01-05T09:00")
    schedule = Schedule(
        name="s",
        layers=(
            Layer(name="l", rotation=Rotation(people=people, start=first.date(), zone=zone, every=every, unit=unit)),
        ),
    )
    found = expanded(rules(zone, people, first, unit.length * every, rule, every))
    begins = [begin for begin, _, _ in found]
    for instant in moments(zone, every, instants):
        who = found[bisect_right(begins, instant) - 1][2]  # turns follow each other: the last one that has begun
        assert holder_at(schedule, NO_CHANGES, instant).person == who
