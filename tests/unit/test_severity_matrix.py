"""The severity matrix: the level, the rule that fired, which unknown would change it, and what a matrix may not say."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain import matrix_faults
from incidentd.domain.classification import BadAnswer, classify, fitting, next_question
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answer, Matrix, Question, Rule

FINE = {"harm": "no", "redundancy": "no", "sla": "no"}
NAMES = [one.id for one in DEFAULT_MATRIX.questions]
EVERY = [
    dict(zip(NAMES, picked, strict=True))
    for picked in itertools.product(*(one.ids for one in DEFAULT_MATRIX.questions))
]


def question(name, *answers):
    return Question(id=name, text=f"{name}?", answers=tuple(Answer(id=one, text=one) for one in answers))


def rule(name, level, **when):
    return Rule(id=name, level=Severity(level), when={one: tuple(listed.split()) for one, listed in when.items()})


AB = (question("a", "low", "mid", "high"), question("b", "no", "yes"))


@pytest.mark.parametrize(
    ("answers", "level", "fired"),
    [
        ({"harm": "confirmed"}, "SEV1", "harm-confirmed"),
        ({"harm": "suspected", "function": "works"}, "SEV2", "harm-suspected"),
        ({**FINE, "function": "unusable", "workaround": "none", "users": "most"}, "SEV1", "unusable-for-most"),
        ({**FINE, "function": "unusable", "workaround": "none", "users": "many"}, "SEV2", "unusable-for-many"),
        ({**FINE, "function": "unusable", "workaround": "none", "users": "few"}, "SEV3", "unusable"),
        ({**FINE, "function": "degraded", "workaround": "none", "users": "most"}, "SEV2", "degraded-for-most"),
        ({**FINE, "function": "unusable", "workaround": "unacceptable", "users": "many"}, "SEV3", "degraded"),
        ({**FINE, "function": "degraded", "workaround": "none", "users": "few"}, "SEV3", "degraded"),
        ({**FINE, "redundancy": "yes", "function": "works"}, "SEV3", "redundancy-gone"),
        ({**FINE, "function": "unusable", "workaround": "acceptable", "users": "many"}, "SEV3", "workaround-for-many"),
        ({**FINE, "function": "degraded", "workaround": "acceptable", "users": "few"}, "SEV4", "workaround"),
        ({**FINE, "function": "works"}, "SEV5", "cosmetic"),
        ({**FINE, "sla": "yes", "function": "works"}, "SEV2", "sla-broken"),
        ({}, "SEV2", "harm-suspected"),  # nothing is known: the higher one, argue later
    ],
)
def test_the_default_matrix_classifies_as_the_practice_says(answers, level, fired):
    found = classify(DEFAULT_MATRIX, answers)
    assert (found.level, found.rule) == (level, fired)


def test_the_default_matrix_has_no_faults_and_every_rule_of_it_fires_somewhere():
    assert matrix_faults.faults(DEFAULT_MATRIX) == ()
    assert matrix_faults.warnings(DEFAULT_MATRIX) == ()
    assert {DEFAULT_MATRIX.first(one).id for one in EVERY} == {one.id for one in DEFAULT_MATRIX.rules}


def test_an_answer_made_worse_never_gives_a_better_level():
    for answers in EVERY:
        level = DEFAULT_MATRIX.first(answers).level
        for one in DEFAULT_MATRIX.questions:
            for worse in one.ids[one.ids.index(answers[one.id]) + 1 :]:
                assert not level.worse_than(DEFAULT_MATRIX.first({**answers, one.id: worse}).level)


answers_with_unknowns = st.fixed_dictionaries(
    {one.id: st.sampled_from((UNKNOWN, *one.ids)) for one in DEFAULT_MATRIX.questions}
)


@settings(max_examples=25)
@given(answers_with_unknowns)
def test_an_unknown_counts_as_the_answer_next_worse_to_the_best_and_its_reach_is_exact(answers):
    found = classify(DEFAULT_MATRIX, answers)
    next_worse = {one.id: one.ids[1] for one in DEFAULT_MATRIX.questions if answers[one.id] == UNKNOWN}
    assert found.assumed == next_worse
    assert (found.level, found.rule) == (classify(DEFAULT_MATRIX, {**answers, **next_worse}).level, found.rule)
    for name in next_worse:  # a best answer that becomes unknown never makes it better
        best = DEFAULT_MATRIX.question(name).ids[0]
        assert not classify(DEFAULT_MATRIX, {**answers, name: best}).level.worse_than(found.level)

    possible = [one for one in EVERY if all(one[name] == told for name, told in answers.items() if told != UNKNOWN)]
    levels = {DEFAULT_MATRIX.first(one).level for one in possible}
    assert (found.best, found.worst) == (max(levels, key=lambda one: one.rank), min(levels, key=lambda one: one.rank))
    deciding = {
        one.id
        for one in DEFAULT_MATRIX.questions
        for known in possible
        if answers[one.id] == UNKNOWN
        and len({DEFAULT_MATRIX.first({**known, one.id: told}).level for told in one.ids}) > 1
    }
    assert {one.question for one in found.unknown} == deciding
    for unknown in found.unknown:
        for change in unknown.changes:
            then = classify(DEFAULT_MATRIX, {**answers, unknown.question: change.answer})
            assert (then.level, then.rule) == (change.level, change.rule)
            assert change.level is not found.level


def test_an_unknown_says_what_would_come_of_each_answer():
    found = classify(DEFAULT_MATRIX, {**FINE, "function": "unusable", "workaround": "none"})
    assert (found.level, found.rule, found.best, found.worst) == ("SEV2", "unusable-for-many", "SEV3", "SEV1")
    (users,) = found.unknown
    assert (users.question, users.assumed) == ("users", "many")
    assert [(one.answer, one.level) for one in users.changes] == [("few", "SEV3"), ("most", "SEV1")]


def test_two_unknowns_that_matter_only_together_are_both_open():
    found = classify(DEFAULT_MATRIX, {"harm": "suspected", "function": "works", "redundancy": "no"})
    assert found.level == "SEV2"
    assert found.unknown == ()  # suspected harm is SEV2 already, and nothing here is SEV1
    found = classify(DEFAULT_MATRIX, {"function": "works", "redundancy": "no"})
    changes = {one.question: [change.level for change in one.changes] for one in found.unknown}
    assert changes == {"harm": ["SEV1"], "sla": []}
    assert (found.best, found.worst) == ("SEV5", "SEV1")


def test_only_questions_that_can_still_change_the_level_are_asked():
    assert next_question(DEFAULT_MATRIX, {}).id == "harm"
    assert next_question(DEFAULT_MATRIX, {"harm": "confirmed"}) is None
    answers, asked = {}, []
    while (one := next_question(DEFAULT_MATRIX, answers)) is not None:
        asked.append(one.id)
        answers[one.id] = UNKNOWN if one.id == "sla" else one.ids[0]
    assert asked == ["harm", "function", "redundancy", "sla"]  # it works: how many, and another way, is all the same


@pytest.mark.parametrize(
    ("answers", "what", "remedy"),
    [
        ({"luck": "no"}, '"luck" is no question of the severity matrix', "its questions are harm, function"),
        ({"sla": "maybe"}, '"maybe" is no answer to sla', "say no, yes or unknown"),
    ],
)
def test_an_answer_that_the_matrix_does_not_have_is_refused(answers, what, remedy):
    with pytest.raises(BadAnswer) as caught:
        classify(DEFAULT_MATRIX, answers)
    assert caught.value.what == what
    assert caught.value.remedy.startswith(remedy)
    assert caught.value.question in answers


def test_answers_to_another_matrix_are_kept_as_far_as_this_one_has_them():
    kept, dropped = fitting(DEFAULT_MATRIX, {"harm": "no", "luck": "bad", "sla": "maybe", "old": UNKNOWN})
    assert (kept, dropped) == ({"harm": "no"}, ("luck", "sla"))


LAST = rule("rest", "SEV5")


@pytest.mark.parametrize(
    ("matrix", "path", "what"),
    [
        (Matrix(questions=(), rules=(LAST,)), ("questions",), "has 0 entries"),
        (Matrix(questions=AB, rules=()), ("rules",), "has 0 entries"),
        (Matrix(questions=(question("a", "low"),), rules=(LAST,)), ("questions", 0, "answers"), "has 1 answers"),
        (
            Matrix(questions=(*AB, question("a", "x", "y")), rules=(LAST,)),
            ("questions", 2, "id"),
            '"a" is there twice',
        ),
        (
            Matrix(questions=(question("a", "low", "low"),), rules=(LAST,)),
            ("questions", 0, "answers", 1, "id"),
            '"low" is there twice',
        ),
        (
            Matrix(questions=(question("a", "no", "unknown"),), rules=(LAST,)),
            ("questions", 0, "answers", 1, "id"),
            '"unknown" is an answer to every question already',
        ),
        (Matrix(questions=AB, rules=(LAST, LAST)), ("rules", 1, "id"), '"rest" is there twice'),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", c="x"), LAST)),
            ("rules", 0, "when", "c"),
            '"c" is no question',
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", b="yes maybe"), LAST)),
            ("rules", 0, "when", "b", 1),
            '"maybe" is no answer to b',
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", b="unknown"), LAST)),
            ("rules", 0, "when", "b", 0),
            "unknown is no condition: it counts as yes",
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", b=""), LAST)),
            ("rules", 0, "when", "b"),
            "lists no answer, so the rule could never hold",
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", b="yes"),)),
            ("rules", 0, "when"),
            "ends with r, which has conditions: some incidents would have no level",
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", a="mid high"), rule("s", "SEV2", a="high", b="yes"), LAST)),
            ("rules", 1),
            "s can never fire: r before it takes all it would",
        ),
        (
            Matrix(questions=AB, rules=(rule("r", "SEV1", b="yes"), rule("s", "SEV2", b="no"), LAST)),
            ("rules", 2),
            "rest can never fire: r, s before it take all it would",
        ),
    ],
)
def test_a_matrix_that_cannot_be_used_says_where_and_why(matrix, path, what):
    (fault,) = matrix_faults.faults(matrix)
    assert (fault.path, fault.what) == (path, what)
    assert fault.remedy


def test_a_matrix_in_which_worse_is_better_is_usable_and_says_so():
    upside_down = Matrix(questions=AB, rules=(rule("r", "SEV1", a="low", b="yes"), LAST))
    assert matrix_faults.faults(upside_down) == ()
    (warning,) = matrix_faults.warnings(upside_down)
    assert warning == "a worse answer gives a better level: a low can be SEV1 by r, high SEV5 by rest"


def test_a_matrix_made_to_be_intricate_is_refused_soon():
    questions = tuple(question(f"q{index}", "no", "yes", "sure") for index in range(12))
    rules = [
        Rule(
            id=f"r{index}",
            level=Severity.SEV2,
            when={f"q{one % 12}": ("yes", "sure") for one in range(index, index + 6)},
        )
        for index in range(12)
    ]
    (fault,) = matrix_faults.faults(Matrix(questions=questions, rules=(*rules, LAST)))
    assert fault.what == "is too intricate to be checked"


def test_a_matrix_is_data_that_survives_being_written_down():
    assert msgspec.json.decode(msgspec.json.encode(DEFAULT_MATRIX), type=Matrix) == DEFAULT_MATRIX
