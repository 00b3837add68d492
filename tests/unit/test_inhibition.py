"""Inhibition held against the definition in Alertmanager's documentation."""

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.inhibition import Firing, InhibitRule, inhibited
from incidentd.domain.matchers import Matcher, Op, matches_all, parse_matcher


def rule(source, target, *equal):
    return InhibitRule(source=(parse_matcher(source),), target=(parse_matcher(target),), equal=equal)


def find(rules, target, *others):
    return inhibited(rules, [target], lambda _: [target, *others]).get(target.id)


DOWN = rule("alertname=Down", "severity=warning", "cluster")


def test_a_source_with_equal_labels_inhibits():
    found = find(
        [DOWN], Firing(1, {"severity": "warning", "cluster": "a"}), Firing(2, {"alertname": "Down", "cluster": "a"})
    )
    assert found is not None
    assert found.by == 2
    assert str(found.rule) == '{alertname="Down"} over {severity="warning"}'


def test_another_value_of_an_equal_label_does_not():
    assert find([DOWN], Firing(1, {"severity": "warning"}), Firing(2, {"alertname": "Down", "cluster": "a"})) is None


def test_missing_and_empty_are_the_same():
    assert find([DOWN], Firing(1, {"severity": "warning"}), Firing(2, {"alertname": "Down", "cluster": ""})) is not None


def test_an_alert_never_inhibits_itself_nor_its_equals():
    both = rule("severity=~w.*", "severity=warning")
    assert find([both], Firing(1, {"severity": "warning"})) is None
    assert find([both], Firing(1, {"severity": "warning"}), Firing(2, {"severity": "warning"})) is None
    assert find([both], Firing(1, {"severity": "warning"}), Firing(2, {"severity": "worse"})) is not None


NAMES = st.sampled_from(["alertname", "cluster", "severity"])
LABELS = st.dictionaries(NAMES, st.sampled_from(["", "a", "b"]))
MATCHERS = st.lists(
    st.builds(Matcher, NAMES, st.sampled_from(list(Op)), st.sampled_from(["a", "b", "a|b"])), max_size=2
)
RULES = st.builds(
    lambda source, target, equal: InhibitRule(source=tuple(source), target=tuple(target), equal=tuple(equal)),
    MATCHERS,
    MATCHERS,
    st.lists(NAMES, unique=True, max_size=2),
)


def by_definition(rules, target, firing):
    for one in rules:
        if not matches_all(one.target, target.labels):
            continue
        for source in firing:
            if not matches_all(one.source, source.labels):
                continue
            if any(source.labels.get(name, "") != target.labels.get(name, "") for name in one.equal):
                continue
            both = matches_all(one.source, target.labels) and matches_all(one.target, source.labels)
            if not both:
                return True
    return False


@given(st.lists(RULES, max_size=3), st.lists(LABELS, max_size=6))
def test_as_defined(rules, drawn):
    firing = [Firing(number, labels) for number, labels in enumerate(drawn)]
    found = inhibited(rules, firing, lambda _: firing)
    assert set(found) == {one.id for one in firing if by_definition(rules, one, firing)}
    assert all(one != reason.by for one, reason in found.items())
