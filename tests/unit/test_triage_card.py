"""The triage card: what counts for completeness, what is asked next, and in whose words."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.cli import triage as cli
from incidentd.domain.customers import CustomerKind
from incidentd.domain.interruptions import GIVEN
from incidentd.domain.priority import Level, Priority, priority
from incidentd.domain.questions import DEFAULT_QUESTIONS
from incidentd.domain.triage import Question, State, card, implied_answers
from incidentd.wire import triage as wire_triage

ALL = dict.fromkeys(Question, "known")


@pytest.mark.parametrize(
    ("answers", "completeness"),
    [
        ({}, 0),
        (ALL, 100),
        ({"who": "everybody"}, 25),
        ({"reproduce": "open it"}, 25),
        ({"since": "18:05"}, 15),
        ({"observed": "429"}, 7),  # half of 15, rounded down: 100 means that nothing is missing
        ({"observed": "429", "expected": "200"}, 15),
        ({"scope": "EU"}, 10),
        ({"contact": "+49 1"}, 10),
        ({"workaround": "none"}, 0),
        ({"who": None}, 12),
        (dict.fromkeys(Question), 50),
        ({"who": "  "}, 0),
    ],
)
def test_what_each_answer_counts(answers, completeness):
    assert card(answers).completeness == completeness


def test_the_question_that_weighs_most_is_asked_next_until_nothing_is_missing():
    answers: dict[str, str | None] = {}
    order = []
    while (question := card(answers).next_question) is not None:
        order.append(question.value)
        answers[question] = None if question is Question.SINCE else "said"
    assert order == ["who", "reproduce", "since", "observed", "scope", "contact", "expected"]


def test_what_was_asked_already_is_not_asked_again_but_waited_for():
    found = card({}, asked=["who", "reproduce"])
    assert found.next_question is Question.SINCE
    assert found.waiting_for == (Question.WHO, Question.REPRODUCE)
    assert card({}, asked=list(Question)).next_question is None


def test_only_what_is_required_counts_and_is_asked():
    found = card({"who": "all"}, [Question.WHO, Question.OBSERVED])
    assert (found.completeness, found.next_question) == (62, Question.OBSERVED)
    assert card({"who": "all", "observed": "x"}, [Question.WHO, Question.OBSERVED]).completeness == 100
    assert card({}, []).completeness == 100


def test_what_the_report_says_by_itself_is_not_asked():
    implied = implied_answers(contact="ann@example.org", tags={"version": "2.1", "region": "eu-1", "else": "x"})
    found = card({"scope": None}, implied=implied)
    rows = {row.question: row for row in found.rows}
    assert (rows[Question.CONTACT].text, rows[Question.CONTACT].implied) == ("ann@example.org", True)
    assert (rows[Question.SCOPE].text, rows[Question.SCOPE].state) == ("version 2.1, region eu-1", State.ANSWERED)
    assert found.completeness == 20
    said = card({"contact": "call me"}, implied=implied)
    assert next(row for row in said.rows if row.question is Question.CONTACT).text == "call me"
    assert implied_answers(contact="", tags={}) == {}


@given(
    st.dictionaries(st.sampled_from([*Question]), st.sampled_from([None, "", " ", "said"])),
    st.sampled_from([*Question]),
)
@settings(max_examples=25)
def test_a_further_answer_never_makes_a_card_less_complete(answers, question):
    before = card(answers).completeness
    asked = card({question: None, **answers}).completeness
    answered = card({**answers, question: "said"}).completeness
    assert 0 <= before <= asked <= answered <= 100


def test_every_kind_is_asked_everything_in_words_of_its_own():
    texts = [DEFAULT_QUESTIONS[kind].texts for kind in CustomerKind]
    assert all(set(text) == set(Question) for text in texts)
    assert len({text[Question.REPRODUCE] for text in texts}) == 3


def test_the_words_of_the_wire_and_of_the_command_line_are_those_of_the_domain():
    assert set(cli.QUESTIONS) == set(Question) == set(get_args(wire_triage.QuestionName))
    assert set(cli.LEVELS) == set(Level) == set(get_args(wire_triage.Level))
    assert set(cli.REASONS) == set(GIVEN)


def test_priority_is_impact_times_urgency():
    found = {(impact, urgency): priority(impact, urgency) for impact in Level for urgency in Level}
    assert found[Level.HIGH, Level.HIGH] is Priority.P1
    assert found[Level.LOW, Level.LOW] is Priority.P5
    assert {found[one] for one in ((Level.HIGH, Level.LOW), (Level.MEDIUM, Level.MEDIUM), (Level.LOW, Level.HIGH))} == {
        "P3"
    }
