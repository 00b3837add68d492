"""Line numbers of keys: checked against what tomllib reads, on any document."""

import string
import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.toml_lines import key_lines, line_of

TEXT = '''# a comment with [brackets] and "quotes
title = "a # b"
[people.ada]  # here
name = 'x = "y"'
"odd key".inner = 1
long = """
[not.a.table]
key = 1
"""
contacts = [
  { notifier = "log", address = "}" },  # ]
  { notifier = "phone",
    address = 'x' },
]

[[route.routes]]
match = ["a=b", "c=d"]
[[route.routes.routes]]
x = 1979-05-27T07:32:00Z
[route.routes.deep]
y = 1
[[route.routes]]
match = []
'''


def test_a_document_by_hand():
    tomllib.loads(TEXT.replace(",\n    address", ", address"))
    lines = key_lines(TEXT)
    assert lines[("title",)] == 2
    assert lines[("people", "ada")] == 3
    assert lines[("people", "ada", "name")] == 4
    assert lines[("people", "ada", "odd key", "inner")] == 5
    assert lines[("people", "ada", "contacts", 0, "address")] == 11
    assert lines[("people", "ada", "contacts", 1, "notifier")] == 12
    assert lines[("people", "ada", "contacts", 1, "address")] == 13
    assert lines[("route", "routes", 0)] == 16
    assert lines[("route", "routes", 0, "match", 1)] == 17
    assert lines[("route", "routes", 0, "routes", 0, "x")] == 19
    assert lines[("route", "routes", 0, "deep", "y")] == 21
    assert lines[("route", "routes", 1, "match")] == 23
    assert ("not", "a", "table") not in lines


@pytest.mark.parametrize("quotes", ['"', '""', "'", "''"])
def test_quotes_before_the_end_of_a_long_string(quotes):
    mark = quotes[0] * 3
    text = f"a = {mark}x{quotes}{mark}\nb = 1"
    assert tomllib.loads(text)["b"] == 1
    assert key_lines(text) == {("a",): 1, ("b",): 2}


def test_what_is_missing_has_the_line_of_what_is_around_it():
    lines = key_lines("[a]\nb = 1\n")
    assert line_of(lines, ("a", "c", 3)) == 1
    assert line_of(lines, ("z",)) == 0


words = st.text(string.ascii_letters + " .#[]{}'\"=\\\n☃", max_size=8)
keys = st.text(string.ascii_letters + string.digits + "-_ .#[]'", min_size=1, max_size=6)
scalars = st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False), words, st.datetimes(), st.dates())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=12,
)


def paths(value, prefix=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*prefix, key)
        yield from paths(inner, (*prefix, key))


@given(st.dictionaries(keys, values, max_size=5), st.booleans())
def test_every_key_of_any_document_has_a_line(document, multiline):
    text = tomli_w.dumps(document, multiline_strings=multiline)
    lines = key_lines(text)
    written = text.split("\n")
    for path in paths(tomllib.loads(text)):
        line = line_of(lines, path)
        assert path in lines
        assert 1 <= line <= len(written)
        if isinstance(path[-1], str) and path[-1].isalnum():
            assert path[-1] in written[line - 1]
    assert set(lines) <= set(paths(tomllib.loads(text)))
