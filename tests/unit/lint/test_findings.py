"""What a finding says, where it is, what silences it, and that no text takes long."""

import itertools
import time

import pytest

from incidentd.domain.lint.findings import lint
from incidentd.lexicon import shipped

ENGLISH = shipped("en")


def found(text, **options):
    return [(one.rule, one.text) for one in lint(text, ENGLISH, **options)]


def test_a_finding_says_where_what_why_and_what_to_ask_instead():
    text = "Fine.\n\n  Zoë – 日本 – “x” and the engineer\n forgot to ask."
    (one,) = lint(text, ENGLISH)
    assert (one.rule, one.category, one.line, one.column, one.text) == ("human-failure", "people", 4, 2, "forgot to")
    assert text[one.start : one.end] == one.text
    assert one.message.endswith(".")
    assert one.suggestion.endswith("?")


def test_offsets_count_characters_even_where_lower_case_is_longer():
    text = "İstanbul 🚒 İ: the engineer should’ve checked it."
    (one,) = lint(text, ENGLISH)
    assert text[one.start : one.end] == one.text == "should’ve checked"


@pytest.mark.parametrize(
    "text",
    [
        "the engineer *should* _have_ **checked** it",
        "| step | note |\n|---|---|\n| 1 | Ada forgot to ask |",
        "- [ ] be more careful",
        "1. one\n2. two\n\n   we failed to tell anybody",
        "See [what we should have checked](https://example.org/why).",
        "a < b, and we should have checked it > all",
        'the 5" disk: we should have checked it',
    ],
)
def test_prose_is_read_wherever_it_stands(text):
    assert len(found(text)) == 1


def test_a_name_of_the_roster_is_a_person():
    assert found("Prometea failed to answer.") == []
    assert found("Prometea failed to answer.", people={"prometea"}) == [("human-failure", "failed to answer")]


def test_the_name_of_the_review_is_suggested_and_never_found_itself():
    (one,) = lint("The postmortem is on Monday.", ENGLISH, review_name="Incident {text} Retro")
    assert one.suggestion == "Call it Incident {text} Retro."
    assert found("The postmortem is on Monday.", review_name="Friendly Postmortem") == []


def test_what_was_found_is_filled_in_once():
    (one,) = lint("The post-mortem.", ENGLISH, review_name="{name}")
    assert one.suggestion == "Call it {name}."


def test_findings_do_not_overlap_and_are_in_order():
    ones = lint("It was obviously human error; we should have known better, and never again. " * 5, ENGLISH)
    assert len(ones) > 5
    assert all(before.end <= after.start for before, after in itertools.pairwise(ones))


def test_plain_text_has_no_markdown():
    assert found("# human error") == []
    assert found("# human error", markdown=False) == [("error-label", "human error")]


# ---------------------------------------------------------------------- comments that allow
@pytest.mark.parametrize(
    "text",
    [
        "We were careless. <!-- incidentd-lint: allow judgement because it is our own word -->",
        "<!-- incidentd-lint: allow judgement because we say it of ourselves -->\n\nWe were careless,\nvery careless.",
    ],
)
def test_a_comment_with_a_reason_allows(text):
    assert found(text) == []
    assert found(text + "\n\nAnd careless again.") == [("judgement", "careless")]


def test_a_comment_allows_one_rule_only():
    text = "It was careless, obviously. <!-- incidentd-lint: allow judgement because of this -->"
    assert found(text) == [("hindsight", "obviously")]


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("allow judgement", "says why"),
        ("allow judgement because", "does not understand"),
        ("allow nonsense because it is", "There is no rule nonsense"),
        ("forbid judgement", "does not understand"),
    ],
)
def test_a_comment_without_a_reason_allows_nothing_and_is_told_of(comment, says):
    one, two = lint(f"<!-- incidentd-lint: {comment} -->\nWe were careless.", ENGLISH)
    assert (one.rule, one.line, two.rule) == ("allowance", 1, "judgement")
    assert says in one.message
    assert "because REASON" in one.suggestion


def test_a_comment_in_code_is_an_example():
    assert found("`<!-- incidentd-lint: allow x -->`\n\n```\n<!-- incidentd-lint: allow x -->\n```") == []


# ---------------------------------------------------------------------- time
HOSTILE = {
    "prose": "The engineer should have checked the graph, and we failed to tell anybody.\n\n",
    "no end": "should have not probably ",
    "why": "why did the a a the ",
    "of": "the pod of the pod of the pod failed to ",
    "quotes": "“a 'b \"c ",
    "backticks": "` `` ``` ",
    "brackets": "[a](",
    "lists": "- a\n 1) b\n",
    "tables": "a|b\n-|-\n",
    "tags": "<a ",
    "comments": "<!-- incidentd-lint: ",
    "allowed": "<!-- incidentd-lint: allow hindsight because x -->\n",
    "underlines": "a\n=\n",
    "spaces": "\n    ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_cost_grows_with_the_length_only(name):
    """Ten times the text may take twenty times as long, and half a second more on a machine that is busy."""

    def seconds(length: int) -> float:
        text = (HOSTILE[name] * (length // len(HOSTILE[name]) + 1))[:length]
        begun = time.perf_counter()
        lint(text, ENGLISH)
        return time.perf_counter() - begun

    assert seconds(60_000) < 20 * seconds(6_000) + 0.5
