"""The texts that people are written: bounded, inert, the cause first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.messages import group_body, group_title, manual_body, update_body

HOSTILE = ["\x1b[31mred", "\u202eltr", "a\nb", "\ud800", "\x00", "[/nope]", "e" + "\u0301" * 50, "\U000e0041" * 60]
anything = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.text(min_size=200, max_size=400))
BAD = {chr(code) for code in range(32)} - {"\n"} | {"\x7f", "\x9b", "\u202e", "\ud800", "\U000e0041"}


def test_a_title_names_the_severity_the_cause_the_service_and_how_many_more():
    names = [("HighErrorRate", "7 % of requests fail"), ("b", ""), ("c", "")]
    title = "[critical] HighErrorRate: 7 % of requests fail · shop (+2)"
    assert group_title(names, "shop", "critical") == title
    assert group_title([("disk", "disk")], "shop", "") == "disk · shop"


@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=3), anything, anything)
def test_a_title_is_one_line_of_at_most_250_inert_characters(names, service, severity):
    title = group_title(names, service, severity)
    assert len(title) <= 250
    assert "\n" not in title
    assert not BAD & set(title)


@pytest.mark.parametrize("count", [2, 11, 501, 10**6])
def test_the_longest_title_still_ends_with_its_count(count):
    title = group_title([("n" * 999, "s" * 999)] * count, "\u202e" * 999, "\u202e" * 999)
    assert len(title) <= 250
    assert title.endswith(f"(+{count - 1})")


@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=30), st.dictionaries(anything, anything), anything)
def test_a_body_is_bounded_and_inert(names, labels, link):
    body = group_body(names, labels, [link, ""])
    assert len(body) < 8000
    assert not BAD & set(body)
    assert body.count("\n- ") < 12


def test_a_body_lists_ten_and_counts_the_rest():
    body = group_body([(f"n{n}", "") for n in range(12)], {"b": "2", "a": "1", "none": ""}, ["https://run.book", ""])
    lines = body.split("\n")
    assert lines[0] == "- n0"
    assert lines[10:] == ["- and 2 more", "", "Shared: a=1, b=2", "See https://run.book"]


def test_an_update_says_what_is_new_else_that_it_still_fires():
    assert update_body([("b", "full")], 2, "") == "1 more in this group, 2 firing in all:\n- b: full"
    assert update_body([], 1, "") == "Still firing: 1 alert."
    assert update_body([], 3, "ada\x1b") == "Still firing: 3 alerts.\nAcknowledged by ada␛."


def test_a_page_by_hand_names_its_sender():
    assert manual_body("look\x1b", "ada") == "look␛\nSent by ada."
    assert manual_body("", "ada") == "Sent by ada."
