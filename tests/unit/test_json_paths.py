from __future__ import annotations

import pytest

from incidentd.plugin.json_paths import MISSING, parse_path

DOCUMENT = {"a": {"b": [{"c": "deep"}, None]}, "x.y": {"/": 1}, "": {"": 2}, "flag": False, "zero": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b.0.c", "deep"),
        ("/a/b/0/c", "deep"),
        ("/x.y/~1", 1),
        ("//", 2),
        ("flag", False),
        ("zero?", 0),
        ("a.b.1", MISSING),
        ("a.b.2", MISSING),
        ("a.b.-1", MISSING),
        ("a.b.c", MISSING),
        ("a.b.²", MISSING),
        ("nowhere.at.all", MISSING),
        ("flag.x", MISSING),
    ],
)
def test_find(text: str, value: object) -> None:
    assert parse_path(text).find(DOCUMENT, {}) == value


def test_from_root() -> None:
    assert parse_path("$.a.b.0.c").find({}, DOCUMENT) == "deep"
    assert parse_path("$/x.y/~1").find({}, DOCUMENT) == 1
    assert parse_path("$").find({}, DOCUMENT) is DOCUMENT
    assert parse_path("a").find({}, DOCUMENT) is MISSING


def test_the_mark_for_optional_is_no_part_of_the_path() -> None:
    assert parse_path("a.b?").optional
    assert parse_path("a.b?").parts == ("a", "b")
    assert not parse_path("a.b").optional


@pytest.mark.parametrize("text", ["", "?", " ", "a..b", ".a", "a.", "a." * 40 + "b", "a." + "9" * 10])
def test_bad_paths_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"path|part"):
        parse_path(text)
