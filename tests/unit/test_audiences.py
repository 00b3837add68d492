"""`[audiences]` of process.toml: what it says, its faults, and whom it means at an instant."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from incidentd.configuration.audiences import audience_problems
from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.domain.audiences import readers
from incidentd.domain.people import ContactMethod, Layer, Person, Roster, Rotation, Schedule, Team

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
FILE = """
[audiences.internal]
people = ["ada", "mute", "gone"]
teams = ["web", "shop", "nowhere"]
schedules = ["first", "none"]
channels = [{ notifier = "chat", address = "#status" }]
[audiences.bosses]
people = ["ada", "eve"]
"""


def read(text):
    return read_process(Document(Path("process.toml"), text), None).audiences


def person(handle, *notifiers):
    return Person(
        handle=handle, name=handle, contacts=tuple(ContactMethod(notifier=one, address=handle) for one in notifiers)
    )


@pytest.fixture
def roster():
    rotation = Rotation(people=("sam",), start=NOW.date(), handover=time(0))
    people = [person("mute"), *(person(one, "push") for one in ("ada", "eve", "lin", "mei", "sam"))]
    return Roster(
        people={one.handle: one for one in people},
        teams={
            "web": Team(name="web", members=("lin", "ada", "left")),
            "shop": Team(name="shop", members=("mei",), channel=(ContactMethod(notifier="chat", address="#shop"),)),
        },
        schedules={"first": Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))},
    )


def test_everybody_is_meant_once_and_only_who_can_be_written_to(roster):
    found = readers(["internal", "bosses", "unheard-of"], read(FILE), roster, NOW)
    assert {one.who: one.person.contacts[0].address for one in found} == {
        "ada": "ada", "sam": "sam", "lin": "lin", "eve": "eve",
        "channel of shop": "#shop", "#status by chat": "#status",
    }  # fmt: skip
    assert {one.why for one in found if one.who == "ada"} == {"audience internal is kept informed"}
    some = readers(["internal"], read(FILE), roster, NOW, besides={"ada", "#status by chat"})
    assert [one.who for one in some] == ["channel of shop", "sam", "lin"]


def test_names_that_the_other_files_lack_are_told(roster):
    assert list(audience_problems(read(FILE), roster, {"push"})) == [
        "audience internal names person gone, which the roster does not have",
        "audience internal names team nowhere, which the roster does not have",
        "audience internal names schedule none, which the roster does not have",
        "audience internal names chat, which is no notifier of incidentd.toml",
    ]
    assert list(audience_problems(read(FILE), Roster(), {"chat"})) == []


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[audiences.internal]\n", "audiences.internal", 'names nobody — write for example people = ["ada"]'),
        ('[audiences.customers]\npeople = ["ada"]\n', "audiences.customers", "they hear on the channel that they used"),
        ('[audiences.a]\nperson = ["ada"]\n', "audiences.a.person", "people"),
        ('[audiences.a]\nchannels = [{ notifier = "x" }]\n', "audiences.a.channels[0].address", ""),
        ('[audiences.a]\npeople = ["x"]\n[[support.propagate]]\nname = "r"\naudiences = ["b"]\n',
         "support.propagate[0].audiences[0]", '"b" is no audience — add [audiences.b]'),
    ],
)  # fmt: skip
def test_what_can_tell_nobody_is_a_fault_of_its_line(text, key, said):
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    (fault,) = refused.value.faults
    assert fault.key == key
    assert fault.line
    assert fault.remedy
    assert said in f"{fault.what} — {fault.remedy}"
