"""Plans of modes: as even as any plan could be, absences kept, reasons that are true."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.duty_changes import NO_CHANGES, Absence, Changes
from incidentd.domain.mode_fairness import Load, load
from incidentd.domain.mode_plan import Board, Candidate, Task, choices, plan, short_weeks
from incidentd.domain.mode_weeks import next_monday, planned_blocks, task, weeks_from
from incidentd.domain.modes import Mode, ModeBlock, stretches
from incidentd.domain.people import Person, Team

START = datetime(2026, 11, 30, 8, tzinfo=UTC)  # a Monday, nine o'clock in Berlin
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def any_task(people: int, weeks: int, wanted: int, seed: int, away: float = 0.15) -> Task:
    """People with a past, holidays and absences by chance."""
    chance = random.Random(seed)
    return Task(
        candidates=tuple(
            Candidate(
                person=f"p{number:02}",
                carried=Load(chance.choice([0, 0, 7, 9])),
                each=tuple(Load(7, 2, int(chance.random() < 0.2), 7) for _ in range(weeks)),
                taken=frozenset({-chance.randint(1, 5)} if chance.random() < 0.5 else ()),
                away={week: "is absent" for week in range(weeks) if chance.random() < away},
            )
            for number in range(people)
        ),
        weeks=weeks,
        wanted=wanted,
    )


def every_plan(wanted: Task) -> Iterator[Board]:
    """All plans that fill as many places as can be filled."""
    able = [[one.person for one in wanted.candidates if week not in one.away] for week in range(wanted.weeks)]
    for picked in product(*(list(combinations(who, min(wanted.wanted, len(who)))) for who in able)):
        board = Board(wanted)
        for week, people in enumerate(picked):
            for person in people:
                board.given[person] |= {week}
        yield board


@given(st.integers(2, 5), st.integers(1, 4), st.integers(1, 2), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_no_plan_spreads_the_days_more_evenly(people, weeks, wanted, seed):
    """Against every plan there is."""
    made = plan(any_task(people, weeks, wanted, seed, away=0.3))
    others = list(every_plan(made.task))
    assert sum(map(len, made.given.values())) == sum(map(len, others[0].given.values()))
    assert made.cost.days == min(one.cost.days for one in others)


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_planned_while_away_and_each_week_has_as_many_as_it_wants(seed):
    made = plan(any_task(20, 13, 5, seed))
    assert not [week for one in made.people.values() for week in made.given[one.person] if week in one.away]
    assert short_weeks(made) == []
    assert all(sum(week in weeks for weeks in made.given.values()) == 5 for week in range(13))
    assert made.cost.close == 0
    assert plan(any_task(20, 13, 5, seed)).given == made.given  # no chance in it


def test_no_exchange_of_two_people_makes_a_plan_fairer():
    made = plan(any_task(6, 8, 2, 4))
    for one, other in combinations(made.people, 2):
        for mine, theirs in product(made.given[one], made.given[other]):
            if made.can(one, theirs) and made.can(other, mine):
                moves = {one: made.given[one] - {mine} | {theirs}, other: made.given[other] - {theirs} | {mine}}
                assert made.change(moves) >= type(made.cost)()


def test_a_holiday_goes_to_whoever_had_none():
    each = (Load(7, 2, 1, 7), Load(7, 2, 0, 7))
    seats = (Candidate(person="ada", carried=Load(holidays=1), each=each), Candidate(person="lin", each=each))
    made = plan(Task(candidates=seats, weeks=2, wanted=1))
    assert made.given == {"ada": {1}, "lin": {0}}
    first = choices(made)[0]
    assert (first.person, first.alternative) == ("lin", "ada")
    assert first.why == "0 days in support until then (team: 0 to 0)"
    assert first.why_not == "the days would be less even: ada with 14, lin with 0"


def test_reasons_name_what_decided():
    seats = tuple(Candidate(person=one, each=(Load(7),)) for one in ("ada", "lin"))
    (only,) = choices(plan(Task(candidates=seats, weeks=1, wanted=1)))
    assert (only.person, only.alternative) == ("ada", "lin")
    assert only.why_not == "would be as fair; the order of the roster decides"
    away = Candidate(person="ada", each=(Load(7),), away={0: "is absent"})
    made = plan(Task(candidates=(away, seats[1]), weeks=1, wanted=2))
    (only,) = choices(made)
    assert (only.person, only.alternative, only.why_not) == ("lin", "", "nobody else could; ada is absent")
    assert short_weeks(made) == [(0, 1, "nobody else could; ada is absent")]


# ---------------------------------------------------------------------- from blocks, and to blocks
PEOPLE = {
    "ada": Person(handle="ada", name="Ada", zone="Europe/Berlin"),
    "lin": Person(handle="lin", name="Lin", zone="Asia/Tokyo"),
    "sam": Person(handle="sam", name="Sam", zone="America/New_York"),
}
TEAM = Team(name="shop", members=("ada", "lin", "sam"), support_percent=33)


def block(person, begin, end, mode="support"):
    return ModeBlock(
        id=1, person=person, mode=Mode(mode), starts_at=START + begin * WEEK, ends_at=START + end * WEEK, at=START
    )


def planned(blocks=(), changes=NO_CHANGES, weeks=6, holidays=None):
    bounds = weeks_from(START, weeks, "Europe/Berlin")
    made = plan(task(TEAM, PEOPLE, blocks, changes, holidays or {}, bounds))
    return made, planned_blocks(made, bounds, blocks, START)


def test_everybody_is_in_support_or_on_project_work_and_for_a_week_at_least():
    _, blocks = planned()
    for handle in TEAM.members:
        mine = sorted((one for one in blocks if one.person == handle), key=lambda one: one.starts_at)
        assert (mine[0].starts_at, mine[-1].ends_at) == (START, START + 6 * WEEK)
        assert all(before.ends_at == after.starts_at for before, after in pairwise(mine))
        assert all(one.mode is not other.mode for one, other in pairwise(mine))
        assert all(one.length("UTC") >= WEEK for one in stretches(mine))
    support = [one for one in blocks if one.mode is Mode.SUPPORT]
    assert sum((one.ends_at - one.starts_at for one in support), timedelta(0)) == 6 * WEEK


def test_what_stands_and_what_was_count_and_stay():
    blocks = [block("ada", -4, -1), block("lin", 0, 2), block("sam", 1, 3, "project")]
    made, new = planned(blocks)
    assert made.people["ada"].carried.days == 21
    assert made.people["ada"].taken == {-4, -3, -2}
    assert made.people["lin"].taken == {0, 1}
    assert made.people["sam"].away == {1: "is in another mode already", 2: "is in another mode already"}
    assert made.given == {"ada": frozenset(), "lin": {2}, "sam": {3, 4, 5}}  # 21 days each
    stands = {one.person: one for one in blocks}
    assert not [one for one in new if one.touches(stands[one.person].starts_at, stands[one.person].ends_at)]


def test_a_day_away_is_a_week_without_support_and_an_hour_is_not():
    def away(length):
        return Changes(absences=(Absence(id=1, person="ada", starts_at=START, ends_at=START + length, at=START),))

    assert planned(changes=away(timedelta(hours=23)))[0].people["ada"].away == {}
    assert planned(changes=away(DAY))[0].people["ada"].away == {0: "is absent"}


def test_what_a_week_costs_over_a_change_of_the_clocks_and_at_christmas():
    change = datetime(2026, 10, 19, 7, tzinfo=UTC)
    assert load([(change, change + timedelta(hours=169))], "Europe/Berlin", ()) == Load(7, 2, 0, 7)
    christmas = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}
    assert load([(START + 3 * WEEK, START + 4 * WEEK)], "Europe/Berlin", christmas) == Load(7, 2, 2, 7)
    assert load([(START, START + timedelta(hours=3))], "Europe/Berlin", ()) == Load()


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 27, 7, tzinfo=UTC), START),
        (datetime(2026, 11, 30, 7, tzinfo=UTC), START + WEEK),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
    ],
)
def test_plans_begin_on_a_monday_ahead(now, monday):
    assert next_monday(now, "Europe/Berlin") == monday
