"""How often chance changes a figure as much: checked against a known simulation, and against values done by hand."""

import math
import random
import statistics

import pytest

from incidentd.domain.chance import FEWEST, RARE, Comparison, compare, enough, sentence

SPREAD = math.sqrt(math.log(1 + 1.4**2))  # of a log-normal whose deviation is 1.4 times its mean, as incidents' are


def lasting(chance, count):
    return [chance.lognormvariate(3, SPREAD) for _ in range(count)]


def test_with_25_a_side_and_no_change_the_mean_is_a_tenth_better_in_four_of_ten_draws():
    chance = random.Random(7)
    better = sum(
        statistics.fmean(lasting(chance, 25)) <= 0.9 * statistics.fmean(lasting(chance, 25)) for _ in range(4000)
    )
    assert better / 4000 == pytest.approx(0.4, abs=0.04)


def test_where_nothing_changed_the_answer_is_right_as_often_as_it_says():
    chance = random.Random(11)
    shares = [
        compare(lasting(chance, 25), lasting(chance, 25), random.Random(one), draws=200).by_chance for one in range(300)
    ]
    # One direction is looked at: a change that chance brings in less than 1 of 20 draws comes up twice as often.
    assert sum(share < RARE for share in shares) / 300 == pytest.approx(2 * RARE, abs=0.06)


def test_a_change_as_large_as_the_spread_is_hardly_chance():
    found = compare([10, 11, 12, 13, 14] * 5, [1, 2, 3, 4, 5] * 5, random.Random(0), statistic="mean")
    assert found.rare
    assert found.change == pytest.approx(-0.75)
    assert "fewer than 1 of 100 draws: hardly chance" in sentence(found)


def test_by_hand_with_one_value_that_differs():
    # How many of six draws are the only 2 among twelve values is binomial; more of them after is a change as large.
    counts = [math.comb(6, k) * (1 / 12) ** k * (11 / 12) ** (6 - k) for k in range(7)]
    more_after = (1 - sum(share * share for share in counts)) / 2
    found = compare([1.0] * 6, [1.0] * 5 + [2.0], random.Random(0), statistic="mean", draws=4000)
    assert found.by_chance == pytest.approx(more_after, abs=0.03)


def test_the_same_values_give_the_same_answer():
    before, after = lasting(random.Random(1), 12), lasting(random.Random(2), 15)
    one, same, other = (compare(before, after, random.Random(seed), draws=500) for seed in (0, 0, 1))
    assert one == same
    assert one.by_chance != other.by_chance


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [], "0 and 0 are too few to compare: cannot tell"),
        ([1.0] * (FEWEST - 1), [1.0] * 90, "4 and 90 are too few to compare: cannot tell"),
        ([0.0] * 6, [0.0] * 6, "with 6 and 6 nothing changed"),
    ],
)
def test_what_cannot_be_compared_is_said(before, after, said):
    found = compare(before, after, random.Random(0))
    assert found.change is None or found.before == found.after
    assert sentence(found) == said


def test_a_sentence_that_decides_nothing():
    found = Comparison(before=60, after=48, n_before=12, n_after=15, change=-0.2, by_chance=0.38, draws=10_000)
    assert sentence(found) == ("with 12 and 15, a change this large appears by chance in 38 of 100 draws: cannot tell")


def by_whole_samples(before, after, statistic, draws=6000):
    """The same as it is meant: whole samples, each value drawn by itself."""
    chance, pool = random.Random(5), [*before, *after]
    measure = {"mean": statistics.fmean, "median": statistics.median}[statistic]
    seen = measure(after) - measure(before)
    moved = [measure(chance.choices(pool, k=len(after))) - measure(chance.choices(pool, k=len(before)))
             for _ in range(draws)]  # fmt: skip
    return sum(one <= seen + 1e-9 if seen < 0 else one >= seen - 1e-9 for one in moved) / draws


@pytest.mark.parametrize(("first", "second"), [(7, 8), (12, 9), (25, 25)])
def test_medians_are_drawn_as_those_of_whole_samples_are(first, second):
    chance = random.Random(first)
    before, after = lasting(chance, first), [0.7 * one for one in lasting(chance, second)]
    found = compare(before, after, random.Random(0))
    assert found.draws == 10_000
    assert found.by_chance == pytest.approx(by_whole_samples(before, after, "median"), abs=0.02)


@pytest.mark.parametrize(("kept", "of", "then_kept", "then_of"), [(5, 10, 9, 11), (0, 8, 3, 8), (30, 40, 20, 40)])
def test_shares_are_drawn_as_those_of_whole_samples_are(kept, of, then_kept, then_of):
    before, after = [1.0] * kept + [0.0] * (of - kept), [1.0] * then_kept + [0.0] * (then_of - then_kept)
    found = compare(before, after, random.Random(0), statistic="mean")
    assert found.by_chance == pytest.approx(by_whole_samples(before, after, "mean"), abs=0.02)


def test_a_share_that_all_or_nobody_has_does_not_change():
    for values in ([1.0] * 6, [0.0] * 6):
        assert compare(values, values, random.Random(0), statistic="mean").by_chance == 1.0


def test_many_values_take_no_longer_than_few():
    chance = random.Random(3)
    before, after = lasting(chance, 5000), lasting(chance, 5000)
    assert enough("median", [*before, *after], 10_000) == 10_000
    assert enough("mean", sorted([*before, *after]), 10_000) == 200
    assert enough("mean", [0.0, 1.0] * 5000, 10_000) == 10_000
    assert enough("mean", sorted(before[:25]), 10_000) == 10_000


def test_what_is_compared_is_named():
    found = Comparison(before=60, after=48, n_before=12, n_after=15, change=-0.2, by_chance=0.38, draws=10_000)
    assert sentence(found, "incidents") == (
        "with 12 and 15 incidents, a change this large appears by chance in 38 of 100 draws: cannot tell"
    )
    assert sentence(Comparison(before=None, after=None, n_before=1, n_after=2), "weeks") == (
        "1 and 2 weeks are too few to compare: cannot tell"
    )
