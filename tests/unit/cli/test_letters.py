"""`incidentctl letter`: read as it was sent, or as it would be by now."""

import json

import pytest

from incidentd.wire import letters as wire_letters

HOSTILE = "\x1b[31mred"


@pytest.fixture
def letter(canned):
    return wire_letters.Letter(
        month="2024-03",
        title="Letter of March 2024",
        text=f"Promises\n- Updates sent when they were promised: 14 of 16\n- {HOSTILE}\n",
        markdown="# Letter of March 2024\n\n## Promises\n\n- Updates\n",
        sent_at=canned.at,
        readers=2,
        to=("internal",),
    )


@pytest.fixture
def months(canned):
    heads = (("2024-04", None, 0), ("2024-03", canned.at, 2))
    return wire_letters.Letters(
        letters=tuple(
            wire_letters.LetterHead(month=month, title="Letter", sent_at=at, readers=number)
            for month, at, number in heads
        ),
        next_at=canned.at,
        to=("internal", "team:shop"),
    )


def test_without_a_month_it_is_the_newest_that_was_sent(api, run, letter, months):
    api.on("GET", "/v1/letters", months)
    api.on("GET", "/v1/letters/2024-03", letter)
    shown = run("letter", "--utc").out
    assert shown.splitlines()[:4] == [
        "Letter of March 2024",
        "sent Thu 2024-03-14 09:26 UTC to internal",
        "Promises",
        "  - Updates sent when they were promised: 14 of 16",
    ]
    assert "\x1b" not in shown


def test_markdown_and_json(api, run, letter):
    api.on("GET", "/v1/letters/2024-03", letter)
    assert run("letter", "2024-03", "--markdown").out == letter.markdown
    assert json.loads(run("letter", "2024-03", "--json").out)["readers"] == 2


def test_months_are_listed_with_when_the_next_is_sent(api, run, months):
    api.on("GET", "/v1/letters", months)
    lines = run("letter", "--list", "--utc").out.splitlines()
    assert lines[1].split() == ["2024-04", "draft", "-"]
    assert lines[2].split() == ["2024-03", "Thu", "2024-03-14", "09:26", "UTC", "2"]
    assert "internal, team:shop" in lines[-1]
    api.on("GET", "/v1/letters", wire_letters.Letters(letters=months.letters[:1], next_at=None, to=()))
    assert "never: [letter] in process.toml" in run("letter", "--list").out


@pytest.mark.parametrize("arguments", [("2024-13",), ("March",), ("2024-03", "--list"), ("--list", "--markdown")])
def test_what_makes_no_sense_is_refused(run, arguments):
    done = run("letter", *arguments)
    assert done.code == 2
    assert "like 2026-03" in done.err or "--list goes with" in done.err
