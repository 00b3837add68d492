"""Reviews as other teams write them: what is read as what, and what stays text."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.front_matter import BadDocument, front_matter, without_head
from incidentd.domain.imported_parts import Wishes
from incidentd.domain.imported_reviews import read_review
from incidentd.domain.review_headings import Part, guessed_category, meaning
from incidentd.domain.written_times import in_order, instant_of, moment_of

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
DAY = date(2024, 3, 1)
ROOT = "Root"  # the word that a heading may hold, and that incidentd does not use


def at(hour, minute=0, day=1):
    return datetime(2024, 3, day, hour, minute, tzinfo=UTC)


def read(text, name="r/2024-03-01-a.md", **wishes):
    return read_review(name, text, Wishes(**wishes), NOW)


def test_front_matter_is_toml_or_yaml_and_keeps_its_lines():
    toml = front_matter(
        "+++\ntitle = 'A'\n\n[extra]\nseverity = 'SEV2'\ndate = 2024-03-01\ntags = ['a', 'b']\n+++\nbody\n"
    )
    assert toml.values["severity"].texts == ("SEV2",)
    assert (toml.values["severity"].line, toml.values["date"].texts) == (5, ("2024-03-01",))
    assert toml.values["tags"].texts == ("a", "b")
    assert (toml.body, toml.body_line) == ("body", 9)
    yaml = front_matter("\ufeff---\ntitle: 'A: b'\nparams:\n  Severity: SEV2\nempty:\n---\nbody")
    assert {key: value.texts for key, value in yaml.values.items()} == {"title": ("A: b",), "severity": ("SEV2",)}
    assert (yaml.values["severity"].line, yaml.body_line) == (4, 7)
    assert front_matter("# A\n---\n").values == {}
    assert without_head("+++\na = 1\n+++\n# A\n---\n") == "# A\n---\n"
    assert without_head("---\n# A") == "---\n# A"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("---\na: [1\n---\n", 3, "is no YAML"),
        ("---\n- a\n---\n", 2, "is no mapping"),
        ("+++\na = 1\na = 2\n+++\n", 3, "is no TOML"),
        ("+++\na = 1\n", 1, "has no end"),
    ],
)
def test_a_head_that_cannot_be_read_is_refused_with_its_line(text, line, said):
    with pytest.raises(BadDocument, match=said) as caught:
        front_matter(text)
    assert caught.value.line == line
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "moment", "rest"),
    [
        ("14:05 the pager", at(14, 5), "the pager"),
        ("**14:05** - the pager", at(14, 5), "the pager"),
        ("[14:05:30 UTC] the pager", at(14, 5) + timedelta(seconds=30), "the pager"),
        ("2:05 pm PST: the pager", at(22, 5), "the pager"),
        ("12:10 AM the pager", at(0, 10), "the pager"),
        ("2024-03-02 00:10 CET the pager", at(23, 10), "the pager"),
        ("2024-03-02T00:10:00+01:00 the pager", at(23, 10), "the pager"),
        ("~14:05 API down", at(14, 5), "API down"),
        ("14:05–14:20 the pager", at(14, 5), "until 14:20: the pager"),
        ("14:05 et al. looked", at(14, 5), "et al. looked"),
    ],
)
def test_a_clock_at_the_start_of_a_line(text, moment, rest):
    found = moment_of(text, DAY, UTC)
    assert (found.at, found.rest) == (moment, rest)


@pytest.mark.parametrize("text", ["later", "at 14:05", "25:10 x", "14:61 x", "3 nodes"])
def test_no_clock_at_the_start(text):
    assert moment_of(text, DAY, UTC) is None


def test_days_as_people_write_them_and_none_that_can_be_two():
    assert instant_of("March 1, 2024", UTC) == (at(0), False)
    assert instant_of("1 Mar 2024 14:05 CET", UTC) == (at(13, 5), True)
    for text in ("03/04/2024", "March", "yesterday", "2024-13-01", "", "May be later"):
        assert instant_of(text, UTC) is None
    assert in_order(at(0, 20), at(23, 50)) == at(0, 20, day=2)
    assert in_order(at(9), at(10)) == at(9)


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Contributing factors", Part.FACTORS), ("2. Contributing Causes:", Part.FACTORS),
        (f"{ROOT} Cause", Part.FACTORS),
        ("What went well", Part.WELL), ("What went wrong?", Part.HARD), ("Where we got lucky", Part.LUCK),
        ("Lessons learned", Part.LEARNINGS), ("Learnings", Part.LEARNINGS), ("Action items", Part.ACTIONS),
        ("Follow-ups", Part.ACTIONS), ("Timeline (UTC)", Part.TIMELINE), ("Impact", Part.IMPACT),
        ("TL;DR", Part.SUMMARY),
        ("Detection", Part.STORY), ("What happened", Part.STORY), ("Open questions", Part.QUESTIONS),
    ],
)  # fmt: skip
def test_headings_in_usual_wordings(heading, part):
    assert meaning(heading).part is part


def test_a_heading_that_speaks_of_one_cause_becomes_factors_and_is_noted():
    found = read(f"# A\n**Severity**: SEV1\n\n## {ROOT} cause\nThe cache server ran out of memory.\n")
    assert [(one.text, one.category) for one in found.factors] == [("The cache server ran out of memory.", "technical")]
    assert any("one among several" in note.text and note.line == 4 for note in found.notes)


def test_a_category_is_said_by_a_mark_a_heading_or_a_column_and_guessed_only_of_machines():
    text = (
        "# A\n## Factors\n- [process] No review\n- Two people thought so (human factors)\n### External\n- The vendor\n"
    )
    table = (
        "## Contributing factors\n| Factor | Category |\n|---|---|\n| A queue grew | Organizational |\n| Hm | odd |\n"
    )
    found = read(text + table, severity="SEV3")
    assert [(one.text, one.category) for one in found.factors] == [
        ("No review", "process"), ("Two people thought so", "human-factors"), ("The vendor", "external"),
        ("A queue grew", "organisational"),
    ]  # fmt: skip
    assert found.sections["factors_to_sort"] == "- Hm"
    assert guessed_category("The connection pool was exhausted") == "technical"
    assert guessed_category("Nobody knew the connection pool") == ""
    assert guessed_category("It was hard") == ""


def test_parts_below_lessons_are_what_helped_what_was_hard_and_luck():
    text = "# A\n## Lessons learned\n- Test it\n### What went well\n- Process: it was rolled back at once\n"
    found = read(
        text + "### What went wrong\n- The dns timeout\n### Where we got lucky\n- It was night\n", severity="SEV3"
    )
    assert [one.text for one in found.learnings] == ["Test it"]
    assert [(one.role, one.category) for one in found.factors] == [
        ("mitigator", "process"), ("difficulty", "technical"), ("mitigator", "luck"),
    ]  # fmt: skip


def test_a_timeline_of_rows_over_midnight_without_names_and_with_what_has_no_time_kept():
    text = """# A
