"""Time intervals: Alertmanager's rules, exact over every change of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.time_intervals import ClockSpan, DaySpan, Period, YearSpan, active, first_instant

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


# ------------------------------------------------------------------ when it changes
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC"]
CLOCK_CHANGES = [  # UTC, of 2026: London, New York, Lord Howe (half an hour), Santiago (at midnight), both ways
    "2026-03-29T01:00", "2026-10-25T01:00", "2026-03-08T07:00", "2026-11-01T06:00", "2026-04-04T15:00",
    "2026-10-03T15:30", "2026-04-05T03:00", "2026-09-06T04:00",
]  # fmt: skip


def ends(period: Period, text: str) -> str:
    at = first_instant(lambda later: not active((period,), later), (period,), datetime.fromisoformat(text))
    return "never" if at is None else f"{at:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize(
    ("zone", "span", "at", "end"),
    [
        ("Europe/London", (0, 7 * 60), "2026-03-29T00:30Z", "2026-03-29T06:00:00"),  # an hour was skipped
        ("Europe/London", (0, 7 * 60), "2026-10-25T00:30+01:00", "2026-10-25T07:00:00"),  # an hour came twice
        ("Europe/London", (90, 120), "2026-10-25T00:45Z", "2026-10-25T01:00:00"),  # 01:30 to 02:00, the first time
        ("Europe/London", (90, 120), "2026-10-25T01:45Z", "2026-10-25T02:00:00"),  # and the second
        ("Europe/London", (30, 90), "2026-03-29T00:45Z", "2026-03-29T01:00:00"),  # its end is skipped
        ("America/New_York", (0, 180), "2026-03-08T06:00Z", "2026-03-08T07:00:00"),
        ("America/New_York", (60, 90), "2026-11-01T05:10Z", "2026-11-01T05:30:00"),
        ("Australia/Lord_Howe", (0, 120), "2026-04-04T14:50Z", "2026-04-04T15:30:00"),  # half an hour twice
        ("Australia/Lord_Howe", (0, 135), "2026-10-03T15:00Z", "2026-10-03T15:30:00"),  # 02:00 is 02:30
    ],
)
def test_the_end_is_exact_when_the_clocks_change(zone, span, at, end):
    assert ends(Period(times=(ClockSpan(*span),), location=zone), at) == end


def test_the_end_of_days_months_and_years():
    weekend = Period(weekdays=frozenset({6, 7}), location="America/New_York")
    assert ends(weekend, "2026-03-07T12:00Z") == "2026-03-09T04:00:00"  # Monday at midnight, in summer time by then
    assert ends(Period(months=frozenset({12})), "2026-12-01T00:00Z") == "2027-01-01T00:00:00"
    assert ends(Period(years=(YearSpan(2026, 2026),)), "2026-01-01T00:00Z") == "2027-01-01T00:00:00"
    assert ends(Period(days_of_month=(DaySpan(-1, -1),)), "2028-02-29T12:00Z") == "2028-03-01T00:00:00"


def test_what_does_not_end_within_the_horizon_has_no_end():
    assert ends(Period(), "2026-01-01T00:00Z") == "never"
    assert ends(Period(years=(YearSpan(2026, 2040),)), "2026-01-01T00:00Z") == "never"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            Period,
            times=st.lists(
                st.tuples(MINUTES, MINUTES).filter(lambda p: p[0] != p[1]).map(lambda p: ClockSpan(min(p), max(p))),
                max_size=2,
            ).map(tuple),
            weekdays=st.frozensets(st.integers(1, 7), max_size=6),
            location=st.sampled_from(ZONES),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-36 * 60, 36 * 60),
    st.integers(0, 59_999_999),
)
def test_the_next_change_is_the_one_that_a_look_at_every_minute_finds(periods, change, minutes, micros):
    whole = datetime.fromisoformat(change + "Z") + timedelta(minutes=minutes)
    at = whole + timedelta(microseconds=micros)
    before = active(periods, at)
    found = first_instant(lambda later: active(periods, later) is not before, periods, at)
    looked = (whole + timedelta(minutes=minute) for minute in range(1, 30 * 60))
    expected = next((later for later in looked if active(periods, later) is not before), None)
    if expected is None:
        assert found is None or found - at > timedelta(hours=29)
    else:
        assert found == expected
