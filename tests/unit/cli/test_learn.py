"""`incidentctl learn`: what the library answers, and what is sent to it."""

import pytest

from incidentd.domain.severity import Severity
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures

FOLLOWUPS = "/v1/incidents/4/review/followups"


@pytest.fixture
def followups(canned):
    """Asked after 30 days, where the caller has said partly; to be asked after 90."""
    mine = wire_followups.OwnFollowup(changed="partly", text="the queue", answered_at=canned.at)
    first = wire_followups.FollowupRound(
        days=30, due_at=None, asked_at=canned.at, asked=3, answered=2, counts={"yes": 1, "partly": 1, "no": 0},
        texts=("I look \x1b[31m first",), mine=mine,
    )  # fmt: skip
    second = wire_followups.FollowupRound(
        days=90, due_at=canned.at, asked_at=None, asked=0, answered=0, counts={}, texts=(), mine=None
    )
    return wire_followups.Followups(incident_id=4, rounds=(first, second))


def test_an_answer_goes_to_the_question_asked_last(api, run, followups):
    api.on("GET", FOLLOWUPS, followups)
    api.on("POST", FOLLOWUPS, followups)
    done = run("learn", "answer", "INC-4", "yes", "the", "queue")
    assert done.out == "INC-4: thank you\n"
    assert api.asked[-1].body == {"days": 30, "changed": "yes", "text": "the queue"}
    run("learn", "answer", "4", "--days", "90", "no")
    assert api.asked[-1].body == {"days": 90, "changed": "no", "text": ""}
    api.on("GET", FOLLOWUPS, wire_followups.Followups(incident_id=4, rounds=()))
    refused = run("learn", "answer", "4", "no")
    assert refused.code == 5
    assert "you were not asked about INC-4" in refused.err


def test_what_came_of_both_questions_is_shown_in_numbers(api, run, followups):
    api.on("GET", FOLLOWUPS, followups)
    shown = run("learn", "answer", "4", "--utc").out
    assert "after 30 days  1 yes, 1 partly, 0 no; 2 of 3 answered" in shown
    assert "you: partly the queue" in shown
    assert "after 90 days  to be asked 2024-03-14 09:26:53 UTC" in shown
    assert "\x1b" not in shown
    assert run("learn", "answer", "4", "--json").json["rounds"][0]["asked"] == 3


@pytest.fixture
def item(canned):
    return wire_library.LibraryItem(
        subject="factor:3", kind="factor", id=3, incident_id=1, title="Slow \x1b[31m", service="shop",
        severity=Severity.SEV2, at=canned.at, text="The map \x1b[0m was lost", hits=((4, 7),), category="technical",
        role="enabler", theme="", state="", uses=2,
    )  # fmt: skip


def test_what_is_found_stands_below_its_incident_and_what_is_hidden_is_said(api, run, item):
    page = wire_library.LibraryPage(
        items=(item,), next_cursor="l1.0.3", total=9, counts={"factor": 9}, hidden=2, why_hidden="until they are in"
    )
    api.on("GET", "/v1/library/search", page)
    done = run("learn", "search", "lost", "map", "--severity", "sev2", "--used", "--since", "2024-01-01T00:00+00:00")
    asked = "/v1/library/search?q=lost+map&severity=SEV2&used=true&since=2024-01-01T00%3A00%3A00%2B00%3A00"
    assert api.asked[-1].target == f"{asked}&limit=100"
    lines = done.out.splitlines()
    assert lines[0].startswith("INC-1 SEV2 2024-03-14  Slow")
    assert lines[1].startswith("  F-3     The map")
    assert lines[1].endswith("(technical, enabler, used 2 x)")
    assert lines[2] == "2 more are hidden: until they are in"
    assert "1 shown of 9" in done.err
    assert "\x1b" not in done.out
    api.on("GET", "/v1/library/search", wire_library.LibraryPage(items=(), next_cursor="", total=0, counts={}))
    assert run("learn", "browse", "--kind", "learning").out == "Nothing is found.\n"
    assert api.asked[-1].target == "/v1/library/search?kind=learning&limit=100"
    assert run("learn", "browse", "--json").json["total"] == 0


