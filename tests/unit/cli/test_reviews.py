"""`incidentctl review`: when one may be held, opening it early, own notes."""

from datetime import timedelta

import click
import msgspec
import pytest

from incidentd import wire
from incidentd.domain.severity import Severity
from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVIEW = "/v1/incidents/4/review"


@pytest.fixture
def window(canned):
    """That of an incident which kept ada up."""
    night = wire_review.Night(person="ada", at=canned.at, zone="UTC", text="ada was paged at 03:12 their time")
    return wire_review.ReviewWindow(
        incident_id=4, review_name="Retro", status="cooling", severity=Severity.SEV1, resolved_at=canned.at,
        opens_at=canned.at + 2 * DAY, due_at=canned.at + 7 * DAY, standing="waiting", floor=86400.0, business_days=5,
        team="shop", zone="Europe/London", holidays="GB-ENG", nights=(night,), owner="ada",
    )  # fmt: skip


def opening(canned, **changes):
    one = wire_review.Opening(
        id=1, episode=1, asked_by="ada", asked_at=canned.at, reason="x", floor_at=canned.at, state="granted",
        answered_by="lin", answered_at=canned.at, answer="", text="opened 14 h early by lin, asked by ada: x",
    )  # fmt: skip
    return msgspec.structs.replace(one, **changes)


def test_the_window_says_when_and_why(api, run, window, canned):
    api.on("GET", f"{REVIEW}/window", window)
    shown = run("review", "window", "INC-4").out
    assert shown.startswith("Retro of INC-4: not yet, people rest first; it may be held in ")
    assert "SEV1: 24h after the resolve, within 5 business days" in shown.replace("24h00m", "24h").replace(
        "1d00h", "24h"
    )
    assert "of team shop in Europe/London, without the holidays of GB-ENG" in shown
    assert "  +1 night: ada was paged at 03:12 their time" in shown
    granted = msgspec.structs.replace(window, standing="late", openings=(opening(canned),))
    api.on("GET", f"{REVIEW}/window", granted)
    again = run("review", "window", "4").out
    assert " late" in again.splitlines()[0]
    assert "opened 14 h early by lin, asked by ada: x" in again
    none = msgspec.structs.replace(window, opens_at=None, due_at=None, standing="", business_days=None, floor=None)
    api.on("GET", f"{REVIEW}/window", none)
    assert "none is owed" in run("review", "window", "4").out


def test_due_lists_by_when_they_are_late(api, run, canned):
    late = canned.incident(review_standing="late", review_due_at=canned.at, review_opens_at=canned.at - DAY)
    api.on("GET", "/v1/incidents", wire.IncidentPage(incidents=(late,), next_cursor="", total=1))
    assert " late by " in run("review", "due").out
    assert api.asked[-1].target == "/v1/incidents?review=due&limit=100"
    assert run("review", "due", "--standing", "late", "--json").json["total"] == 1


def test_opening_early_takes_two_and_warns(api, run, window, canned):
    path = f"{REVIEW}/opening"
    api.on("POST", path, window)
    assert run("review", "open-early", "ask", "4", "--reason", "x").code == 0
    assert api.asked[-1].body == {"reason": "x"}
    warned = msgspec.structs.replace(window, openings=(opening(canned),), not_rested=("lin has had no whole night",))
    api.on("POST", f"{path}/answer", warned)
    shown = run("review", "open-early", "grant", "4", "--why", "short").out
    assert "opened 14 h early by lin" in shown
    assert "! lin has had no whole night" in shown
    assert api.asked[-1].body == {"answer": "granted", "why": "short"}
    for word, answer in (("decline", "declined"), ("withdraw", "withdrawn")):
        assert run("review", "open-early", word, "4").code == 0
        assert api.asked[-1].body["answer"] == answer
    assert run("review", "open-early", "ask", "4").code == 2


def test_own_notes_are_shown_added_to_edited_and_removed(api, run, canned, monkeypatch):
    path = f"{REVIEW}/notes"
    api.on("GET", path, wire_review.OwnNotes(incident_id=4, text="one", saved_at=canned.at, version=3))
    api.on("PUT", path, wire_review.SavedNotes(incident_id=4, saved_at=canned.at, version=4))
    assert run("review", "notes", "4").out.startswith("one\n-- yours alone, saved ")
    assert run("review", "notes", "4", "two", "words").out == "INC-4: your notes are kept\n"
    assert api.asked[-1].body == {"text": "one\ntwo words"}
    assert api.asked[-1].headers["if-match"] == '"3"'
    monkeypatch.setattr(click, "edit", lambda text, extension: text.replace("one", "uno", 1))
    run("review", "notes", "4", "--edit")
    assert api.asked[-1].body == {"text": "uno"}
    monkeypatch.setattr(click, "edit", lambda text, extension: None)
    assert "as they were" in run("review", "notes", "4", "--edit").out
    assert run("review", "notes", "4", "--clear").out == "INC-4: your notes are removed\n"
    assert run("review", "notes", "4", "x", "--clear").code == 2
    api.on("GET", path, wire_review.OwnNotes(incident_id=4, text="", saved_at=None, version=0))
    assert run("review", "notes", "4").out == "You have no notes on INC-4.\n"
    run("review", "notes", "4", "first")
    assert api.asked[-1].headers["if-match"] == '"0"'


