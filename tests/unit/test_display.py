"""The display sanitiser: nothing that comes out can steer a terminal or reorder text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.display import safe_line, safe_text

any_text = st.text(alphabet=st.characters())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode ☃ 日本", "plain ünïcode ☃ 日本"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x9b31m", "<U+009B>31m"),
        ("\x7f\x00", "␡␀"),
        ("a\u202eb\u2066c", "a<U+202E>b<U+2066>c"),
        ("\u200b\ufeff", "<U+200B><U+FEFF>"),
        ("\ud800", "<U+D800>"),
        ("\U000e0041", "<U+E0041>"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("[bold]x[/nope]", "[bold]x[/nope]"),
    ],
)
def test_what_acts_becomes_visible(text, shown):
    assert safe_text(text) == shown


def test_line_breaks_stay_in_a_text_and_not_in_a_line():
    assert safe_text("a\tb\nc") == "a\tb\nc"
    assert safe_line("a\tb\nc\r\nd") == "a b c d"


def test_marks_cannot_pile_up():
    assert safe_text("e" + "\u0301" * 50) == "e" + "\u0301" * 3


@pytest.mark.parametrize(("limit", "shown"), [(5, "abcde"), (4, "abc…"), (1, "…"), (None, "abcde")])
def test_a_line_is_cut(limit, shown):
    assert safe_line("abcde", limit) == shown


# Format characters of category Cf that have a shape of their own: number signs of Arabic, Syriac and Kaithi.
SHAPED = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def test_no_character_that_acts_comes_through():
    """Every code point there is."""
    acting = {
        char
        for char in map(chr, range(0x110000))
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and safe_text(char) == char
    }
    assert acting == {"\n", "\t"} | SHAPED


def test_no_text_hides_in_variation_selectors():
    assert safe_text("\U000e0100\U000e01ef") == "<U+E0100><U+E01EF>"
    assert safe_text("☃" + "\ufe0f\ufe00" * 40) == "☃\ufe0f\ufe00\ufe0f"


@given(any_text)
def test_what_comes_out_can_be_encoded(text):
    safe_text(text).encode()  # a lone surrogate raises


@given(any_text)
def test_showing_twice_changes_nothing(text):
    assert safe_text(safe_text(text)) == safe_text(text)


@given(any_text, st.integers(1, 40))
def test_a_line_keeps_its_limit(text, limit):
    shown = safe_line(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
