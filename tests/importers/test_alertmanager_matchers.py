"""Matchers in both of Alertmanager's syntaxes; the classic cases follow its pkg/labels/parse_test.go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.matchers import BadMatcher, Matcher, Op, parse_matcher
from incidentd.importers.alertmanager_matchers import carried, parse_matchers

E, N, M, X = Op.EQUAL, Op.NOT_EQUAL, Op.MATCH, Op.NOT_MATCH


@pytest.mark.parametrize(
    ("text", "matchers"),
    [
        ('{foo="bar"}', [("foo", E, "bar")]),
        ("foo=~bar.*", [("foo", M, "bar.*")]),
        ('{ foo = "bar" }', [("foo", E, "bar")]),
        ("foo!=bar", [("foo", N, "bar")]),
        ('foo="bar", bar!="baz"', [("foo", E, "bar"), ("bar", N, "baz")]),
        ("foo=bar, bar=~baz,", [("foo", E, "bar"), ("bar", M, "baz")]),
        ('foo="bar,bar2", x!~"a{1,2}"', [("foo", E, "bar,bar2"), ("x", X, "a{1,2}")]),
        (r'foo="bar\"b\\z\nq"', [("foo", E, 'bar"b\\z\nq')]),
        (r'job=~"a\.b\d"', [("job", M, r"a\.b\d")]),  # a spurious escape is a backslash
        (r"job=~a\.b", [("job", M, r"a\.b")]),
        (r'foo="bar\\"', [("foo", E, "bar\\")]),
        ('foo=""', [("foo", E, "")]),
        ("foo=", [("foo", E, "")]),
        ("foo=a=b", [("foo", E, "a=b")]),
        ('"foo"="bar"', [("foo", E, "bar")]),  # since 0.27
        ('"foo.bar/x"=~"a|b"', [("foo.bar/x", M, "a|b")]),
        ("", []),
        ("{}", []),
    ],
)
def test_good_ones(text, matchers):
    found = parse_matchers(text)
    assert found == [Matcher(*one) for one in matchers]
    assert [parse_matcher(str(one)) for one in found] == found, "incidentd reads back what is written"


@pytest.mark.parametrize(
    "text", ["foo", "=bar", 'foo="bar', 'foo=bar"', 'foo="a"b"', "foo=~(", '"ü"=x', "a b=c", 'foo="bar" baz="q"']
)
def test_bad_ones(text):
    with pytest.raises(BadMatcher):
        parse_matchers(text)


@given(st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,10}", fullmatch=True), st.sampled_from([E, N]), st.text(max_size=30))
def test_what_alertmanager_prints_is_read_as_it_was(name, op, value):
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    assert parse_matchers(f'{name}{op.value}"{escaped}"') == [carried(name, op, value)]
