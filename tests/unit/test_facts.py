"""Impact claims, theories and attempts: figures as people type them, what stands, and what came of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.attempts import OUTCOMES, attempt_text, theory_state
from incidentd.domain.impact import (
    claim_state,
    claimed_start,
    confirmed,
    figure_fault,
    figure_text,
    read_figure,
)
from incidentd.wire.facts import Attempt, ImpactClaim, ImpactFigure, Verdict

T0 = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def verdict(word: str, at: datetime = T0) -> Verdict:
    return Verdict(at=at, recorded_at=at, by="ada", word=word, why="", evidence="")


def claim(*, starts_at: datetime = T0, state: str = "stands", suspected: bool = False) -> ImpactClaim:
    return ImpactClaim(
        id=1, affected="cards", figure=ImpactFigure(), starts_at=starts_at, ends_at=None, source="ada", evidence="",
        suspected=suspected, at=T0, by="ada", replaces=None, replaced_by=None, state=state, verdicts=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "low", "high", "unit"),
    [
        ("20-30%", 20, 30, "%"),
        ("20 to 30 %", 20, 30, "%"),
        ("500+ users", 500, None, "users"),
        (">= 500 users", 500, None, "users"),
        ("at least 500users", 500, None, "users"),
        ("up to 2k EUR", None, 2000, "EUR"),
        ("1-2k users", 1000, 2000, "users"),
        ("1k - 1.5m requests", 1000, 1_500_000, "requests"),
        ("~40%", 40, 40, "%"),
        ("0,5 %", 0.5, 0.5, "%"),
        ("12", 12, 12, ""),
        ("5 minutes", 5, 5, "minutes"),  # m of a word is no million
        ("3 kinds", 3, 3, "kinds"),
        ("unknown", None, None, ""),
        ("? users", None, None, "users"),
        ("", None, None, ""),
    ],
)
def test_a_figure_is_read_as_people_type_it(typed, low, high, unit):
    assert read_figure(typed) == ImpactFigure(low=low, high=high, unit=unit)


@pytest.mark.parametrize("typed", ["some", "20-30-40%", "-5 users", "20% users more", "1e9 users", "--"])
def test_what_is_no_figure_says_how_one_is_written(typed):
    with pytest.raises(ValueError, match="20-30%"):
        read_figure(typed)


@settings(max_examples=25)
@given(st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**9), st.sampled_from(["", "%", "users", "EUR"]))
def test_a_figure_in_words_is_read_back(low, high, unit):
    figure = ImpactFigure(low=low, high=high, unit=unit)
    assert read_figure(figure_text(figure)) == figure


def test_a_figure_that_cannot_be():
    assert figure_fault(ImpactFigure(low=30, high=20, unit="users")) == "goes from more to less"
    assert figure_fault(ImpactFigure(low=120, unit="%")) == "is more than 100 %"
    assert figure_fault(ImpactFigure(high=100, unit="%")) == ""
    assert figure_fault(ImpactFigure()) == ""


def test_what_was_said_last_of_a_claim_counts_and_a_replacement_ends_it():
    assert claim_state((), None) == "stands"
    assert claim_state((verdict("disputed"),), None) == "disputed"
    assert claim_state((verdict("disputed"), verdict("upheld")), None) == "stands"
    assert claim_state((verdict("disputed"), verdict("withdrawn")), None) == "withdrawn"
    assert claim_state((verdict("disputed"),), 5) == "replaced"


def test_an_impact_is_confirmed_by_a_claim_that_stands_and_is_no_guess():
    assert confirmed([claim()])
    assert not confirmed([claim(suspected=True), claim(state="disputed"), claim(state="withdrawn")])
    assert not confirmed([])


def test_the_earliest_start_that_is_still_claimed_is_told_when_it_differs():
    early, gone = claim(starts_at=T0 - MINUTE, state="disputed"), claim(starts_at=T0 - 9 * MINUTE, state="replaced")
    assert claimed_start([claim(), early, gone], T0) == T0 - MINUTE
    assert claimed_start([claim()], T0) is None
    assert claimed_start([], T0) is None
    assert claimed_start([claim(starts_at=T0 + MINUTE)], T0) == T0 + MINUTE


def test_evidence_for_or_against_a_theory_does_not_decide_it():
    assert theory_state([verdict("for"), verdict("against")]) == "open"
    assert theory_state([verdict("ruled_out"), verdict("for")]) == "ruled_out"
    assert theory_state([verdict("ruled_out"), verdict("open")]) == "open"


@pytest.mark.parametrize("word", OUTCOMES)
def test_an_attempt_tells_what_came_of_it_and_after_how_long(word):
    said = (verdict("worked", T0 + MINUTE), verdict(word, T0 + 125 * MINUTE))
    tried = Attempt(
        id=1, text="rollback", person="ada", theory_id=None, started_at=T0, at=T0, by="ada", outcome=word, verdicts=said
    )
    assert attempt_text(tried) == f"rollback, {OUTCOMES[word]} after 2 h 5 min"


def test_an_attempt_whose_outcome_nobody_knows_says_so():
    tried = Attempt(
        id=1, text="rollback", person="ada", theory_id=None, started_at=T0, at=T0, by="ada", outcome="", verdicts=()
    )
    assert attempt_text(tried) == "rollback, outcome unknown"
