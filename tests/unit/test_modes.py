"""Modes: what a block cuts, how long one lasts on the wall clock, and what is wrong before it hurts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes
from incidentd.domain.duty_rules import BadChange
from incidentd.domain.mode_rules import check_lengths
from incidentd.domain.mode_warnings import mode_warnings
from incidentd.domain.modes import (
    Mode,
    ModeBlock,
    days_later,
    mode_at,
    now_and_next,
    place,
    sites,
    stretches,
    wanted_in_support,
)
from incidentd.domain.people import (
    EscalationPolicy,
    Layer,
    Person,
    Roster,
    Rotation,
    Schedule,
    Service,
    Step,
    Target,
    TargetKind,
    Team,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def block(begin, end, mode="support", person="ada", number=1, **more):
    """A block from day `begin` until day `end`, counted from `START`."""
    return ModeBlock(
        id=number, person=person, mode=Mode(mode), starts_at=START + begin * DAY, ends_at=START + end * DAY, at=START,
        **more,
    )  # fmt: skip


def days(blocks):
    return sorted(((one.starts_at - START).days, (one.ends_at - START).days, one.mode.value) for one in blocks)


@pytest.mark.parametrize(
    ("new", "left"),
    [
        ((0, 7), [(7, 14, "support")]),
        ((7, 14), [(0, 7, "support")]),
        ((-3, 20), []),
        ((3, 10), [(0, 3, "support"), (10, 14, "support")]),
        ((14, 21), [(0, 14, "support")]),
    ],
)
def test_a_block_cuts_what_it_meets(new, left):
    old = block(0, 14)
    placed = place(block(new[0], new[1], mode="project", number=0, reason="why", by="lin"), [old])
    kept = [one for one in (*placed.changed, *placed.rests) if not one.cancelled]
    assert days(kept or ([] if placed.changed else [old])) == left
    assert {(one.by, one.reason) for one in placed.changed} <= {("lin", "why")}
    assert all(one.id == 0 and one.version == 1 for one in placed.rests)


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(["support", "project"])), max_size=8)


@given(SPANS)
@settings(max_examples=60)
def test_nobody_is_ever_in_two_modes_and_what_was_set_last_holds(spans):
    """Against a painted strip of days."""
    standing, strip = [], {}
    for number, (begin, length, mode) in enumerate(spans, 1):
        new = block(begin, begin + length, mode, number=number)
        placed = place(new, standing)
        changed = {one.id: one for one in placed.changed}
        rests = [ModeBlock(**_fields(one) | {"id": 100 + number}) for one in placed.rests]
        standing = [one for old in standing if not (one := changed.get(old.id, old)).cancelled] + [new, *rests]
        strip |= dict.fromkeys(range(begin, begin + length), mode)
    for day in range(95):
        assert mode_at(standing, "ada", START + (day + 0.5) * DAY) == strip.get(day)
        assert sum(one.covers(START + (day + 0.5) * DAY) for one in standing) == (day in strip)


def _fields(one):
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_blocks_that_follow_each_other_are_one_time():
    two = [block(0, 7, number=1), block(7, 10, number=2), block(10, 20, "project", number=3)]
    assert [(one.mode, one.ends_at) for one in stretches(two)] == [
        ("support", START + 10 * DAY), ("project", START + 20 * DAY)
    ]  # fmt: skip
    now, coming = now_and_next(two, "ada", START + 8 * DAY)
    assert (now.starts_at, now.ends_at) == (START, START + 10 * DAY)
    assert (coming.mode, coming.starts_at) == ("project", START + 10 * DAY)
    check_lengths([], two, "UTC", "")


def test_less_than_a_week_wants_a_reason_and_says_how_short_it_is():
    short = [block(0, 7), block(7, 10, "project", number=2)]
    with pytest.raises(BadChange, match=r"ada would be in project mode for 3 d only, from 2026-01-12 09:00") as refused:
        check_lengths([block(0, 7)], short, "UTC", "")
    assert refused.value.field == "reason"
    assert refused.value.remedy
    check_lengths([block(0, 7)], short, "UTC", "a course")
    check_lengths(short, short, "UTC", "")  # was so before


@pytest.mark.parametrize("start", [datetime(2026, 3, 26, 9, tzinfo=UTC), datetime(2026, 10, 22, 9, tzinfo=UTC)])
def test_a_week_is_seven_days_where_the_clocks_change(start):
    """167 hours in spring and 169 in autumn, in Berlin; both are a week there."""
    end = days_later(start, 7, "Europe/Berlin")
    assert (end - start) != WEEK
    one = ModeBlock(id=1, person="ada", mode=Mode.SUPPORT, starts_at=start, ends_at=end, at=start)
    check_lengths([], [one], "Europe/Berlin", "")
    less = ModeBlock(**_fields(one) | {"ends_at": end - timedelta(minutes=1)})
    with pytest.raises(BadChange, match="6 d 23 h only"):
        check_lengths([], [less], "Europe/Berlin", "")


# ---------------------------------------------------------------------- what is wrong before it hurts
def roster(members, percent=25, weeks=1, zones=None):
    zones = zones or {}
    people = {one: Person(handle=one, name=one, zone=zones.get(one, "UTC")) for one in members}
    rotation = Rotation(people=tuple(members), start=date(2026, 1, 5), every=weeks)
    step = Step(targets=(Target(TargetKind.SCHEDULE, "first"),))
    return Roster(
        people=people,
        teams={"shop": Team(name="shop", members=tuple(members), support_percent=percent)},
        services={"web": Service(name="web", team="shop", policy="p")},
        schedules={"first": Schedule(name="first", layers=(Layer(name="l", rotation=rotation),))},
        policies={"p": EscalationPolicy(name="p", steps=(step,))},
    )


def told(known, blocks=(), changes=NO_CHANGES, length=14, *kinds):
    found = mode_warnings(known, changes, blocks, START, START + length * DAY)
    return [one.text for one in found if one.kind in kinds]


def test_a_share_that_is_less_than_a_primary_and_a_secondary():
    (text,) = told(roster("abcdef"), (), NO_CHANGES, 14, "allocation")
    assert text == "25 % of the 6 people of team shop is 1.5 in support: a primary and a secondary are two"
    assert told(roster("abcdefgh"), (), NO_CHANGES, 14, "allocation", "team_size") == []
    assert mode_warnings(roster("ab", percent=None), NO_CHANGES, (), START, START + WEEK) == []
    assert wanted_in_support(roster("abcdef").teams["shop"]) == 2


def test_turns_of_a_week_want_eight_people_or_six_at_each_of_two_sites():
    assert told(roster("abcdefg"), (), NO_CHANGES, 14, "team_size") == [
        "7 people of team shop take turns of a week on one site: 8 make it bearable"
    ]
    west = dict.fromkeys("abc", "America/New_York") | {"d": "America/Chicago"}
    (text,) = told(roster("abcdefghij", zones=west), (), NO_CHANGES, 14, "team_size")
    assert text == "a, b, c, d of team shop take turns of a week as one site of 2: 6 people make it bearable"
    known = roster("abcd", zones={"a": "Asia/Tokyo", "b": "Europe/Paris", "c": "UTC", "d": "America/Denver"})
    assert sites(known.people, "abcd", START) == [["d"], ["b", "c"], ["a"]]


def test_more_support_than_project_time_and_support_again_too_soon():
    assert told(roster("abcdefgh", percent=60), (), NO_CHANGES, 14, "cadence") == [
        "60 % of team shop in support leaves less time for projects than for support"
    ]
    again = [block(-14, -7, person="a"), block(-3, 7, person="a", number=2), block(20, 27, person="a", number=3)]
    assert told(roster("abcdefgh"), again, NO_CHANGES, 14, "cadence") == []  # what has begun is no news
    (text,) = told(roster("abcdefgh"), [block(-14, -7, person="a"), block(1, 8, person="a", number=2),
                                        block(13, 20, person="a", number=3)], NO_CHANGES, 14, "cadence")  # fmt: skip
    assert text.startswith("a is in support again after 5 d, having been for 7 d, from 2026-01-18 09:00")


def test_times_with_too_few_in_support():
    blocks = [block(0, 14, person="a"), block(0, 7, person="b", number=2)]
    assert told(roster("abcdefgh"), blocks, NO_CHANGES, 21, "support") == [
        "only a of team shop is in support mode, of 2 wanted, from 2026-01-12 09:00 until 2026-01-19 09:00 UTC",
        "nobody of team shop is in support mode, of 2 wanted, from 2026-01-19 09:00 until 2026-01-26 09:00 UTC",
    ]
    away = Absence(id=1, person="a", starts_at=START + DAY, ends_at=START + 2 * DAY, at=START)
    assert told(roster("abcdefgh"), blocks, Changes(absences=(away,)), 7, "support") == [
        "a is in support mode and absent from 2026-01-06 09:00 until 2026-01-07 09:00 UTC"
    ]


def test_the_pager_on_project_work():
    blocks = [block(-7, 21, "project", person="a"), block(3, 14, "project", person="b", number=2)]
    found = mode_warnings(roster("ab"), NO_CHANGES, blocks, START, START + 2 * WEEK)
    assert [(one.schedule, one.person, one.text) for one in found if one.kind == "project"] == [
        ("first", "a", "a is on call for first in project mode from 2026-01-05 09:00 until 2026-01-12 09:00 UTC"),
        ("first", "b", "b is on call for first in project mode from 2026-01-12 09:00 until 2026-01-19 09:00 UTC"),
    ]
