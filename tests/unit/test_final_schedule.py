"""The final schedule: layers, restrictions, overrides, swaps and absences, over a time and at an instant."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes, Override, Swap, SwapState
from incidentd.domain.final_schedule import current, final_schedule, gaps, holder_at, layer_shifts, now_and_next
from incidentd.domain.people import Layer, Restriction, Rotation, Schedule, Unit

ZONES = sorted(zoneinfo.available_timezones())
PEOPLE = ("ada", "grace", "lin", "mei")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(text: str) -> datetime:
    """What a clock on a wall shows."""
    return datetime.fromisoformat(text)


START = at("2026-01-05T00:00")


def rotation(*people: str, **more) -> Rotation:
    return Rotation(people=people, start=date(2026, 1, 5), **{"handover": time(0), **more})


def schedule(*layers: Layer) -> Schedule:
    return Schedule(name="s", layers=layers)


def only(*people: str, **more) -> Schedule:
    return schedule(Layer(name="all", rotation=rotation(*people, **more)))


def told(shifts) -> list[tuple[str, str, str]]:
    return [(one.person, f"{one.starts_at:%d %H:%M}", f"{one.ends_at:%d %H:%M}") for one in shifts]


def override(number: int, person: str, begin: str, end: str, **more) -> Override:
    return Override(
        id=number, schedule="s", person=person, starts_at=at(begin), ends_at=at(end), at=START + number * HOUR, **more
    )


def absence(number: int, person: str, begin: str, end: str, stand_in: str = "") -> Absence:
    return Absence(id=number, person=person, starts_at=at(begin), ends_at=at(end), stand_in=stand_in, at=START)


# ---------------------------------------------------------------------- turns
def test_turns_of_hours_and_days():
    daily = final_schedule(only("ada", "grace", unit=Unit.DAYS), NO_CHANGES, START, START + 3 * DAY)
    assert told(daily) == [
        ("ada", "05 00:00", "06 00:00"), ("grace", "06 00:00", "07 00:00"), ("ada", "07 00:00", "08 00:00")
    ]  # fmt: skip
    twelve = rotation("ada", "grace", unit=Unit.HOURS, every=12, handover=time(8))
    shifts = final_schedule(schedule(Layer(name="x", rotation=twelve)), NO_CHANGES, START, START + DAY)
    assert told(shifts) == [("ada", "05 08:00", "05 20:00"), ("grace", "05 20:00", "06 00:00")]


def test_turns_of_hours_stay_at_their_hour_and_a_skipped_hour_is_nobodys():
    # Europe/Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC
    hourly = rotation("ada", "grace", "lin", unit=Unit.HOURS, zone="Europe/Berlin")
    shifts = list(layer_shifts(Layer(name="x", rotation=hourly), at("2026-03-29T00:00"), at("2026-03-29T03:00")))
    assert [one.starts_at.hour for one in shifts] == [0, 1, 2]
    assert [one.ends_at - one.starts_at for one in shifts] == [HOUR] * 3
    order = ("ada", "grace", "lin")
    assert order.index(shifts[1].person) == (order.index(shifts[0].person) + 2) % 3  # 02:00 to 03:00 had no instant
    # 25 October: the hour that comes twice is one turn
    twice = list(layer_shifts(Layer(name="x", rotation=hourly), at("2026-10-25T00:00"), at("2026-10-25T02:00")))
    assert [one.ends_at - one.starts_at for one in twice] == [2 * HOUR]


def test_a_handover_day_makes_the_first_turn_short():
    shifts = final_schedule(only("ada", "grace", handover_day=4), NO_CHANGES, START, START + 12 * DAY)
    assert told(shifts) == [
        ("ada", "05 00:00", "08 00:00"), ("grace", "08 00:00", "15 00:00"), ("ada", "15 00:00", "17 00:00")
    ]  # fmt: skip


def test_a_rotation_ends_for_good():
    ended = only("ada", "grace", unit=Unit.DAYS, until=clock("2026-01-06T12:00"))
    assert told(final_schedule(ended, NO_CHANGES, START, START + 9 * DAY)) == [
        ("ada", "05 00:00", "06 00:00"), ("grace", "06 00:00", "06 12:00")
    ]  # fmt: skip
    assert holder_at(ended, NO_CHANGES, at("2026-01-06T12:00")) is None


def test_a_turn_that_is_passed_over_moves_all_others_up():
    skipping = only("ada", "grace", "lin", unit=Unit.DAYS, skip=(date(2026, 1, 6),))
    people = [one.person for one in final_schedule(skipping, NO_CHANGES, START, START + 5 * DAY)]
    assert people == ["ada", "lin", "ada", "grace", "lin"]


# ---------------------------------------------------------------------- layers and restrictions
NIGHTS = Layer(
    name="nights",
    rotation=rotation("grace"),
    restrictions=(Restriction(days=frozenset({1, 2, 3, 4, 5}), start=time(22), end=time(6), days_over=1),),
)


def test_a_later_layer_lies_above_an_earlier_one_where_it_has_somebody():
    shifts = final_schedule(
        schedule(Layer(name="base", rotation=rotation("ada")), NIGHTS), NO_CHANGES, START, START + 2 * DAY
    )
    assert told(shifts) == [
        ("ada", "05 00:00", "05 22:00"), ("grace", "05 22:00", "06 06:00"), ("ada", "06 06:00", "06 22:00"),
        ("grace", "06 22:00", "07 00:00"),
    ]  # fmt: skip
    assert [one.source for one in shifts[:2]] == ["layer:base", "layer:nights"]


def test_a_restriction_over_midnight_belongs_to_the_day_on_which_it_begins():
    alone = schedule(NIGHTS)
    friday_night, saturday_night = at("2026-01-10T03:00"), at("2026-01-11T03:00")
    assert holder_at(alone, NO_CHANGES, friday_night).person == "grace"
    assert holder_at(alone, NO_CHANGES, saturday_night) is None
    assert next(gaps(final_schedule(alone, NO_CHANGES, START, START + DAY), START, START + DAY)) == (
        START, at("2026-01-05T22:00")
    )  # fmt: skip


def test_a_restriction_over_several_days():
    weekend = Restriction(days=frozenset({5}), start=time(17), end=time(9), days_over=3)
    layer = Layer(name="w", rotation=rotation("ada", "grace", unit=Unit.DAYS), restrictions=(weekend,))
    shifts = final_schedule(schedule(layer), NO_CHANGES, START + DAY, START + 10 * DAY)
    assert (shifts[0].starts_at, shifts[-1].ends_at) == (at("2026-01-09T17:00"), at("2026-01-12T09:00"))
    assert all(one.ends_at == two.starts_at for one, two in pairwise(shifts))


def test_follow_the_sun_has_no_gap_on_the_days_when_one_zone_has_changed_its_clocks():
    """London's and New York's clocks change on different days: what neither covers is the layer below."""
    sun = schedule(
        Layer(name="rest", rotation=rotation("lin")),
        Layer(
            name="eu",
            rotation=rotation("ada", zone="Europe/London"),
            restrictions=(Restriction(start=time(9), end=time(17), days_over=0),),
        ),
        Layer(
            name="us",
            rotation=rotation("grace", zone="America/New_York"),
            restrictions=(Restriction(start=time(12), end=time(20), days_over=0),),
        ),
    )
    day = at("2026-03-10T00:00")  # New York has changed, London has not: 12:00 there is 16:00 UTC
    assert told(final_schedule(sun, NO_CHANGES, day, day + DAY)) == [
        ("lin", "10 00:00", "10 09:00"), ("ada", "10 09:00", "10 16:00"), ("grace", "10 16:00", "11 00:00")
    ]  # fmt: skip
    day = at("2026-01-12T00:00")
    assert told(final_schedule(sun, NO_CHANGES, day, day + DAY))[-2:] == [
        ("ada", "12 09:00", "12 17:00"), ("grace", "12 17:00", "13 00:00")
    ]  # fmt: skip


# ---------------------------------------------------------------------- changes
def test_overrides_lie_above_layers_and_the_one_set_last_above_the_others():
    changes = Changes(
        overrides=(
            override(2, "lin", "2026-01-05T10:00", "2026-01-05T12:00"),
            override(1, "grace", "2026-01-05T08:00", "2026-01-05T11:00"),
            override(3, "mei", "2026-01-05T09:00", "2026-01-05T10:00", cancelled=True),
        )
    )
    shifts = final_schedule(only("ada"), changes, START, START + DAY)
    assert told(shifts) == [
        ("ada", "05 00:00", "05 08:00"), ("grace", "05 08:00", "05 10:00"), ("lin", "05 10:00", "05 12:00"),
        ("ada", "05 12:00", "06 00:00"),
    ]  # fmt: skip
    assert (shifts[1].source, shifts[1].instead_of) == ("override:1", "ada")


def test_an_override_covers_a_gap_too():
    nobody = only("ada", until=clock("2026-01-05T06:00"))
    changes = Changes(overrides=(override(1, "grace", "2026-01-05T10:00", "2026-01-05T12:00"),))
    assert told(final_schedule(nobody, changes, START, START + DAY))[1:] == [("grace", "05 10:00", "05 12:00")]


def swap(state: SwapState = SwapState.ACCEPTED) -> Swap:
    return Swap(
        id=1, schedule="s", person="ada", starts_at=at("2026-01-05T12:00"), ends_at=at("2026-01-05T18:00"),
        other="grace", other_starts_at=at("2026-01-06T12:00"), other_ends_at=at("2026-01-06T18:00"), state=state,
        at=START,
    )  # fmt: skip


def test_a_swap_counts_once_it_is_accepted():
    daily = only("ada", "grace", unit=Unit.DAYS)
    both = final_schedule(daily, Changes(swaps=(swap(),)), START, START + 2 * DAY)
    assert told(both) == [
        ("ada", "05 00:00", "05 12:00"), ("grace", "05 12:00", "05 18:00"), ("ada", "05 18:00", "06 00:00"),
        ("grace", "06 00:00", "06 12:00"), ("ada", "06 12:00", "06 18:00"), ("grace", "06 18:00", "07 00:00"),
    ]  # fmt: skip
    for state in (SwapState.PROPOSED, SwapState.DECLINED, SwapState.CANCELLED):
        changes = Changes(swaps=(swap(state),))
        assert final_schedule(daily, changes, START, START + 2 * DAY) == final_schedule(
            daily, NO_CHANGES, START, START + 2 * DAY
        )


def test_an_absence_is_a_gap_that_is_shown_or_goes_to_a_stand_in():
    away = Changes(absences=(absence(1, "ada", "2026-01-05T06:00", "2026-01-05T12:00"),))
    shifts = final_schedule(only("ada"), away, START, START + DAY)
    assert told(shifts) == [
        ("ada", "05 00:00", "05 06:00"),
        ("", "05 06:00", "05 12:00"),
        ("ada", "05 12:00", "06 00:00"),
    ]
    assert (shifts[1].source, shifts[1].instead_of) == ("absence:1", "ada")
    assert list(gaps(shifts, START, START + DAY)) == [(at("2026-01-05T06:00"), at("2026-01-05T12:00"))]
    stands = Changes(absences=(absence(1, "ada", "2026-01-05T06:00", "2026-01-05T12:00", "lin"),))
    assert told(final_schedule(only("ada"), stands, START, START + DAY))[1] == ("lin", "05 06:00", "05 12:00")


def test_a_stand_in_who_is_away_has_their_own_stand_in_and_a_ring_of_them_is_a_gap():
    absences = (
        absence(1, "ada", "2026-01-05T00:00", "2026-01-06T00:00", "lin"),
        absence(2, "lin", "2026-01-05T06:00", "2026-01-05T12:00", "mei"),
        absence(3, "mei", "2026-01-05T10:00", "2026-01-05T14:00", "ada"),
    )
    shifts = final_schedule(only("ada"), Changes(absences=absences), START, START + DAY)
    assert told(shifts) == [
        ("lin", "05 00:00", "05 06:00"), ("mei", "05 06:00", "05 10:00"), ("", "05 10:00", "05 12:00"),
        ("lin", "05 12:00", "06 00:00"),
    ]  # fmt: skip


def test_now_and_next_look_beyond_the_longest_turn():
    yearly = only("ada", "grace", every=52)
    now, following = now_and_next(yearly, NO_CHANGES, at("2026-02-01T00:00"))
    assert (now.person, following.person) == ("ada", "grace")
    assert now.ends_at == following.starts_at == START + 364 * DAY
    assert now_and_next(only("ada", until=clock("2026-01-06T00:00")), NO_CHANGES, at("2026-02-01T00:00")) == (
        None,
        None,
    )


# ---------------------------------------------------------------------- properties
people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4).map(tuple)
restrictions = st.builds(
    Restriction,
    days=st.frozensets(st.integers(1, 7), min_size=1),
    start=st.times().map(lambda t: t.replace(microsecond=0)),
    end=st.times().map(lambda t: t.replace(microsecond=0)),
    days_over=st.integers(1, 3),
)
layers = st.builds(
    Layer,
    name=st.just("l"),
    rotation=st.builds(
        Rotation,
        people=people,
        start=st.dates(date(2025, 11, 1), date(2026, 4, 1)),
        handover=st.times().map(lambda t: t.replace(microsecond=0)),
        zone=st.sampled_from(ZONES),
        every=st.integers(1, 5),
        unit=st.sampled_from(Unit),
        until=st.none() | st.datetimes(clock("2026-04-02T00:00"), clock("2026-12-01T00:00")),
        skip=st.lists(st.dates(date(2026, 1, 1), date(2026, 6, 1)), max_size=3).map(tuple),
    ),
    restrictions=st.lists(restrictions, max_size=2).map(tuple),
)
schedules = st.lists(layers, min_size=1, max_size=3).map(lambda found: schedule(*found))
BEGIN = at("2026-03-20T00:00")
SPAN = 20 * DAY  # the clocks change in most zones that change them
instants = st.timedeltas(timedelta(0), SPAN).map(lambda after: BEGIN + after)
windows = st.tuples(instants, st.timedeltas(timedelta(minutes=1), 5 * DAY))


@st.composite
def any_changes(draw) -> Changes:
    def several(make):
        return tuple(make(number, draw) for number in range(draw(st.integers(0, 3))))

    def window():
        begin, length = draw(windows)
        return begin, begin + length

    def one_override(number, draw):
        begin, end = window()
        made = START + draw(st.integers(0, 9)) * HOUR
        person = draw(st.sampled_from(PEOPLE))
        return Override(id=number, schedule="s", person=person, starts_at=begin, ends_at=end, at=made)

    def one_swap(number, draw):
        (begin, end), (other_begin, other_end) = window(), window()
        one, other = draw(st.permutations(PEOPLE))[:2]
        return Swap(
            id=number, schedule="s", person=one, starts_at=begin, ends_at=end, other=other, other_starts_at=other_begin,
            other_ends_at=other_end, state=SwapState.ACCEPTED, at=START + draw(st.integers(0, 9)) * HOUR,
        )  # fmt: skip

    def one_absence(number, draw):
        begin, end = window()
        stand_in = draw(st.sampled_from(("", *PEOPLE)))
        person = draw(st.sampled_from(PEOPLE))
        return Absence(id=number, person=person, starts_at=begin, ends_at=end, stand_in=stand_in, at=START)

    return Changes(overrides=several(one_override), swaps=several(one_swap), absences=several(one_absence))


@settings(max_examples=60, deadline=None)
@given(schedules, any_changes(), st.lists(instants, min_size=1, max_size=20))
def test_every_instant_has_one_holder_by_two_ways_of_looking(one, changes, moments):
    shifts = final_schedule(one, changes, BEGIN, BEGIN + SPAN)
    assert all(BEGIN <= s.starts_at < s.ends_at <= BEGIN + SPAN for s in shifts)
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(shifts))
    edges = [edge for s in shifts for edge in (s.starts_at, s.ends_at - timedelta(microseconds=1))]
    for moment in (*moments, *edges[:20]):
        if moment >= BEGIN + SPAN:
            continue
        over_time = next((s for s in shifts if s.starts_at <= moment < s.ends_at), None)
        held = holder_at(one, changes, moment)
        assert (over_time and (over_time.person, over_time.source, over_time.shadows)) == (
            held and (held.person, held.source, held.shadows)
        )
        lasting = current(one, changes, moment)
        assert (lasting and lasting.person) == (held and held.person)
        if lasting and lasting.ends_at < min(moment + 7 * DAY, BEGIN + SPAN):
            assert over_time.ends_at == lasting.ends_at


@settings(max_examples=60, deadline=None)
@given(schedules, instants, st.timedeltas(HOUR, 3 * DAY))
def test_a_window_shows_what_a_larger_one_shows(one, begin, length):
    small = final_schedule(one, NO_CHANGES, begin, begin + length)
    large = final_schedule(one, NO_CHANGES, begin - 40 * DAY, begin + length + 40 * DAY)
    cut = [
        s.cut(max(s.starts_at, begin), min(s.ends_at, begin + length))
        for s in large
        if s.ends_at > begin and s.starts_at < begin + length
    ]
    assert small == cut


@settings(max_examples=60, deadline=None)
@given(people, st.integers(1, 3), st.integers(0, 200), st.integers(1, 200), st.integers(0, 200))
def test_a_swap_conserves_the_hours_of_both(names, every, first, length, apart):
    """Two spans of the same length that each side holds as a whole: nobody's hours change."""
    daily = only(*names, every=every, unit=Unit.DAYS)
    end = START + 60 * DAY
    before = final_schedule(daily, NO_CHANGES, START, end)
    mine = before[first % len(before)]
    theirs = next((s for s in before[apart % len(before) :] if s.person != mine.person), None)
    if theirs is None:
        return
    span = min(length * HOUR, mine.ends_at - mine.starts_at, theirs.ends_at - theirs.starts_at)
    change = Swap(
        id=1, schedule="s", person=mine.person, starts_at=mine.starts_at, ends_at=mine.starts_at + span,
        other=theirs.person, other_starts_at=theirs.ends_at - span, other_ends_at=theirs.ends_at,
        state=SwapState.ACCEPTED, at=START,
    )  # fmt: skip
    after = final_schedule(daily, Changes(swaps=(change,)), START, end)
    assert after != before
    assert hours(after) == hours(before)


def hours(shifts) -> dict[str, timedelta]:
    found: dict[str, timedelta] = {}
    for one in shifts:
        found[one.person] = found.get(one.person, timedelta(0)) + (one.ends_at - one.starts_at)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_nights_over_both_changes_of_the_clocks_in_every_zone(zone):
    """A layer of nights and one of days leave no gap and no overlap in a year, in any zone."""
    nights = Restriction(start=time(22), end=time(6), days_over=1)
    days = Restriction(start=time(6), end=time(22), days_over=0)
    both = schedule(
        Layer(name="n", rotation=rotation("ada", "lin", zone=zone), restrictions=(nights,)),
        Layer(name="d", rotation=rotation("grace", "mei", zone=zone), restrictions=(days,)),
    )
    begin, end = START + 3 * DAY, START + 300 * DAY
    shifts = final_schedule(both, NO_CHANGES, begin, end)
    assert list(gaps(shifts, begin, end)) == []
    assert {s.person for s in shifts if s.source == "layer:n"} == {"ada", "lin"}
