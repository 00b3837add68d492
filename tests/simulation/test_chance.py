"""How chance is asked: by one seed, for every part of the world by itself, by the rhythm of the week."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import fmean, pstdev

import pytest

from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.severity import Severity
from incidentd.simulation.assumptions import DEFAULTS
from incidentd.simulation.draws import Draws
from incidentd.simulation.experiments import answer
from incidentd.simulation.faults import ANSWERS, draw_fault
from incidentd.simulation.rhythm import busyness, later
from incidentd.simulation.team import SERVICES, TEAMS, cycle_begins, on_call
from incidentd.wire.figures import Compared, ComparedSide, Figure, FigureScope

MONDAY = datetime(2029, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_parts_draw_for_themselves():
    first, second = Draws("7", 1.4), Draws("7", 1.4)
    first.between(0, 1)
    assert [first.part("a").between(0, 1) for _ in range(2)] == [second.part("a").between(0, 1)] * 2
    assert first.part("a").between(0, 1) != first.part("b").between(0, 1)


def test_durations_have_the_mean_and_the_deviation_that_is_asked_for():
    draws = Draws("7", 1.4)
    drawn = [draws.duration(HOUR) / HOUR for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(1, rel=0.05)
    assert pstdev(drawn) == pytest.approx(1.4, rel=0.15)
    assert min(drawn) > 0


def test_the_week_has_a_rhythm_around_one():
    week = [busyness(DEFAULTS, MONDAY + hour * HOUR) for hour in range(7 * 24)]
    assert fmean(week) == pytest.approx(1, abs=0.1)
    night, noon, sunday, after_release = (busyness(DEFAULTS, MONDAY + hour * HOUR) for hour in (3, 12, 156, 38.5))
    assert night < sunday < noon < after_release


def test_a_gap_passes_as_fast_as_the_hours_are_busy():
    noon = MONDAY + 12 * HOUR
    assert later(DEFAULTS, noon, HOUR) - noon < HOUR
    assert later(DEFAULTS, MONDAY, HOUR) - MONDAY == 2 * HOUR
    shares = sum(busyness(DEFAULTS, MONDAY + hour * HOUR) for hour in range(7 * 24))
    assert later(DEFAULTS, MONDAY, shares * HOUR) - MONDAY == timedelta(days=7)


@pytest.mark.parametrize("severity", Severity)
def test_the_answers_to_the_matrix_come_to_what_they_stand_for(severity):
    assert DEFAULT_MATRIX.first(ANSWERS[severity]).level is severity


def test_faults_of_a_number_are_the_same_and_their_shares_are_those_assumed():
    faults = [draw_fault(DEFAULTS, Draws("7", 1.4).part(str(number)), number) for number in range(3000)]
    assert faults[5] == draw_fault(DEFAULTS, Draws("7", 1.4).part("5"), 5)
    for severity, share in zip(Severity, DEFAULTS.severities, strict=True):
        assert sum(one.severity is severity for one in faults) / 3000 == pytest.approx(share, abs=0.03)
    real = [one for one in faults if one.kind == "real"]
    assert 1 - len(real) / 3000 == pytest.approx(DEFAULTS.false_alarm, abs=0.02)
    wrong = sum(one.guessed is not one.severity for one in faults) / 3000
    assert wrong == pytest.approx(DEFAULTS.first_guess_wrong, abs=0.03)
    assert all(abs(one.guessed.rank - one.severity.rank) <= 1 for one in faults)


def test_the_version_of_the_process_follows_the_days():
    assert [DEFAULTS.version_on(day) for day in (0, 119.9, 120, 239, 240, 365)] == [1, 1, 2, 2, 3, 3]
    assert len(DEFAULTS.promise_kept) == len(DEFAULTS.version_days) + 1


def compared(change, by_chance):
    figure = Figure(name="f", title="F", definition="", kind="share", unit="", n=1, of=1)
    side = ComparedSide(label="", scope=FigureScope(), n=30, value=0.5)
    return Compared(
        figure=figure, statistic="median", before=side, after=side, change=change, by_chance=by_chance, draws=10_000,
        sentence="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "by_chance", "expects", "verdict"),
    [(0.2, 0.01, "up", "keep"), (-0.2, 0.01, "up", "drop"), (-0.2, 0.01, "down", "keep"), (0.2, 0.01, "down", "drop")],
)
def test_what_can_be_told_of_an_experiment_counts(change, by_chance, expects, verdict):
    assert answer(compared(change, by_chance), expects, Draws("7", 1.4))[0] == verdict


@pytest.mark.parametrize(("change", "by_chance"), [(0.2, 0.38), (-0.5, 0.05), (None, None), (None, 0.0)])
def test_where_nothing_can_be_told_people_mostly_say_so(change, by_chance):
    draws = Draws("7", 1.4)
    said = Counter(answer(compared(change, by_chance), "up", draws)[0] for _ in range(1000))
    assert said.keys() == {"cannot_tell", "adapt", "drop"}
    assert said["cannot_tell"] / 1000 == pytest.approx(0.6, abs=0.05)


def test_everybody_is_secondary_before_they_are_primary():
    for team, people in TEAMS.items():
        pairs = [on_call(MONDAY, team, cycle_begins(MONDAY) + timedelta(weeks=week)) for week in range(7)]
        assert pairs[0] == (people[0], people[1])
        assert all(before[1] == after[0] for before, after in itertools.pairwise(pairs))
        assert pairs[6] == pairs[0]
    assert set(SERVICES.values()) == set(TEAMS)
