"""Calendar rules: the words, the part of RRULE that is taken, and occurrences held against the wall clock."""

import itertools
import time as clock
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.recurrence import BadRecurrence, Occurrence, Recurrence, check, checked, occurrences
from incidentd.domain.recurrence_words import parse_every
from incidentd.domain.wall_clock import instant, wall

LONDON = "Europe/London"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def on_the_wall(*parts):
    return datetime(*parts)  # noqa: DTZ001 - a wall clock shows no zone


FIRST = on_the_wall(2026, 3, 1, 2)


def rule(rrule="FREQ=WEEKLY;BYDAY=SU", starts=FIRST, lasts=timedelta(hours=2), zone=LONDON):
    return Recurrence(rrule=checked(rrule, zone), starts=starts, lasts=lasts, zone=zone)


def first(wanted, n=3, after=MARCH):
    return list(itertools.islice(occurrences(wanted, after), n))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ------------------------------------------------------------------ occurrences
def test_sunday_at_two_stays_at_two_when_the_clocks_change():
    found = first(rule(), 6)
    assert [one.starts_at for one in found[3:]] == [
        utc("2026-03-22T02:00"), utc("2026-03-29T01:00"), utc("2026-04-05T01:00")
    ]  # fmt: skip
    assert found[4] == Occurrence(utc("2026-03-29T01:00"), utc("2026-03-29T03:00"))


def test_a_start_that_is_skipped_is_the_end_of_the_gap_and_what_lies_in_the_gap_does_not_occur():
    night = utc("2026-03-29T00:00")
    skipped = rule("FREQ=DAILY", on_the_wall(2026, 3, 1, 1, 30), timedelta(hours=1))
    assert first(skipped, 1, night) == [Occurrence(utc("2026-03-29T01:00"), utc("2026-03-29T01:30"))]
    inside = rule("FREQ=DAILY", on_the_wall(2026, 3, 1, 1, 15), timedelta(minutes=30))
    assert first(inside, 1, night)[0].starts_at == utc("2026-03-30T00:15")


def test_an_hour_that_comes_twice_is_covered_from_its_first_to_its_last_minute():
    twice = rule("FREQ=DAILY", on_the_wall(2026, 10, 1, 1, 15), timedelta(minutes=30))
    assert first(twice, 1, utc("2026-10-25T00:00")) == [Occurrence(utc("2026-10-25T00:15"), utc("2026-10-25T01:45"))]


def test_what_is_going_on_is_the_first_one():
    assert first(rule(), 1, utc("2026-03-08T03:59")) == [Occurrence(utc("2026-03-08T02:00"), utc("2026-03-08T04:00"))]
    assert first(rule(), 1, utc("2026-03-08T04:00"))[0].starts_at == utc("2026-03-15T02:00")


def test_count_and_until_end_it():
    assert len(first(rule("FREQ=DAILY;COUNT=4"), 99)) == 4
    assert len(first(rule("FREQ=DAILY;UNTIL=20260303"), 99)) == 3
    assert len(first(rule("FREQ=DAILY;UNTIL=20260303T015959"), 99)) == 2
    assert len(first(rule("FREQ=DAILY;UNTIL=20260303T020000Z"), 99)) == 3
    assert len(first(rule("FREQ=DAILY;UNTIL=20260703T005959Z"), 999)) == 124  # summer: 01:59:59 on the wall


