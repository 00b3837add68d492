"""What is searched, where in a text it stands, and what people cite."""

import pytest

from incidentd.domain.citations import citations, named
from incidentd.domain.library_figures import Facts, figures
from incidentd.domain.snippets import searched, snippet


def test_words_are_letters_and_digits_each_once():
    assert searched('Load-balancer "503" load_x %') == ("load", "balancer", "503", "x")
    assert searched("ÄRGER 日本") == ("ärger", "日本")
    assert searched("- % _") == ()


def test_a_snippet_is_plain_text_with_the_places_of_words_that_begin_so():
    found = snippet("The *health*-check\n timed out; unhealthy hosts", ("health", "time"))
    assert found.text == "The *health*-check timed out; unhealthy hosts"
    assert [found.text[begin:end] for begin, end in found.hits] == ["health", "timed"]
    assert snippet("a\x1b[31m b", ()).hits == ()


def test_a_long_text_is_cut_around_the_first_word():
    text = "x " * 300 + "the balancer failed " + "y " * 300
    found = snippet(text, ("balancer",))
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert [found.text[begin:end] for begin, end in found.hits] == ["balancer"]
    assert len(found.text) <= 244
    assert len(snippet("balancer " * 500, ("balancer",)).hits) <= 50


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("as INC-3 and F-12, L-4.", ["review:3", "factor:12", "learning:4"]),
        ("INC-7 itself, L-4 and L-4 again", ["learning:4"]),
        ("XINC-3 F-0 L-4x PDF-3 A-4 inc-3 F-12-3", []),
    ],
)
def test_what_is_cited_is_found_once_and_never_the_incident_itself(text, subjects):
    assert [one.subject for one in citations([text], own=7)] == subjects
    assert [named(one) for one in subjects] == [named(one.subject) for one in citations([text], own=7)]


def test_figures_of_nothing_are_none_of_none():
    assert all((one.n, one.of or 0, one.spread) == (0, 0, None) for one in figures(Facts()))
