"""Working and quiet hours: the wall clock of the person, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.hours import EVERY_DAY, Availability, Hours, holds, open_at, opens_at, why_closed

BERLIN = "Europe/Berlin"
WEEKDAYS = frozenset(range(1, 6))
OFFICE = Hours(start=time(9), end=time(17, 30), days=WEEKDAYS)
NIGHT = Hours(start=time(22), end=time(7))
MINUTE = timedelta(minutes=1)


def local(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-02T10:00", "2026-03-02T10:00"),
        ("2026-03-02T17:29", "2026-03-02T17:29"),
        ("2026-03-02T17:30", "2026-03-03T09:00"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),  # Friday evening
        ("2026-03-27T18:00", "2026-03-30T09:00"),  # over the night in which an hour is skipped
        ("2026-10-23T18:00", "2026-10-26T09:00"),  # and over the one in which it comes twice
    ],
)
def test_working_hours(at, opens):
    assert opens_at(Availability(zone=BERLIN, working=(OFFICE,)), local(at)) == local(opens)


def test_a_night_belongs_to_the_day_on_which_it_begins():
    saturday = Hours(start=time(22), end=time(7), days=frozenset({6}))
    assert holds(saturday, datetime(2026, 3, 7, 23, tzinfo=UTC))
    assert holds(saturday, datetime(2026, 3, 8, 6, 59, tzinfo=UTC))
    assert not holds(saturday, datetime(2026, 3, 8, 23, tzinfo=UTC))
    assert not holds(saturday, datetime(2026, 3, 7, 6, tzinfo=UTC))


def test_equal_times_are_a_whole_day():
    assert holds(Hours(start=time(0), end=time(0)), datetime(2026, 3, 7, 12, tzinfo=UTC))


def test_quiet_hours_end_in_a_gap_when_the_gap_ends():
    quiet = Availability(zone=BERLIN, quiet=(Hours(start=time(22), end=time(2, 30)),))
    assert opens_at(quiet, local("2026-03-29T01:00")) == datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 summer time


def test_quiet_hours_that_come_twice_are_quiet_twice():
    quiet = Availability(zone=BERLIN, quiet=(Hours(start=time(22), end=time(2, 30)),))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    assert opens_at(quiet, first - MINUTE) == first
    assert not open_at(quiet, first + 35 * MINUTE)  # 02:05 again
    assert opens_at(quiet, first + 35 * MINUTE) == first + timedelta(hours=1)


def test_hours_that_never_open():
    assert (
        opens_at(
            Availability(working=(OFFICE,), quiet=(Hours(start=time(8), end=time(18)),)), local("2026-03-02T00:00")
        )
        is None
    )


def test_no_hours_are_all_hours_and_hours_have_words():
    assert open_at(Availability(), local("2026-03-02T03:00"))
    assert why_closed(Availability()) == ""
    shown = why_closed(Availability(working=(OFFICE,), quiet=(NIGHT,)))
    assert shown == "working hours 09:00-17:30 Mon,Tue,Wed,Thu,Fri; quiet hours 22:00-07:00"


clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
days = st.sets(st.sampled_from(sorted(EVERY_DAY)), min_size=1).map(frozenset)
hours = st.builds(Hours, start=clocks, end=clocks, days=days)
zones = st.sampled_from(
    [BERLIN, "UTC", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu"]
)
availabilities = st.builds(
    Availability,
    zone=zones,
    working=st.lists(hours, max_size=2).map(tuple),
    quiet=st.lists(hours, max_size=2).map(tuple),
)
around_changes = st.sampled_from(
    ["2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2026-11-01", "2026-02-15", "2026-07-01"]
)


@settings(max_examples=60, deadline=None)
@given(availabilities, around_changes, st.integers(0, 2880))
def test_the_opening_is_the_first_open_minute(one, day, minutes):
    at = datetime.fromisoformat(day).replace(tzinfo=UTC) + minutes * MINUTE
    found = opens_at(one, at)
    walked = at
    end = found if found is not None else at + timedelta(days=8)
    while walked < end:
        assert not open_at(one, walked)
        walked += MINUTE
    if found is not None:
        assert open_at(one, found)