# ------------------------------------------------------------------ the meeting
@pytest.fixture
def meeting(canned):
    """On a day on which lin carries the pager, facilitated by somebody who was there."""
    return wire_meeting.Meeting(
        incident_id=4, review_name="Retro", state="scheduled", starts_at=canned.at, ends_at=canned.at + HOUR,
        place="room 4", by="ada", at=canned.at, uid="u", sequence=0,
        invited=(wire_meeting.Invited(person="lin", part="took_part", zone="UTC", answer="maybe", comment="late"),),
        unsuited=(wire_meeting.Unsuited(person="lin", against="pager", text="carries the pager of shop"),),
        facilitator_faults=("lin was involved",), before_floor=True, version=2,
    )  # fmt: skip


def test_times_are_proposed_with_whom_they_do_not_suit_and_who_may_facilitate(api, run, meeting, canned):
    one = wire_meeting.MeetingTime(
        starts_at=canned.at, ends_at=canned.at + HOUR, why="suits 0 of 1", unsuited=meeting.unsuited
    )
    found = wire_meeting.MeetingProposals(
        incident_id=4, review_name="Retro", opens_at=canned.at, due_at=canned.at, invited=meeting.invited, times=(one,),
        facilitators=(
            wire_meeting.Candidate(person="sam", listed=True, faults=()),
            wire_meeting.Candidate(person="lin", listed=False, faults=("lin was involved",)),
        ),
    )  # fmt: skip
    api.on("GET", f"{REVIEW}/meeting/times", found)
    shown = run("review", "meeting", "propose", "4", "-p", "lin").out
    assert shown.startswith("Retro of INC-4, with lin\n")
    assert "Thu 2024-03-14 09:26 to 10:26 UTC  suits 0 of 1\n    lin carries the pager of shop\n" in shown
    assert "\n  sam was not involved, and is listed\n  lin was involved\n" in shown
    assert shown.endswith("incidentctl review meeting schedule INC-4 --at 2024-03-14T09:26Z --facilitator HANDLE\n")
    assert api.asked[-1].target.endswith("/times?minutes=60&person=lin")


def test_people_are_invited_moved_called_off_and_answer(api, run, meeting):
    api.on("POST", f"{REVIEW}/meeting", meeting)
    shown = run("review", "meeting", "schedule", "4", "--at", "2026-03-20T10:00Z", "-p", "lin", "--place", "room 4").out
    assert shown.splitlines() == [
        "INC-4: invited, Thu 2024-03-14 09:26 to 10:26 UTC, with lin",
        "  ! it lies before people have rested",
        "  ! an exception: lin was involved",
        "    lin carries the pager of shop",
    ]
    assert api.asked[-1].body["people"] == ["lin"]
    for verb, body in (("move", ("--minutes", "90")), ("cancel", ("--why", "ill"))):
        api.on("POST", f"{REVIEW}/meeting/{verb}", meeting)
        assert run("review", "meeting", verb, "4", *body, "--if-version", "2").code == 0
        assert api.asked[-1].headers["if-match"] == '"2"'
    api.on("POST", f"{REVIEW}/meeting/answer", meeting)
    assert run("review", "meeting", "answer", "4", "maybe", "--comment", "late").out == "INC-4: you said maybe\n"
    assert api.asked[-1].body == {"answer": "maybe", "comment": "late"}
    api.on("GET", f"{REVIEW}/meeting", meeting)
    shown = run("review", "meeting", "show", "4").out
    assert "room 4" in shown
    assert "lin     took part  maybe  late" in shown


def test_the_calendar_is_a_document_and_nothing_in_it_acts(api, run, meeting):
    api.on("GET", f"{REVIEW}/meeting", meeting)
    assert run("review", "calendar", "4", "--json").json["uid"] == "u"
    assert api.asked[-1].target.endswith("?format=json")
    assert "\x1b" not in run("review", "calendar", "4").out
    assert api.asked[-1].target.endswith("?format=ics")


# ------------------------------------------------------------------ the team's own name for it
def test_it_goes_by_the_teams_own_name(api, run, window, canned):
    api.on("GET", "/v1/info", canned.info(review_name="Incident Retro"))
    api.on("GET", f"{REVIEW}/window", window)
    usual = run("review", "window", "4").out
    assert [one.target for one in api.asked] == [f"{REVIEW}/window"], "a word that is a command asks nothing"
    assert run("retro", "window", "4").out == usual
    assert run("incident-retro", "window", "4").out == usual
    assert "Usage: incidentctl retro window" in run("retro", "window", "--help").out
    unknown = run("rertro", "window", "4")
    assert (unknown.code, "No such command 'rertro'" in unknown.err) == (2, True)


def test_without_an_answer_a_word_is_no_command(api, run):
    done = run("retro", "window", "4")
    assert (done.code, "No such command 'retro'" in done.err) == (2, True)
