"""`[support]` of process.toml: what it says over what is built in, and every fault with its place and remedy."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.support_references import support_problems
from incidentd.domain.people import Person, Roster
from incidentd.domain.priority import Level
from incidentd.domain.process import default_process
from incidentd.domain.response_clocks import Counts
from incidentd.domain.support import Support
from incidentd.domain.triage import Question


def read(text: str) -> Support:
    return read_process(Document(Path("process.toml"), text), {"shop"}).support


def faults(text: str) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert all(fault.line and fault.remedy for fault in refused.value.faults)
    return {fault.key: f"{fault.what} — {fault.remedy}" for fault in refused.value.faults}


def test_an_empty_table_is_what_is_built_in_and_another_setting_is_another_version():
    assert read("[support]\n") == default_process().support
    versions = {
        read_process(Document(Path("process.toml"), text), None).version
        for text in ("", "[support]\n", "[support.nudge]\nreports = 3\n")
    }
    assert len(versions) == 2


def test_what_is_stated_is_written_over_what_is_built_in():
    found = read(
        """
[support]
schedule = "desk"
[support.questions.end_user]
required = ["who", "reproduce", "who"]
who = "Who?"
[support.weights]
who = 40
[support.priority]
low = ["P1", "P2", "P3"]
[support.calendars.berlin]
zone = "Europe/Berlin"
hours = { days = ["mon-thu"], from = "09:00", to = "17:00" }
holidays = "DE-BE"
closed = [2026-12-24]
[support.clocks.end_user]
calendar = "berlin"
respond = { usual = "4 business hours", P1 = "15m", security = "1 business day" }
[support.replies]
mine = "Hello {name|there}"
[[support.propagate]]
name = "all"
policy = "shop"
[support.missed]
policy = "shop"
nobody = []
"""
    )
    built_in = Support()
    asked = found.questions["end_user"]
    assert (asked.required, asked.texts[Question.WHO]) == ((Question.WHO, Question.REPRODUCE), "Who?")
    assert asked.texts[Question.SINCE] == built_in.questions["end_user"].texts[Question.SINCE]
    assert found.questions["internal_team"] == built_in.questions["internal_team"]
    assert (found.weights["who"], found.weights["since"]) == (40, 15)
    assert found.priorities[Level.LOW][Level.HIGH] == "P1"
    clocks = found.clocks["end_user"]
    assert clocks.respond["usual"].counts is Counts.BUSINESS_HOURS
    assert clocks.respond["usual"].length == timedelta(hours=4)
    assert (clocks.respond["security"].days, clocks.follow_up) == (1, built_in.clocks["end_user"].follow_up)
    assert found.calendar_of("end_user").zone == "Europe/Berlin"
    assert found.calendar_of("end_user").closed == (date(2026, 12, 24),)
    assert found.calendar_of("oss_developer") == built_in.calendars["business"]
    assert set(found.replies) == {*built_in.replies, "mine"}
    assert [found.missed.urgency(one) for one in ("P1", "", "P5")] == ["high", "low", "low"]
    assert built_in.missed.urgency("P5") == ""


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ('[support.clocks.end_usr]\nrespond = { usual = "1h" }', "support.clocks.end_usr", "end_user"),
        (
            '[support.clocks.end_user]\nrespond = { usual = "soon" }',
            "support.clocks.end_user.respond.usual",
            "business",
        ),
        ('[support.clocks.end_user]\nrespond = { usual = "0s" }', "support.clocks.end_user.respond.usual", "business"),
        (
            '[support.clocks.end_user]\nrespond = { P6 = "1h" }',
            "support.clocks.end_user.respond.P6",
            "unknown key — there is P1",
        ),
        (
            '[support.clocks.end_user]\nfollow_up = { usual = "31 business days" }',
            "support.clocks.end_user.follow_up.usual",
            "1 to 30",
        ),
        ('[support.clocks.end_user]\ncalendar = "busines"', "support.clocks.end_user.calendar", '"business"?'),
        (
            '[support.calendars.x]\nhours = { days = [], from = "09:00", to = "17:00" }',
            "support.calendars.x.hours",
            "never",
        ),
        ('[support.calendars.x]\nholidays = "XX"', "support.calendars.x.holidays", "no region"),
        ('[support.replies]\nx = "Hello {nmae}"', "support.replies.x", "{name}"),
        ('[support.replies]\nask = "Hello"', "support.replies.ask", "{question}"),
        ('[support.replies]\nreceipt = "Dear {name}"', "support.replies.receipt", "{name|...}"),
        ('[support.questions.end_user]\nrequired = ["why"]', "support.questions.end_user.required[0]", "who"),
        ('[support.questions.end_user]\nrequired = ["workaround"]', "support.questions.end_user.required", "counts"),
        ('[support.priority]\nhigh = ["P1"]', "support.priority.high", "3"),
        ('[[support.propagate]]\nname = "x"\npolicy = "shpo"', "support.propagate[0].policy", '"shop"?'),
        ('[[support.propagate]]\nname = "x"\nteam = "a"\npolicy = "shop"', "support.propagate[0].policy", "one target"),
        ('[support.missed]\npolicy = "nobody"', "support.missed.policy", "is no policy"),
        ("[support.similar]\nduplicate = 0", "support.similar.duplicate", "1"),
        ("[support.nudge]\nreports = 1", "support.nudge.reports", "2"),
    ],
)
def test_each_fault_names_its_key_and_a_remedy(text, key, says):
    found = faults(text)
    assert list(found) == [key]
    assert says in found[key]


def test_names_that_the_roster_does_not_have_are_complained_about():
    stated = '[support]\nschedule = "desk"\nreceipts = ["mail", "chat"]\n'
    support = read(f'{stated}[[support.propagate]]\nname = "x"\nteam = "a"\nservices = ["b"]\n')
    roster = Roster(people={"ada": Person(handle="ada", name="Ada")})
    said = list(support_problems(support, roster, {"mail"}))
    assert [one.rpartition(" names ")[2] for one in said] == [
        "chat, which is no channel of incidentd.toml",
        "desk, which the roster does not have",
        "team a, which the roster does not have",
        "service b, which the roster does not have",
    ]
    assert list(support_problems(support, Roster(), {"mail", "chat"})) == []
