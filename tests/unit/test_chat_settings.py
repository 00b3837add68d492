"""`[chat]` of process.toml and `accounts` of roster.toml: what they mean, and every fault with its place and remedy."""

from pathlib import Path

import pytest

from incidentd.configuration.chat_table import chat_problems
from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.roster_file import read_roster
from incidentd.domain.chat import ChatSettings, person_of_account
from incidentd.domain.people import Person, Roster

ROSTER = '[people.ada]\naccounts = { slack = "U0ADA" }\n[people.lin]\n'


def process(text):
    return read_process(Document(Path("process.toml"), text), None)


def roster(text):
    return read_roster(Document(Path("roster.toml"), text), {"log"})


def test_without_the_table_there_is_no_chat():
    assert process("").chat == ChatSettings()
    assert ChatSettings(reports="C0").place("report:1") == ""


def test_places_and_people_are_found_by_what_they_are_called():
    settings = process('[chat]\nchannel = "slack"\nreports = "C0R"\n').chat
    assert [settings.place(one) for one in ("report:1", "page:1", "incident:1")] == ["C0R", "", ""]
    people = roster(ROSTER)
    assert [person_of_account(people, *one) for one in (("slack", "U0EVE"), ("other", "U0ADA"))] == [None, None]
    assert person_of_account(people, "slack", "U0ADA") == people.people["ada"]


@pytest.mark.parametrize(
    ("read", "text", "key", "words"),
    [
        (process, '[chat]\nreports = "C0"\n', "chat.reports", "no effect without `channel`"),
        (process, '[chat]\nchannel = "slack"\npages = "the room"\n', "chat.pages", ""),
        (process, "[chat]\nrooms_ = 1\n", "chat.rooms_", ""),
        (roster, ROSTER + 'accounts = { slack = "U0ADA" }\n', "people.lin.accounts.slack", '"U0ADA" is ada already'),
        (roster, ROSTER + 'accounts = { slack = "" }\n', "people.lin.accounts.slack", ""),
        (roster, ROSTER + 'accounts = { slack = "@lin lee" }\n', "people.lin.accounts.slack", ""),
    ],
)
def test_faults_name_the_key_and_what_to_do(read, text, key, words):
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    (fault,) = refused.value.faults
    assert fault.key == key
    assert fault.line
    assert fault.remedy
    assert words in fault.what


def test_names_that_reach_nobody_are_told():
    settings = ChatSettings(channel="slack", reports="C0")
    nobody = Roster(people={"ada": Person(handle="ada", name="Ada", accounts={"slakc": "U0"})})
    assert list(chat_problems(settings, nobody, {"slack"})) == [
        "people.ada.accounts names slakc, which is no channel of incidentd.toml",
        "nobody in the roster has an account on slack: buttons in the chat refuse everybody",
    ]
    assert list(chat_problems(settings, Roster(), {"mail"})) == [
        "chat.channel names slack, which is no channel of incidentd.toml"
    ]
    assert list(chat_problems(ChatSettings(), Roster(), set())) == []
