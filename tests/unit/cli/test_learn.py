"""`incidentctl learn`: what the library answers, and what is sent to it."""

import pytest

from incidentd.wire import followups as wire_followups

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
    assert refused.code == 1
    assert "you were not asked about INC-4" in refused.err


def test_what_came_of_both_questions_is_shown_in_numbers(api, run, followups):
    api.on("GET", FOLLOWUPS, followups)
    shown = run("learn", "answer", "4", "--utc").out
    assert "after 30 days  1 yes, 1 partly, 0 no; 2 of 3 answered" in shown
    assert "you: partly the queue" in shown
    assert "after 90 days  to be asked 2024-03-14 09:26:53 UTC" in shown
    assert "\x1b" not in shown
    assert run("learn", "answer", "4", "--json").json["rounds"][0]["asked"] == 3
