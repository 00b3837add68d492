"""What reports have in common: duplicates, clusters, and when an incident should be declared."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.clusters import NudgeRule, Relation, Similar, asking, nudge, suggestions
from incidentd.domain.likeness import Facts, likeness

NOW = datetime(2026, 11, 27, 18, 10, tzinfo=UTC)
TEXTS = {
    "flags": ("Flags do not load", "Since 18:05 our feature flags do not load, the SDK logs 429 Too Many Requests."),
    "quota": ("429 from /flags", "Hi team, we see HTTP 429 on every call of the flags endpoint. Thanks, Bob"),
    "broken": ("feature flags not loading", "Our feature flags stopped loading. Is something broken on your side?"),
    "invoice": ("Invoice question", "Hello, I would like to know why my invoice for September is higher. Thanks"),
    "login": ("Cannot log in", "Hi team, I cannot log in with my account since this morning. Thanks, Ann"),
}
WRITTEN = st.text("aab12 \n_é\0漢", max_size=200)


def report(number: int, words: str, **more) -> Facts:
    subject, body = TEXTS[words]
    values = {"id": number, "subject": subject, "text": body, "sender": f"{number}@example.org", "at": NOW}
    return Facts(**{**values, **more})


def found(one: Facts, *others: Facts) -> dict[int, Relation]:
    return {each.id: each.relation for each in suggestions(one, others, Similar())}


def test_other_words_about_one_thing_are_a_cluster_and_other_things_are_none():
    others = [report(2, "broken"), report(3, "invoice"), report(4, "login")]
    assert found(report(1, "flags"), *others) == {2: Relation.CLUSTER}
    assert found(report(3, "invoice"), report(4, "login")) == {}


def test_one_service_makes_few_words_enough_but_is_not_enough_itself():
    one, other = report(1, "broken", service="flags"), report(2, "quota", service="flags")
    assert found(one, other) == {2: Relation.CLUSTER}
    (suggested,) = suggestions(one, [other], Similar())
    assert "same service (flags)" in suggested.reasons
    assert any(reason.startswith("both say") and "flags" in reason for reason in suggested.reasons)
    assert found(report(1, "invoice", service="flags"), report(2, "quota", service="flags")) == {}


def test_one_feature_of_one_service_is_a_cluster_whatever_is_said():
    same = {"service": "web", "tags": {"feature": "export"}}
    assert found(report(1, "invoice", **same), report(2, "login", **same)) == {2: Relation.CLUSTER}


def test_another_service_or_feature_speaks_against_it():
    assert found(report(1, "flags", service="a"), report(2, "broken", service="b")) == {}
    other = report(2, "broken", tags={"feature": "b"})
    assert found(report(1, "flags", tags={"feature": "a"}), other) == {}


def test_the_same_text_or_the_same_reporter_is_a_duplicate():
    assert found(report(1, "flags"), report(2, "flags")) == {2: Relation.DUPLICATE}
    again = report(2, "broken", sender="1@example.org")
    assert found(report(1, "flags"), again) == {2: Relation.DUPLICATE}


def test_few_words_about_one_service_of_different_reporters_are_no_duplicate():
    one, other = (
        report(number, "flags", subject=subject, text=text, service="flags")
        for number, subject, text in ((1, "Flags do not load", "429"), (2, "429 from /flags", "HTTP 429 on every call"))
    )
    (suggested,) = suggestions(one, [other], Similar())
    assert suggested.score >= Similar().duplicate
    assert suggested.relation is Relation.CLUSTER


def test_what_was_long_ago_is_not_suggested():
    assert found(report(1, "flags"), report(2, "flags", at=NOW - timedelta(hours=25))) == {}


def test_numbers_are_the_same_or_others():
    one, other = (Facts(id=n, subject=f"error {code}", text="", at=NOW) for n, code in ((1, 4290), (2, 4291)))
    assert likeness(one, other).score < likeness(one, one).score == 100


@given(WRITTEN, WRITTEN)
@settings(max_examples=25)
def test_any_text_is_compared_and_a_text_with_words_is_like_itself(first, second):
    one, other = (Facts(id=n, subject="", text=text, at=NOW) for n, text in ((1, first), (2, second)))
    assert 0 <= likeness(one, other).score <= 100
    assert likeness(one, one).score in (0, 100)


def asked(one: Facts, *others: Facts, **rule):
    return nudge(one, others, found(one, *others), NudgeRule(**rule))


def test_two_reporters_in_one_cluster_ask_for_an_incident():
    said = asked(report(2, "broken"), report(1, "flags"), report(3, "invoice"))
    assert said.reports == (1, 2)
    assert "2 reports" in said.why
    assert asked(report(1, "flags")) is None
    assert asked(report(1, "flags"), report(3, "invoice")) is None


def test_one_reporter_who_writes_twice_asks_for_none():
    assert asked(report(2, "flags"), report(1, "flags", sender="2@example.org")) is None


def test_reports_that_are_far_apart_ask_for_none():
    assert asked(report(2, "flags"), report(1, "flags", at=NOW - timedelta(hours=3))) is None


def test_two_teams_about_one_service_ask_for_an_incident_whatever_they_say():
    one = report(1, "login", service="auth", team="billing")
    said = asked(one, report(2, "invoice", service="auth", team="search"))
    assert said.reports == (1, 2)
    assert said.why == "2 teams report about auth: billing, search"
    assert asked(one, report(2, "invoice", service="auth", team="billing")) is None
    assert asked(one, report(2, "invoice", service="web", team="search")) is None


SOME = st.lists(
    st.tuples(
        st.sampled_from(sorted(TEXTS)), st.sampled_from(("a", "b", "c")), st.sampled_from(("", "flags", "web")),
        st.sampled_from(("", "billing", "search")), st.integers(0, 180),
    ),
    max_size=7,
)  # fmt: skip


@given(SOME, st.integers(2, 3))
@settings(max_examples=25)
def test_of_many_those_ask_whose_own_nudge_asks(given_ones, threshold):
    facts = [
        report(number, words, sender=sender, service=service, team=team, at=NOW + timedelta(minutes=after))
        for number, (words, sender, service, team, after) in enumerate(given_ones, 1)
    ]
    rule = NudgeRule(reports=threshold)
    one_by_one = {one.id for one in facts if nudge(one, facts, found(one, *facts), rule) is not None}
    assert asking(facts, Similar(), rule) == one_by_one


@pytest.mark.parametrize("count", [2, 5])
def test_a_higher_threshold_waits_for_more(count):
    others = [report(number, "flags") for number in range(2, count)]
    assert asked(report(1, "flags"), *others, reports=count) is None
    assert asked(report(1, "flags"), *others, report(9, "broken"), reports=count) is not None