def test_a_review_is_read_with_the_number_of_its_readers(api, run, item, canned):
    use = wire_library.Use(subject="factor:3", name="F-3", kind="incident", place="INC-7", note="again", at=canned.at)
    entry = wire_library.LibraryEntry(
        incident_id=1, title="Slow", service="shop", severity=Severity.SEV2, started_at=canned.at,
        published_at=canned.at, imported_from="", review_name="Review", document="# Slow\n\x1b[31m", factors=(item,),
        learnings=(), actions=(), uses=(use,),
        readers=wire_library.Readers(people=5, team="shop", of_team=3, team_size=6), factors_to_sort="- Odd\x1b",
    )  # fmt: skip
    api.on("GET", "/v1/library/reviews/1", entry)
    shown = run("learn", "show", "INC-1").out
    assert "readers    5; 3 of the 6 of shop" in shown
    assert "  F-3     incident INC-7: again" in shown
    assert "Factors to sort, whose category nobody has said\n  - Odd" in shown
    text = run("learn", "show", "1", "--document").out
    assert text.startswith("# Slow\n")
    assert "\x1b" not in text + shown
    assert run("learn", "show", "1", "--json").json["readers"]["people"] == 5


def test_a_use_is_recorded_by_the_names_that_people_write(api, run, canned):
    use = wire_library.Use(subject="learning:4", name="L-4", kind="incident", place="INC-7", note="", at=canned.at)
    api.on("POST", "/v1/library/uses", use)
    assert run("learn", "use", "l-4", "INC-7").out == "L-4 was used in INC-7\n"
    assert api.asked[-1].body == {"subject": "learning:4", "kind": "incident", "place": "INC-7", "note": ""}
    run("learn", "use", "INC-3", "the deploy runbook", "--kind", "runbook", "--note", "step 2")
    assert api.asked[-1].body["subject"] == "review:3"
    refused = run("learn", "use", "A-4", "INC-7")
    assert refused.code == 2
    assert "is not like F-3, L-4 or INC-1" in refused.err
    api.on("GET", "/v1/library/uses", wire_library.Uses(uses=(use,), hidden=1, why_hidden="until then"))
    listed = run("learn", "uses", "L-4").out
    assert api.asked[-1].target == "/v1/library/uses?subject=learning%3A4"
    assert "L-4   incident" in listed
    assert "1 more are hidden: until then" in listed
    one = wire_library.SuggestedUse(subject="factor:3", name="F-3", text="The map", cited_in="as F-3 says")
    api.on("GET", "/v1/incidents/7/suggested-uses", wire_library.SuggestedUses(incident_id=7, uses=(one,)))
    assert "  incidentctl learn use F-3 INC-7" in run("learn", "uses", "--suggested", "7").out


def test_figures_say_what_they_are_of(api, run):
    spread = wire_figures.Spread(least=0.5, median=3, most=40)
    one = wire_figures.LibraryFigure(
        name="learnings used", definition="of all", n=3, of=10, parts={"yes": 1}, spread=spread, unit="days"
    )
    found = wire_figures.LibraryFigures(since=None, until=None, figures=(one,), hidden=1, why_hidden="until then")
    api.on("GET", "/v1/library/figures", found)
    shown = run("learn", "figures").out
    assert shown.startswith("learnings used: 3 of 10\n  yes 1\n  least 0.5, median 3, most 40 days\n  of all\n")
    assert "1 reviews are not counted: until then" in shown


def test_the_learning_of_the_week_is_shown_before_it_is_sent(api, run, canned):
    found = wire_library.Digest(
        at=canned.at, to=("internal",), readers=3, learning_id=4, title="Learning of the week: A", body="A\n\x1b[31mB"
    )
    api.on("GET", "/v1/library/digest", found)
    shown = run("learn", "digest", "--utc").out
    assert "next      Thu 2024-03-14 09:26 UTC" in shown
    assert "learning  L-4" in shown
    preview = run("learn", "digest", "--preview").out
    assert preview.startswith("Learning of the week: A\nA\n")
    assert "\x1b" not in preview
    nothing = wire_library.Digest(at=None, to=(), readers=0, learning_id=None, title="", body="")
    api.on("GET", "/v1/library/digest", nothing)
    assert "never: digest of [learning]" in run("learn", "digest", "--preview").out
