"""When pings are expected, over changes of the clocks too."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd_heartbeat.schedule import NEVER, BadSchedule, Every, parse_calendar, short

BERLIN = "Europe/Berlin"
INSTANTS = st.integers(0, 4 * 365 * 24 * 3600).map(lambda s: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ZONES = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        ("0 3 * * *", "2026-03-28T12:00", "2026-03-29T01:00"),  # summer time has begun: 03:00 is 01:00 UTC
        ("0 3 * * *", "2026-10-24T12:00", "2026-10-25T02:00"),
        ("30 2 * * *", "2026-03-28T12:00", "2026-03-29T01:00"),  # 02:30 does not exist: right after the gap
        ("30 2 * * *", "2026-10-24T12:00", "2026-10-25T00:30"),  # 02:30 comes twice ...
        ("30 2 * * *", "2026-10-25T00:30", "2026-10-26T01:30"),  # ... and counts once
        ("*/30 * * * *", "2026-10-25T00:30", "2026-10-25T01:00"),  # an interval goes on
        ("Mon..Fri 08:00", "2026-11-27T08:00", "2026-11-30T07:00"),
    ],
)
def test_a_calendar_is_read_on_the_wall_clock(rule, after, expected):
    assert parse_calendar(rule, BERLIN).after(utc(after)) == utc(expected)


@given(INSTANTS, ZONES, st.sampled_from(["30 2 * * *", "0 0 1 * *", "*/7 * * * *", "Mon..Fri 02:30", "hourly"]))
def test_the_next_time_is_later_and_none_is_between(at, zone, rule):
    calendar = parse_calendar(rule, zone)
    following = calendar.after(at)
    assert following > at
    assert calendar.after(following - timedelta(seconds=1)) == following


def test_a_rule_that_ends_expects_nothing_more():
    once = parse_calendar("2027-01-01 00:00", "UTC")
    assert once.after(utc("2026-06-01T00:00")) == utc("2027-01-01T00:00")
    assert once.after(utc("2027-06-01T00:00")) == NEVER


@pytest.mark.parametrize("rule", ["", "x", "60 * * * *", "* * *", "2020-01-01", "0 0 31 2 *", "Mon..Fri 25:00"])
def test_what_is_no_schedule_is_refused(rule):
    with pytest.raises(BadSchedule, match="—"):
        parse_calendar(rule, "UTC")


def test_an_unknown_zone_is_refused():
    with pytest.raises(BadSchedule, match="time zone"):
        parse_calendar("0 3 * * *", "Mars/Olympus")


def test_durations_read_as_they_are_written():
    assert str(Every(timedelta(days=1, minutes=30))) == "every 1d30m"
    assert short(timedelta(seconds=90)) == "1m30s"
    assert short(timedelta(0)) == "0s"
