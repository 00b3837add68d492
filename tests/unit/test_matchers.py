"""Label matchers: Alertmanager's notation, anchored RE2, and hostile patterns."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.matchers import BadMatcher, Matcher, Op, matches, matches_all, parse_matcher


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("a=b", Matcher("a", Op.EQUAL, "b")),
        (" a != b ", Matcher("a", Op.NOT_EQUAL, "b")),
        ("a=~b|c", Matcher("a", Op.MATCH, "b|c")),
        ('a!~"b c"', Matcher("a", Op.NOT_MATCH, "b c")),
        ('a="x\\"y\\\\z\\n"', Matcher("a", Op.EQUAL, 'x"y\\z\n')),
        ('a=~"x\\.y\\d"', Matcher("a", Op.MATCH, r"x\.y\d")),  # Alertmanager keeps such a backslash
        ("a=", Matcher("a", Op.EQUAL, "")),
        ("a==b", Matcher("a", Op.EQUAL, "=b")),
        ("k8s.io/name=x", Matcher("k8s.io/name", Op.EQUAL, "x")),
    ],
)
def test_notation(text, matcher):
    assert parse_matcher(text) == matcher


@pytest.mark.parametrize("text", ["", "a", "=b", "1a=b", "a b=c", "a=~(", "a=~x)|(y", "a=~(?<=x)", "a=~" + "x" * 2001])
def test_what_is_no_matcher_says_what_was_expected(text):
    with pytest.raises(BadMatcher, match=r"write name=value|no RE2 pattern: \w|longer than"):
        parse_matcher(text)


@given(st.text(), st.sampled_from([Op.EQUAL, Op.NOT_EQUAL]))
def test_a_matcher_reads_back_what_it_writes(value, op):
    assert parse_matcher(str(Matcher("label", op, value))) == Matcher("label", op, value)


@pytest.mark.parametrize(
    ("text", "labels", "result"),
    [
        ("a=b", {"a": "b"}, True),
        ("a=b", {}, False),
        ("a=", {}, True),
        ("a!=b", {}, True),
        ("a=~b", {"a": "bb"}, False),
        ("a=~b|c", {"a": "xc"}, False),
        ("a=~b|c", {"a": "bx"}, False),
        ("a=~.*", {}, True),
        ("a!~b.*", {"a": "bcd"}, False),
        ("a!~b", {"a": "abc"}, True),
        ("a=~b", {"a": "b\n"}, False),
    ],
)
def test_matching(text, labels, result):
    assert matches(parse_matcher(text), labels) is result


def test_all_conditions_must_hold():
    both = [parse_matcher("a=b"), parse_matcher("c!=d")]
    assert matches_all(both, {"a": "b"})
    assert not matches_all(both, {"a": "b", "c": "d"})
    assert matches_all([], {})


def test_a_pattern_cannot_take_the_daemon_down():
    began = time.perf_counter()
    assert not matches(parse_matcher("a=~(a+)+$"), {"a": "a" * 50_000 + "b"})
    assert time.perf_counter() - began < 1


@given(st.text(alphabet=st.characters(), max_size=20))
def test_any_label_value_can_be_matched(value):
    """Lone surrogates included: an alert must be routed, whatever it holds."""
    assert matches(Matcher("a", Op.MATCH, "(?s).*"), {"a": value})
    assert not matches(Matcher("a", Op.NOT_MATCH, "(?s).*"), {"a": value + "\ud800"})


def test_a_broken_pattern_says_how_to_mend_it_and_other_text_leaves_that_to_the_caller():
    with pytest.raises(BadMatcher) as pattern:
        parse_matcher("host=~db[")
    assert pattern.value.remedy.startswith("mend the pattern")
    with pytest.raises(BadMatcher) as other:
        parse_matcher("host")
    assert other.value.remedy == ""
