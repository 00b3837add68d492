"""What comes out of a rehearsal, and the cards that come with the program."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.process import default_process
from incidentd.domain.rehearsal_cards import CARDS
from incidentd.domain.rehearsals import Call, agreement, middle, outcome
from incidentd.domain.severity import Severity

MATRIX = default_process().matrix
SEV1, SEV2, SEV3, SEV4 = Severity.SEV1, Severity.SEV2, Severity.SEV3, Severity.SEV4


def call(card, person, level, **answers):
    return Call(card=card, person=person, answers=answers, level=level)


@given(st.lists(st.sampled_from("abc"), max_size=9))
@settings(max_examples=25)
def test_agreement_is_the_share_of_equal_pairs(values):
    pairs = list(combinations(values, 2))
    expected = None if len(values) < 3 else sum(a == b for a, b in pairs) / len(pairs)
    assert agreement(values) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("levels", "found"),
    [((), None), ((SEV3,), SEV3), ((SEV1, SEV4), SEV1), ((SEV4, SEV2, SEV3), SEV3), ((SEV1, SEV1, SEV4, SEV4), SEV1)],
)
def test_between_two_middle_levels_the_worse_one_counts(levels, found):
    assert middle(levels) == found


def test_over_and_under_calls_are_counted_against_the_middle_of_their_card():
    calls = [call("a", "ada", SEV1), call("a", "lin", SEV2), call("a", "raj", SEV2), call("a", "mei", SEV4)]
    found = outcome(MATRIX, ["a", "b"], [*calls, call("b", "ada", SEV3)])
    first, second = found.cards
    assert (first.middle, first.over, first.under) == (SEV2, 1, 1)
    assert first.agreement == pytest.approx(1 / 6)
    assert list(first.levels) == [SEV1, SEV2, SEV4]
    assert (second.people, second.agreement, second.middle) == (1, None, SEV3)
    assert (found.people, found.over, found.under) == (4, 1, 1)
    assert found.agreement == pytest.approx(1 / 6)


def test_questions_are_compared_within_a_card_only():
    calls = [call(card, person, SEV3, users=users) for card, users in (("a", "few"), ("b", "most")) for person in "xyz"]
    found = outcome(MATRIX, ["a", "b"], calls)
    users = next(one for one in found.questions if one.question == "users")
    assert (users.agreement, users.answers) == (1.0, {"few": 3, "most": 3})
    harm = next(one for one in found.questions if one.question == "harm")
    assert harm.answers == {"unknown": 6}


def test_nobody_took_part():
    found = outcome(MATRIX, ["a"], [])
    assert (found.people, found.agreement, found.cards[0].levels, found.cards[0].middle) == (0, None, {}, None)


def test_the_cards_are_told_in_whole_sentences_and_once():
    assert len({one.id for one in CARDS}) == len(CARDS) >= 15
    for one in CARDS:
        assert one.text.endswith(".")
        assert 120 < len(one.text) < 500
        assert one.source
