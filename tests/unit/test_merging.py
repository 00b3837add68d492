"""Two people and one text: what each changed, and one text with both."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.merging import merge, word_diff

BASE = "Card payments fail at checkout since 14:05"
TEXT = st.text(alphabet="ab \n", max_size=24)


def test_changes_in_different_places_are_joined():
    mine = "Card payments fail at checkout in Europe since 14:05"
    theirs = "All payments fail at checkout since 14:05"
    merged = merge(BASE, mine, theirs)
    assert (merged.text, merged.collides) == ("All payments fail at checkout in Europe since 14:05", False)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Card payments fail at checkout since 14:02", "Card payments fail at checkout since 13:59"),
        (BASE + ", all regions", BASE + ". We roll back."),
        ("", "Card payments fail"),
    ],
)
def test_where_they_collide_mine_stands_and_it_is_said(mine, theirs):
    merged = merge(BASE, mine, theirs)
    assert merged.collides
    assert merged.text == mine


def test_the_same_change_by_both_is_one():
    assert merge(BASE, "All is well", "All is well") == merge(BASE, "All is well", BASE)


def test_a_diff_is_of_whole_words():
    assert word_diff("fails since 14:05", "fails badly since 14:02") == [
        ("same", "fails"),
        ("added", " badly"),
        ("same", " since "),
        ("removed", "14:05"),
        ("added", "14:02"),
    ]


@given(TEXT, TEXT)
@settings(max_examples=25)
def test_a_diff_loses_no_letter(old, new):
    runs = word_diff(old, new)
    assert "".join(text for op, text in runs if op != "added") == old
    assert "".join(text for op, text in runs if op != "removed") == new


@given(TEXT, TEXT)
@settings(max_examples=25)
def test_who_changed_nothing_collides_with_nobody(base, changed):
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert not merge(base, base, changed).collides