| Severity | SEV2 |
|---|---|
| Date | 2024-03-01 |

## Timeline (CET)
| Time | Who | What |
|---|---|---|
| 23:50 | Jane | Deployed |
| 00:20 | Joe | Alerts |
| later | Joe | Cleaned up |

2024-03-03

| Time | What |
|---|---|
| 08:00 | Told everybody |
"""
    found = read(text)
    assert [(one.at, one.text) for one in found.entries] == [
        (at(22, 50), "Deployed"), (at(23, 20), "Alerts"), (at(7, 0, day=3), "Told everybody"),
    ]  # fmt: skip
    assert "later | Joe | Cleaned up" in found.sections["what_happened"]
    assert (found.started_at, found.resolved_at) == (at(22, 50), at(7, 0, day=3))


def test_prose_keeps_headings_of_no_known_meaning_and_the_lead_is_a_summary_without_one():
    found = read(
        "# A\nDate: 2024-03-01\n\nIt was slow.\n\n## Zebra\nstripes\n- one\n- two\n\n**Impact:** 30 % saw it\n",
        severity="SEV3",
    )
    assert found.sections == {
        "summary": "It was slow.", "what_happened": "### Zebra\n\nstripes\n\n- one\n- two", "impact": "30 % saw it",
    }  # fmt: skip


def test_times_of_the_head_count_first():
    head = "---\ntitle: A\nsev: 1\nstart: 2024-03-01 10:00\nduration: 1h 20m\ntimezone: Europe/Berlin\n"
    found = read(f"{head}authors: [jane]\n---\n")
    assert (found.started_at, found.resolved_at, found.severity) == (at(9), at(10, 20), "SEV1")
    assert [(note.line, note.text[:7]) for note in found.notes] == [(3, "severit"), (7, "authors")]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("---\ntitle: A\nseverity: 1\ndate: 2031-01-01\n---\n", 4, "no day on which it can have been"),
        ("---\ntitle: A\nseverity: 1\ntz: Mars/X\n---\n", 4, "no time zone"),
        ("---\ntitle: A\nseverity: 1\nresolved: soon\n---\n", 4, "is no time"),
        ("---\nseverity: 1\n---\n", 0, "no title"),
        ("---\ntitle: A\nseverity: 1\n---\n## Learnings\n" + "- a\n" * 501, 506, "more than 500"),
        ("---\ntitle: A\nseverity: 1\n---\n## Learnings\n" + "a" * 20_001, 6, "more than 20000 characters"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_its_line(text, line, said):
    with pytest.raises(BadDocument, match=said) as caught:
        read(text)
    assert caught.value.line == line
    assert caught.value.remedy


def test_actions_by_box_and_by_column():
    text = "# A\n## Action items\n- [x] Raise it\n- [ ] Write it (owner: web, due 2024-04-01)\n- Think\n\n"
    table = "| Action | Owner | Status | Ticket |\n|---|---|---|---|\n| Split it | @ops | In progress | OPS-1 |\n"
    found = read(text + table + "| Drop | | Won't do | |\n", severity="SEV3")
    assert [(one.text, one.state, one.owner, one.due_on, one.issue) for one in found.actions] == [
        ("Raise it", "done", "", None, ""), ("Write it", "open", "web", date(2024, 4, 1), ""),
        ("Split it", "open", "ops", None, "OPS-1"), ("Drop", "wont_do", "", None, ""),
    ]  # fmt: skip
    assert found.sections["actions_then"] == "- Think"


_LINES = st.sampled_from([
    "# T", "## Timeline", "## Contributing factors", "### Process", "## Action items", "- [x] a (due: 2024-13-01)",
    "| Time | What | Who |", "|---|---|---|", "| 10:00 | x | y |", "| a |", "- 25:99 x", "9999-12-31 23:59 x", "---",
    "0001-01-01 00:00 +14:00 x", "resolved: 9999-12-31 23:59 -12:00", "duration: 99999999999 d", "timezone: ../etc",
    "- Mar 3 99999 10:00 x", "\t- nested", "```", "<div>", "> q", "**Impact:** bad", "## March 3, 2024", "", "\u2028",
])  # fmt: skip


@given(st.lists(_LINES, max_size=30), st.sampled_from(["", "---\n", "+++\n", "---\ntitle: x\n---\n"]))
@settings(max_examples=25, deadline=None)
def test_any_file_is_read_or_refused(lines, head):
    try:
        found = read(head + "\n".join(lines), severity="SEV3")
    except BadDocument:
        return
    assert found.started_at <= found.resolved_at <= NOW + timedelta(minutes=5)


def test_what_lies_ahead_is_no_entry():
    found = read("# A\n## Timeline\n- 10:00 begun\n- 2031-01-01 10:00 planned\n", severity="SEV3")
    assert [one.text for one in found.entries] == ["begun"]
    assert "planned" in found.sections["what_happened"]


def test_hostile_text_is_only_text():
    evil = "<script>x</script> [a](javascript:x) \x1b[31m ]] `"
    found = read(f"# {evil}\n## Learnings\n- {evil}\n## Timeline\n- 10:00 {evil}\n", severity="SEV3")
    assert found.learnings[0].text.startswith("<script>x</script>")
    assert len(found.entries) == 1
