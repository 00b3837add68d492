"""Time intervals: Alertmanager's rules, exact over every change of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.time_intervals import ClockSpan, DaySpan, Period, YearSpan, active

BERLIN = "Europe/Berlin"
OFFICE = Period(times=(ClockSpan(9 * 60, 17 * 60),), weekdays=frozenset({1, 2, 3, 4, 5}), location=BERLIN)


def holds(period: Period, text: str) -> bool:
    return active((period,), datetime.fromisoformat(text))


def test_a_period_that_says_nothing_always_holds_and_no_period_never():
    assert active((Period(),), datetime(2026, 3, 1, tzinfo=UTC))
    assert not active((), datetime(2026, 3, 1, tzinfo=UTC))


def test_the_start_counts_and_the_end_does_not():
    clocks = ("08:59:59.999", "09:00", "16:59:59.999", "17:00")
    assert [holds(OFFICE, f"2026-03-02T{clock}+01:00") for clock in clocks] == [False, True, True, False]
    night = Period(times=(ClockSpan(22 * 60, 24 * 60),))
    assert [holds(night, f"2026-03-02T{clock}Z") for clock in ("21:59", "22:00", "23:59:59.999")] == [False, True, True]
    assert not holds(night, "2026-03-03T00:00Z")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-27T08:00Z", True),  # Friday 09:00 CET
        ("2026-03-27T07:59Z", False),
        ("2026-03-30T07:00Z", True),  # Monday 09:00 CEST, the clocks went forward on Sunday
        ("2026-03-30T06:59Z", False),
        ("2026-03-30T15:00Z", False),
        ("2026-10-26T08:00Z", True),  # Monday 09:00 CET, they went back
        ("2026-10-26T07:59Z", False),
        ("2026-03-28T10:00Z", False),  # Saturday
    ],
)
def test_nine_stays_nine_when_the_clocks_change(at, expected):
    assert holds(OFFICE, at) is expected


def active_minutes(period: Period, day: datetime) -> int:
    """Minutes of the 25 real hours from `day` on at which `period` holds."""
    return sum(active((period,), day + timedelta(minutes=minute)) for minute in range(25 * 60))


def test_an_hour_that_is_skipped_is_no_time_and_one_that_comes_twice_counts_twice():
    half_past = Period(times=(ClockSpan(150, 180),), location=BERLIN)  # 02:30 to 03:00
    zone = ZoneInfo(BERLIN)
    assert active_minutes(half_past, datetime(2026, 3, 29, tzinfo=zone).astimezone(UTC)) == 0
    assert active_minutes(half_past, datetime(2026, 10, 25, tzinfo=zone).astimezone(UTC)) == 60
    assert active_minutes(half_past, datetime(2026, 6, 1, tzinfo=zone).astimezone(UTC)) == 30


def test_a_span_that_begins_in_the_skipped_hour_begins_when_the_clock_is_past_it():
    span = Period(times=(ClockSpan(150, 240),), location=BERLIN)  # 02:30 to 04:00
    assert [holds(span, f"2026-03-29T{clock}Z") for clock in ("00:59:59", "01:00", "01:59", "02:00")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_the_day_is_that_of_the_zone():
    monday = Period(weekdays=frozenset({1}), location="Pacific/Auckland")
    assert holds(monday, "2026-03-01T12:00Z")  # Sunday noon in UTC
    assert not holds(monday, "2026-03-02T12:00Z")


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (DaySpan(1, 1), {1}), (DaySpan(-1, -1), {28}), (DaySpan(-3, -1), {26, 27, 28}), (DaySpan(27, 31), {27, 28}),
        (DaySpan(30, 31), set()), (DaySpan(1, -1), set(range(1, 29))), (DaySpan(20, -5), set(range(20, 25))),
        (DaySpan(-31, -28), {1}),
    ],
)  # fmt: skip
def test_days_of_a_month_are_cut_to_it(span, days):
    period = Period(days_of_month=(span,))
    assert {day for day in range(1, 29) if holds(period, f"2026-02-{day:02}T12:00Z")} == days


def test_the_last_day_knows_leap_years():
    last = Period(days_of_month=(DaySpan(-1, -1),))
    assert holds(last, "2028-02-29T00:00Z")
    assert not holds(last, "2028-02-28T00:00Z")


def test_lists_are_any_of_and_fields_all_of():
    period = Period(months=frozenset({1, 12}), years=(YearSpan(2026, 2027),), weekdays=frozenset({6, 7}))
    assert holds(period, "2026-12-05T00:00Z")
    assert holds(period, "2027-01-03T00:00Z")
    assert not holds(period, "2028-01-01T00:00Z"), "the year"
    assert not holds(period, "2026-11-07T00:00Z"), "the month"
    assert not holds(period, "2026-12-07T00:00Z"), "the weekday"
    assert active((period, Period(months=frozenset({11}))), datetime(2026, 11, 7, tzinfo=UTC))


MINUTES = st.integers(0, 24 * 60)


@given(
    st.lists(st.tuples(MINUTES, MINUTES).map(lambda pair: ClockSpan(min(pair), max(pair))), min_size=1, max_size=3),
    st.frozensets(st.integers(1, 7), max_size=6),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_it_is_what_the_clock_on_the_wall_shows(times, weekdays, zone, at):
    wall = at.astimezone(ZoneInfo(zone))
    shown = f"{wall:%H:%M}"
    by_clock = any(
        f"{s.start // 60:02}:{s.start % 60:02}" <= shown < f"{s.end // 60:02}:{s.end % 60:02}" for s in times
    )
    by_day = not weekdays or wall.isoweekday() in weekdays
    assert active((Period(times=tuple(times), weekdays=weekdays, location=zone),), at) is (by_clock and by_day)
