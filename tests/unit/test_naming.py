"""Who a text names."""

import pytest

from incidentd.domain.naming import Mention, mentions, names_of, names_somebody
from incidentd.domain.people import Person, Roster

ROSTER = Roster(
    people={
        one.handle: one
        for one in (
            Person(handle="ada", name="Ada Lovelace"),
            Person(handle="mark.b", name="Mark Bell"),
            Person(handle="zoe", name="Zoë Ünal"),
            Person(handle="lin", name="Li Na"),
        )
    }
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ada rolled it back", ("ada",)),
        ("ADA'S change, then @ada again", ("ada",)),
        ("Lovelace was asleep; ada/lin took over", ("ada", "lin")),
        ("mark.b merged it", ("mark.b",)),
        ("Mark merged it", ("mark.b",)),
        ("mark it as done: no bell rang", ()),
        ("li na and ZOË ÜNAL", ("lin", "zoe")),
        ("Zoe\u0308 was there", ("zoe",)),
        ("Li saw nothing", ()),  # two letters are too few to stand for somebody
        ("the host ada.example, pre-ada and ada_1", ()),
        ("canada, adaptive, linear", ()),
        ("mail to ada@shop.example", ()),
        ("it ended with ada. Then", ("ada",)),
        ("", ()),
        ("\u202eada\u200b", ("ada",)),
    ],
)
def test_a_text_names_people_by_whole_words(text, named):
    assert names_somebody(text, ROSTER) == named


def test_the_places_are_those_of_the_text_and_the_longest_name_wins():
    text = "Was it Ada Lovelace's, or ada's?"
    found = mentions(text, names_of(ROSTER))
    assert found == (Mention(7, 19, "ada"), Mention(26, 29, "ada"))
    assert [text[one.start : one.end] for one in found] == ["Ada Lovelace", "ada"]


def test_nobody_is_named_by_an_empty_roster_and_a_long_text_is_read_quickly():
    assert names_somebody("ada", Roster()) == ()
    assert len(mentions("ada-" * 50_000 + " ada", names_of(ROSTER))) == 1
