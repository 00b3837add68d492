"""When answers are owed: promises over time, over business hours and over business days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.business_time import BusinessCalendar, add_business_days, add_open_time
from incidentd.domain.customers import CustomerKind
from incidentd.domain.hours import Hours
from incidentd.domain.response_clocks import DEFAULT_CLOCKS, Counts, Promise, due
from incidentd.domain.review_window import business_days_on
from incidentd.services.public_holidays import holidays_of

ANY = BusinessCalendar()
OFFICE = BusinessCalendar(
    zone="Europe/Berlin",
    hours=(
        Hours(start=time(9), end=time(17), days=frozenset({1, 2, 3, 4})),
        Hours(start=time(9), end=time(13), days=frozenset({5})),
    ),
)
NIGHTS = BusinessCalendar(hours=(Hours(start=time(22), end=time(6), days=frozenset({1, 2})),))
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=UTC)  # after the office has closed
INSTANTS = st.integers(0, 500_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("since", "days", "end"),
    [
        ("2026-11-23T10:00", 2, "2026-11-25T10:00"),
        ("2026-11-25T16:00", 2, "2026-11-27T13:00"),  # open on that day until one
        ("2026-11-25T20:00", 2, "2026-11-30T09:00"),  # as if it came on Thursday at nine
        ("2026-11-25T03:00", 1, "2026-11-26T09:00"),
        ("2026-11-28T12:00", 1, "2026-12-01T09:00"),
    ],
)
def test_business_days_keep_the_time_of_the_day(since, days, end):
    assert add_business_days(OFFICE, at(since), days, ()) == at(end)


@pytest.mark.parametrize(
    ("since", "hours", "end"),
    [
        ("2026-11-23T10:00", 3, "2026-11-23T13:00"),
        ("2026-11-23T16:00", 3, "2026-11-24T11:00"),
        ("2026-11-27T12:30", 1, "2026-11-30T09:30"),
        ("2026-11-23T16:00", 1, "2026-11-23T17:00"),
        ("2026-11-28T12:00", 0, "2026-11-30T09:00"),
    ],
)
def test_business_hours_count_while_it_is_open(since, hours, end):
    assert add_open_time(OFFICE, at(since), timedelta(hours=hours), ()) == at(end)


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change():
    friday = at("2026-10-23T10:00")
    assert add_business_days(OFFICE, friday, 1, ()).astimezone(ZoneInfo("Europe/Berlin")) == at("2026-10-26T10:00")
    night = BusinessCalendar(zone="Europe/Berlin", hours=(Hours(start=time(22), end=time(6)),))
    assert add_open_time(night, at("2026-10-24T22:00"), timedelta(hours=9), ()) == at("2026-10-25T06:00")


def test_a_night_belongs_to_the_day_on_which_it_begins():
    tuesday = datetime(2026, 11, 24, 3, tzinfo=UTC)  # of Monday's night
    assert add_business_days(NIGHTS, tuesday, 1, ()) == datetime(2026, 11, 25, 3, tzinfo=UTC)
    assert add_open_time(NIGHTS, tuesday, timedelta(hours=4), ()) == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_closed_days_and_public_holidays_do_not_count():
    calendar = BusinessCalendar(holidays="DE", closed=(date(2026, 12, 24),))
    since = datetime(2026, 12, 23, 10, tzinfo=UTC)
    found = holidays_of(calendar, since)
    assert date(2026, 12, 25) in found
    assert add_business_days(calendar, since, 1, found) == datetime(2026, 12, 28, 10, tzinfo=UTC)
    assert holidays_of(ANY, since) == frozenset()


def test_hours_that_overlap_count_once():
    twice = BusinessCalendar(hours=(Hours(start=time(9), end=time(12)), Hours(start=time(10), end=time(13))))
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert add_open_time(twice, nine, timedelta(hours=4), ()) == nine + timedelta(hours=4)
    assert add_open_time(twice, nine, timedelta(hours=5), ()) == nine + timedelta(hours=25)


@given(INSTANTS, st.integers(1, 9))
@settings(max_examples=25)
def test_weekdays_that_are_open_all_day_are_those_of_reviews(since, days):
    if since.weekday() < 5:
        assert add_business_days(ANY, since, days, ()) == business_days_on(since, days, ANY)


@given(INSTANTS, st.integers(0, 3000))
@settings(max_examples=25)
def test_open_time_adds_up(since, minutes):
    first = add_open_time(OFFICE, since, timedelta(minutes=minutes), ())
    second = add_open_time(OFFICE, first, timedelta(minutes=90), ())
    assert second == add_open_time(OFFICE, since, timedelta(minutes=minutes + 90), ())


@pytest.mark.parametrize(
    ("kind", "priority", "security", "length"),
    [
        (CustomerKind.END_USER, "", False, timedelta(hours=1)),
        (CustomerKind.END_USER, "P3", False, timedelta(hours=1)),
        (CustomerKind.END_USER, "P1", False, timedelta(minutes=15)),
        (CustomerKind.OSS_DEVELOPER, "", False, timedelta(days=4)),  # from Friday afternoon until Tuesday
        (CustomerKind.OSS_DEVELOPER, "P1", True, timedelta(days=3)),
        (CustomerKind.INTERNAL_TEAM, "P1", True, timedelta(hours=2)),
    ],
)
def test_the_promises_of_the_practice(kind, priority, security, length):
    found = due(DEFAULT_CLOCKS[kind].respond, ANY, FRIDAY, priority=priority, security=security)
    assert found is not None
    assert found.at == FRIDAY + length


def test_the_soonest_promise_that_applies_counts():
    promises = {"P1": Promise(length=timedelta(hours=1)), "security": Promise(length=timedelta(minutes=5))}
    found = due(promises, ANY, FRIDAY, priority="P1", security=True)
    assert (found.because, found.at) == ("security", FRIDAY + timedelta(minutes=5))
    assert due(promises, ANY, FRIDAY, priority="P2") is None
    assert due({}, ANY, FRIDAY) is None
    slow = Promise(counts=Counts.BUSINESS_HOURS, length=timedelta(hours=8))
    assert due({"usual": slow}, OFFICE, FRIDAY).at == at("2026-11-30T17:00")


def test_promises_in_words():
    assert [str(one) for one in DEFAULT_CLOCKS[CustomerKind.END_USER].respond.values()] == ["1 h", "15 min"]
    assert str(Promise(counts=Counts.BUSINESS_DAYS, days=2)) == "2 business days"
    assert str(Promise(counts=Counts.BUSINESS_HOURS, length=timedelta(hours=1))) == "1 business hour"
