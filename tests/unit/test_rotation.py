"""Rotations: shifts tile time, handovers stay at their hour, and no clock change opens a gap."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain import rotation as rules
from incidentd.domain.people import Rotation, Shift

ZONES = sorted(zoneinfo.available_timezones())
WEEK = timedelta(weeks=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shift_at(rotation: Rotation, instant: datetime) -> Shift:
    shift = rules.shift_at(rotation, instant)
    assert shift is not None
    return shift


def next_shift(rotation: Rotation, instant: datetime) -> Shift:
    """The first turn that begins after `instant`."""
    horizon = max(instant, at(f"{rotation.start}T00:00")) + timedelta(weeks=11)
    return next(one for one in rules.turns(rotation, instant, horizon) if one.starts_at > instant)


def test_turns_follow_each_other_in_the_order_of_the_list():
    rotation = Rotation(people=("ada", "grace", "alan"), start=date(2026, 1, 5))
    people = [shift_at(rotation, at("2026-01-05T09:00") + week * WEEK).person for week in range(5)]
    assert people == ["ada", "grace", "alan", "ada", "grace"]


def test_a_shift_begins_at_its_instant_and_ends_before_the_next():
    rotation = Rotation(people=("ada", "grace"), start=date(2026, 1, 5), every=2)
    first = shift_at(rotation, at("2026-01-05T09:00"))
    assert (first.person, first.starts_at, first.ends_at) == ("ada", at("2026-01-05T09:00"), at("2026-01-19T09:00"))
    assert shift_at(rotation, first.ends_at - timedelta(microseconds=1)) == first
    assert shift_at(rotation, first.ends_at).person == "grace"
    assert next_shift(rotation, first.starts_at) == shift_at(rotation, first.ends_at)


def test_nobody_before_the_start_and_nobody_in_an_empty_rotation():
    rotation = Rotation(people=("ada",), start=date(2026, 1, 5))
    assert rules.shift_at(rotation, at("2026-01-05T08:59:59")) is None
    assert next_shift(rotation, at("2020-01-01T00:00")).starts_at == at("2026-01-05T09:00")
    assert rules.shift_at(Rotation(people=(), start=date(2026, 1, 5)), at("2026-02-05T09:00")) is None
    assert not list(
        rules.turns(Rotation(people=(), start=date(2026, 1, 5)), at("2026-02-05T09:00"), at("2027-01-01T00:00"))
    )


def test_a_handover_stays_at_its_hour_when_the_clocks_change():
    rotation = Rotation(people=("ada", "grace"), start=date(2026, 3, 23), zone="Europe/Berlin")
    assert shift_at(rotation, at("2026-03-24T00:00")).ends_at == at("2026-03-30T07:00")  # 09:00 CEST
    assert shift_at(rotation, at("2026-03-24T00:00")).starts_at == at("2026-03-23T08:00")  # 09:00 CET


def test_a_handover_at_a_time_that_is_skipped_happens_at_the_end_of_the_gap():
    # Europe/Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC
    rotation = Rotation(people=("a", "b"), start=date(2026, 3, 22), handover=time(2, 30), zone="Europe/Berlin")
    assert shift_at(rotation, at("2026-03-28T00:00")).ends_at == at("2026-03-29T01:00")


def test_a_handover_at_a_time_that_comes_twice_happens_the_first_time():
    # Europe/Berlin, 25 October 2026: 03:00 CEST becomes 02:00 CET at 01:00 UTC
    rotation = Rotation(people=("a", "b"), start=date(2026, 10, 18), handover=time(2, 30), zone="Europe/Berlin")
    assert shift_at(rotation, at("2026-10-24T00:00")).ends_at == at("2026-10-25T00:30")


def test_a_day_that_a_zone_left_out():
    # Samoa had no 30 December 2011: it went from UTC-10 to UTC+14 at 10:00 UTC
    rotation = Rotation(people=("a", "b"), start=date(2011, 12, 23), handover=time(9), zone="Pacific/Apia")
    first = shift_at(rotation, at("2011-12-25T00:00"))
    assert first.ends_at == at("2011-12-30T10:00")
    assert shift_at(rotation, first.ends_at).person == "b"
    assert shift_at(rotation, first.ends_at).ends_at == at("2012-01-05T19:00")


rotations = st.builds(
    Rotation,
    people=st.lists(st.sampled_from("abcde"), min_size=1, max_size=4).map(tuple),
    start=st.dates(date(1995, 1, 1), date(2040, 1, 1)),
    handover=st.times().map(lambda t: t.replace(microsecond=0)),
    zone=st.sampled_from(ZONES),
    every=st.integers(1, 5),
)


@given(rotations, st.integers(0, 1500), st.timedeltas(timedelta(0), timedelta(weeks=5)))
def test_shifts_tile_time_in_every_zone(rotation, weeks, more):
    instant = datetime.combine(rotation.start, rotation.handover, UTC) + timedelta(days=2, weeks=weeks) + more
    shift = shift_at(rotation, instant)
    assert shift.starts_at <= instant < shift.ends_at
    following = next_shift(rotation, instant)
    assert following.starts_at == shift.ends_at
    assert following == shift_at(rotation, shift.ends_at)
    assert shift_at(rotation, shift.ends_at - timedelta(microseconds=1)) == shift
    assert shift_at(rotation, shift.starts_at) == shift
    assert abs((shift.ends_at - shift.starts_at) - rotation.every * WEEK) <= timedelta(hours=25)
    turns = len(rotation.people)
    names = [
        shift_at(rotation, shift.starts_at + timedelta(days=1) + n * rotation.every * WEEK).person for n in range(turns)
    ]
    assert sorted(names) == sorted(rotation.people)


@pytest.mark.parametrize("zone", ZONES)
def test_handovers_of_twenty_years_leave_no_gap(zone):
    """The hours at which clocks usually change, in every zone."""
    for hour in (0, 2):
        rotation = Rotation(people=("a", "b"), start=date(2010, 1, 3), handover=time(hour, 30), zone=zone)
        shift = shift_at(rotation, at("2010-01-06T00:00"))
        for _ in range(104):
            following = shift_at(rotation, shift.ends_at)
            assert following.starts_at == shift.ends_at
            assert following.person != shift.person
            shift = following
