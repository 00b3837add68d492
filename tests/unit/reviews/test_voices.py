"""Who people are in the document of a review."""

import pytest

from incidentd.domain.people import Person, Roster
from incidentd.domain.review_voices import Voices

NAMES = {
    "ada": "Ada Lovelace",
    "lin": "Lin Page",
    "will": "Will Stone",
    "lars": "Lars Muster",
    "x1": "Grace Murray Hopper",
}
PEOPLE = Roster(people={handle: Person(handle=handle, name=name) for handle, name in NAMES.items()})


@pytest.fixture
def voices(scene):
    held = [
        scene.role(1, "responder", "ada", 1),
        scene.role(2, "mitigation_lead", "ada", 3),
        scene.role(3, "responder", "lin", 2),
        scene.role(4, "responder", "lars", 4),
        scene.role(5, "mitigation_lead", "will", 9),
    ]
    return lambda **options: Voices(held, PEOPLE, options.pop("names", "roles"), **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ada restarted it", "The mitigation lead restarted it"),
        ("we asked ada", "we asked the mitigation lead"),
        ("it was ada's call. Ada's, not ours", "it was the mitigation lead's call. The mitigation lead's, not ours"),
        ("@Ada and ADA", "The mitigation lead and the mitigation lead"),
        ("from ada@example.org, Ada  Lovelace", "from the mitigation lead, the mitigation lead"),
        ("Lars' and Lars’ notes", "A responder's and a responder's notes"),
        ("adamant x.ada ada-lib lin-1 db/ada", "adamant x.ada ada-lib lin-1 db/ada"),
        ("Page acknowledged. The page of Mr Page", "Page acknowledged. The page of Mr a responder"),
        ("Will it hold? It will. We saw Will, @will", "Will it hold? It will. We saw the mitigation lead, "
         "the mitigation lead"),
        ("thanks to Grace Murray Hopper", "thanks to a colleague"),
        ("- lars\n- lin", "- A responder\n- Responder 2"),
    ],
)  # fmt: skip
def test_names_become_roles_word_by_word(voices, text, said):
    assert voices().said(text) == said


def test_everybody_keeps_their_words_through_the_whole_text(voices):
    asked = voices()
    assert [asked.of(one) for one in ("ada", "will", "lin", "lars", "x1", "sam", "ada", "lin", "system", "")] == [
        "the mitigation lead", "the second mitigation lead", "a responder", "responder 2", "a colleague", "colleague 2",
        "the mitigation lead", "a responder", "", "",
    ]  # fmt: skip
    assert asked.said("Lin told lars") == "A responder told responder 2"


def test_people_who_left_the_roster_are_known_by_what_they_did(voices):
    assert voices(known=["eve"]).said("eve's idea") == "A colleague's idea"
    assert voices(otherwise={"eve": "facilitator"}).said("Eve asked") == "The facilitator asked"


def test_a_team_may_have_names_and_customers_never_do(voices):
    named = voices(names="names")
    assert named.said("ada restarted it") == "ada restarted it"
    assert (named.of("ada"), named.of("eve")) == ("Ada Lovelace", "eve")
    assert voices(names="names", ours=True).said("Ada, lin and Will") == "An engineer, an engineer and an engineer"


def test_strange_names_and_letters_break_nothing(scene):
    people = {"lin": Person(handle="lin", name="?? !!"), "ii": Person(handle="ii", name="")}
    odd = Voices([], Roster(people=people), "roles")
    assert (
        odd.said("l\u0131n, lin and \u0130\u0130 ii ?? !!")
        == "l\u0131n, a colleague and \u0130\u0130 colleague 2 ?? !!"
    )


def test_nobody_is_looked_for_where_nobody_is_known():
    assert Voices([], Roster(), "roles").said("anything [at] all") == "anything [at] all"