@pytest.mark.parametrize("text", ["FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                                  "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=5"])  # fmt: skip
def test_what_never_comes_is_refused_soon(text):
    began = clock.process_time()
    with pytest.raises(BadRecurrence, match="never occurs"):
        check(rule(text), MARCH)
    assert clock.process_time() - began < 2


@given(
    zone=st.sampled_from(
        [LONDON, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC", "Asia/Tehran"]
    ),
    day=st.dates(on_the_wall(2023, 1, 1).date(), on_the_wall(2027, 12, 1).date()),
    minute=st.integers(0, 24 * 60 - 1),
    lasts=st.integers(1, 3 * 24 * 60),
)
@settings(deadline=None, max_examples=150)
def test_an_occurrence_holds_from_the_first_to_the_last_time_the_clock_shows_it(zone, day, minute, lasts):
    starts = datetime.combine(day, time(minute // 60, minute % 60))
    ends = starts + lasts * MINUTE
    wanted = Recurrence(rrule="FREQ=DAILY;COUNT=1", starts=starts, lasts=lasts * MINUTE, zone=zone)
    found = first(wanted, 2, starts.replace(tzinfo=UTC) - timedelta(days=3))
    shown = [at for at in _minutes_around(starts, ends) if starts <= wall(at, zone) < ends]
    if not shown:
        assert found == []
        return
    ((start, end),) = [(one.starts_at, one.ends_at) for one in found]
    assert start == shown[0]
    assert shown[-1] < end
    assert wall(end, zone) == ends or wall(end - MINUTE, zone) < ends <= wall(end, zone)


def _minutes_around(starts, ends):
    at = starts.replace(tzinfo=UTC) - timedelta(hours=16)
    while at < ends.replace(tzinfo=UTC) + timedelta(hours=16):
        yield at
        at += MINUTE


@given(st.datetimes(on_the_wall(2020, 1, 1), on_the_wall(2030, 1, 1)), st.sampled_from([LONDON, "America/New_York"]))
def test_an_instant_shows_its_wall_clock_time_unless_a_change_skips_it(at, zone):
    for last in (False, True):
        found = instant(at, zone, last=last)
        assert wall(found, zone) >= at
        exists = at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == at
        assert (wall(found, zone) == at) == exists


# ------------------------------------------------------------------ what is taken
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no part of a rule"),
        ("INTERVAL=2", "says no FREQ"),
        ("FREQ=HOURLY", "not understood"),
        ("FREQ=SECONDLY;COUNT=1", "not understood"),
        ("FREQ=DAILY;BYHOUR=3", "'BYHOUR' is no part"),
        ("FREQ=DAILY;BYDAY=MO", "cannot stand beside FREQ=DAILY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "plain weekdays"),
        ("FREQ=WEEKLY;BYDAY=XX", "not understood"),
        ("FREQ=DAILY;COUNT=1001", "COUNT is 1000 at most"),
        ("FREQ=DAILY;INTERVAL=400", "INTERVAL is 366 at most"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "exclude each other"),
        ("FREQ=DAILY;UNTIL=20261340", "is no date"),
        ("FREQ=DAILY;FREQ=DAILY", "said twice"),
        ("FREQ=MONTHLY;BYSETPOS=1", "needs BYDAY"),
        ("FREQ=DAILY\nDTSTART:20260101T000000", "not understood"),
        ("FREQ=DAILY;COUNT=²", "not understood"),
    ],
)
def test_the_rest_of_rrule_is_refused_in_words(text, why):
    with pytest.raises(BadRecurrence, match=why):
        checked(text, "UTC")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    for read in (lambda: checked(text, "UTC"), lambda: parse_every(text)):
        try:
            read()
        except BadRecurrence as error:
            why = str(error)
        else:
            why = "it is one"
        assert why


@pytest.mark.parametrize(
    ("lasts", "field"), [(timedelta(seconds=1), "lasts"), (timedelta(days=8), "lasts"), (timedelta(0), "lasts")]
)
def test_the_length_has_bounds(lasts, field):
    with pytest.raises(BadRecurrence) as error:
        check(rule(lasts=lasts), MARCH)
    assert error.value.field == field


# ------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("text", "rrule", "at", "minutes"),
    [
        ("sun 02:00-04:00", "FREQ=WEEKLY;BYDAY=SU", time(2), 120),
        ("Sunday 2:00 - 4:00", "FREQ=WEEKLY;BYDAY=SU", time(2), 120),
        ("mon-fri 22:00-06:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", time(22), 480),
        ("fri-mon 00:00-24:00", "FREQ=WEEKLY;BYDAY=MO,FR,SA,SU", time(0), 1440),
        ("sat, wed 01:30-01:45", "FREQ=WEEKLY;BYDAY=WE,SA", time(1, 30), 15),
        ("every weekend 00:00-00:00", "FREQ=WEEKLY;BYDAY=SA,SU", time(0), 1440),
        ("daily 12:00-12:30", "FREQ=DAILY", time(12), 30),
        ("12:00-12:30", "FREQ=DAILY", time(12), 30),
        ("last fri 18:00-20:00", "FREQ=MONTHLY;BYDAY=-1FR", time(18), 120),
        ("2nd tue 18:00-20:00", "FREQ=MONTHLY;BYDAY=2TU", time(18), 120),
    ],
)
def test_words(text, rrule, at, minutes):
    found = parse_every(text)
    assert (found.rrule, found.at, found.lasts) == (rrule, at, minutes * MINUTE)
    assert checked(found.rrule, "UTC") == rrule


@pytest.mark.parametrize("text", ["", "sun", "sun 2-4", "sun 25:00-26:00", "moon 02:00-04:00", "sun 24:00-25:00",
                                  "last 02:00-03:00", "s 02:00-03:00", "sunnyday 02:00-03:00"])  # fmt: skip
def test_words_that_mean_nothing(text):
    with pytest.raises(BadRecurrence) as error:
        parse_every(text)
    assert error.value.field == "every"
