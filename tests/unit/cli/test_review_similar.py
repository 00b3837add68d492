"""`incidentctl review similar | differs`."""

from datetime import date

import pytest

from incidentd.domain.severity import Severity
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar
from incidentd.wire import reviews as wire_reviews

PATH = "/v1/incidents/3/review"


@pytest.fixture
def seen(canned, api):
    """`seen(**fields)` lets the daemon answer a review with such similar incidents."""
    at, hostile = canned.at, "\x1b[2Jwiped\u202e"
    line = wire_reviews.Review(
        incident_id=3, title="503", service="", severity=Severity.SEV2, status="in_review", state="running", solo=False,
        started_at=at, started_by="ada", facilitator="ada", step="similar", step_started_at=at, step_ends_at=None,
        left=None, people=1, factors=1, revealed_at=at, unmasked_at=at, finished_at=None, published_at=None,
        review_name="Review", process_version="x", imported_from="", version=1,
    )  # fmt: skip
    action = wire_records.Action(
        id=5, incident_id=1, text=hostile, owner_team="web", owner="", due_on=date(2026, 4, 1), factor_id=None,
        worse="", state="open", why="", created_at=at, created_by="ada", ended_at=None, issue="", late=True, version=1,
    )  # fmt: skip
    conclusions = wire_similar.Conclusions(summary=hostile, actions=(action,))
    one = {"id": 1, "title": hostile, "service": "shop", "severity": Severity.SEV2, "started_at": at, "score": 80}
    one |= {"reasons": ("same alert LbErrors",), "chosen": "oldest", "facts": ("tried: restart, worked",)}

    def answer(*, opened, **fields):
        more = {"conclusions": conclusions, "differs": (wire_similar.Differs(id=1, person="ada", text=hostile, at=at),)}
        card = wire_similar.SimilarIncident(**one | (more if opened else {"score": 0, "reasons": (), "chosen": ""}))
        found = wire_similar.SimilarIncidents(
            locked=not opened, incidents=(card,), open_actions=(action,) if opened else (), **fields
        )
        api.on("GET", PATH, wire_reviews.ReviewView(review=line, steps=(), similar=found))
        return found

    return answer


def test_facts_first_then_what_was_concluded_and_why_it_is_listed(seen, run):
    seen(opened=False, why="hidden until your factors are in")
    shown = run("review", "similar", "INC-3").out
    assert shown.startswith("hidden until your factors are in\n")
    assert "  tried: restart, worked\n" in shown
    assert "concluded" not in shown
    found = seen(opened=True)
    shown = run("review", "similar", "3").out
    assert "the oldest that is alike" in shown
    assert "80 of 100: same alert LbErrors" in shown
    assert "A-5 late, team web by 2026-04-01" in shown
    assert "Open still, of these" in shown
    assert "(ada)" in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert run("review", "similar", "3", "--json").json["incidents"][0]["chosen"] == found.incidents[0].chosen


def test_what_differs_is_sent(api, run):
    api.on("POST", f"{PATH}/similar", wire_similar.SimilarIncidents(locked=False))
    assert run("review", "differs", "3", "INC-1", "no deploy").out == "INC-3 differs from INC-1: no deploy\n"
    assert api.asked[-1].body == {"other_id": 1, "text": "no deploy"}
