"""An edit of the severity matrix: what it changes, and which past incidents it would classify otherwise."""

from msgspec.structs import replace

from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.matrix_diff import differences
from incidentd.domain.matrix_replay import Past, replay
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Answer, Matrix, Rule


def edited(*, rules=None, questions=None):
    return Matrix(
        questions=DEFAULT_MATRIX.questions if questions is None else questions,
        rules=DEFAULT_MATRIX.rules if rules is None else rules,
    )


def told(old, new):
    return [(one.part, one.id, one.edit.value, one.details) for one in differences(old, new)]


def test_no_edit_is_no_difference():
    assert differences(DEFAULT_MATRIX, DEFAULT_MATRIX) == ()


def test_rules_that_are_added_removed_changed_and_moved_are_told_apart():
    rules = list(DEFAULT_MATRIX.rules)
    sla = rules.pop(3)
    rules[1] = replace(rules[1], level=Severity.SEV2, when={**rules[1].when, "users": ("many", "most")})
    del rules[-2]
    rules.insert(0, Rule(id="mine", level=Severity.SEV1, when={"sla": ("yes",), "harm": ("suspected",)}))
    rules.insert(7, sla)
    assert told(DEFAULT_MATRIX, edited(rules=tuple(rules))) == [
        ("rule", "workaround", "removed", ()),
        ("rule", "mine", "added", ("to the top",)),
        ("rule", "unusable-for-most", "changed", ("level: SEV1 → SEV2", "users: most → many or most")),
        ("rule", "sla-broken", "moved", ("after unusable",)),
    ]


def test_what_changes_in_a_question_is_said_also_what_unknown_counts_as():
    harm, *others = DEFAULT_MATRIX.questions
    answers = (harm.answers[0], Answer(id="rumoured", text="rumoured"), replace(harm.answers[2], text="it is so"))
    questions = (*others, replace(harm, text="Harm?", answers=answers))
    assert told(DEFAULT_MATRIX, edited(questions=questions)) == [
        (
            "question",
            "harm",
            "changed",
            (
                "asks: Is data lost or exposed, or is a weakness being exploited? → Harm?",
                "answer suspected is gone",
                "new answer rumoured: rumoured",
                "answer confirmed: confirmed → it is so",
                "unknown counts as suspected → rumoured",
            ),
        ),
        ("question", "harm", "moved", ("after sla",)),
    ]
    assert told(edited(questions=questions), edited(questions=questions[:-1]))[0][:3] == ("question", "harm", "removed")


def past(incident_id, level, **answers):
    known = {"harm": "no", "redundancy": "no", "sla": "no", **answers}
    return Past(
        incident_id=incident_id,
        title=f"number {incident_id}",
        answers=known,
        level=Severity(level),
        severity=Severity(level),
    )


def test_past_incidents_whose_level_an_edit_changes_are_listed_and_the_others_counted():
    history = [
        past(1, "SEV3", function="unusable", workaround="none", users="few"),
        past(2, "SEV5", function="works"),
        past(3, "SEV1", function="unusable", workaround="none", users="most"),
        past(4, "SEV3", function="unusable", workaround="none", users=UNKNOWN),
    ]
    rules = tuple(
        replace(one, level=Severity.SEV2) if one.id == "unusable" else one
        for one in DEFAULT_MATRIX.rules
        if one.id != "unusable-for-many"
    )
    found = replay(history, DEFAULT_MATRIX, edited(rules=rules))
    (one,) = found.changed
    assert (one.incident_id, one.before, one.after) == (1, "SEV3", "SEV2")
    assert (one.rule_before, one.rule_after, one.lost) == ("unusable", "unusable", ())
    assert (found.same_level, found.other_rule) == (3, 1)  # of number 4 only the rule is another


def test_answers_that_the_edited_matrix_lacks_count_as_unknown_and_are_named():
    users = next(one for one in DEFAULT_MATRIX.questions if one.id == "users")
    finer = replace(users, answers=(*users.answers[:2], Answer(id="all", text="all of them")))
    questions = tuple(finer if one.id == "users" else one for one in DEFAULT_MATRIX.questions)
    rules = tuple(
        replace(
            one, when={name: tuple("all" if a == "most" else a for a in listed) for name, listed in one.when.items()}
        )
        for one in DEFAULT_MATRIX.rules
    )
    (one,) = replay(
        [past(3, "SEV1", function="unusable", workaround="none", users="most", gone=UNKNOWN)],
        DEFAULT_MATRIX,
        edited(rules=rules, questions=questions),
    ).changed
    assert (one.before, one.after, one.lost) == ("SEV1", "SEV2", ("users",))
