"""What people claimed, thought and tried, in the words of the timeline."""

from __future__ import annotations

from typing import Any

import msgspec

from incidentd.domain.attempts import outcome_text
from incidentd.domain.event_times import instant
from incidentd.domain.impact import figure_text
from incidentd.domain.told import Line, Sentences, Told, joined, words
from incidentd.wire.facts import ImpactFigure

SENTENCES = Sentences()
about = SENTENCES.about
_OF_CLAIM = {"disputed": "is disputed", "upheld": "is upheld", "withdrawn": "was withdrawn"}
_OF_THEORY = {
    "for": "Speaks for theory {id}",
    "against": "Speaks against theory {id}",
    "supported": "Theory {id} is supported",
    "ruled_out": "Theory {id} is ruled out",
    "open": "Theory {id} is open again",
}


def _time(value: Any) -> str:
    at = instant(value)
    return f"{at:%d %b %H:%M} UTC" if at else ""


@about("incident.impact_claimed")
def _claimed(told: Told) -> Line:
    data = told.data
    head = "Impact suspected" if data["suspected"] else "Impact"
    figure = figure_text(msgspec.convert(data["figure"], ImpactFigure))
    until = f"to {_time(data['ends_at'])}" if data["ends_at"] else "ongoing"
    detail = joined(
        f"from {_time(data['starts_at'])}, {until}",
        f"source: {data['source']}",
        f"replaces claim {data['replaces']}" if data["replaces"] else "",
    )
    text = f"{head}: {data['affected']}, {figure} (claim {data['id']})"
    return Line(kind="impact", text=text, detail=detail, evidence=data["evidence"])


@about("incident.impact_judged")
def _judged(told: Told) -> Line:
    data = told.data
    text = f"Claim {data['id']} {_OF_CLAIM[data['verdict']]}: {data['affected']}"
    return Line(kind="impact", text=text, detail=data["why"], evidence=data["evidence"])


@about("incident.theory")
def _theory(told: Told) -> Line:
    return Line(kind="theory", text=f"Theory {told.data['id']}: {told.data['text']}")


@about("incident.theory_judged")
def _theory_judged(told: Told) -> Line:
    data = told.data
    text = f"{_OF_THEORY[data['verdict']].format(id=data['id'])}: {data['text']}"
    return Line(kind="theory", text=text, detail=data["why"], evidence=data["evidence"])


@about("incident.tried")
def _tried(told: Told) -> Line:
    data = told.data
    by = "" if data["person"] == told.event.actor else f" by {data['person']}"
    detail = f"from theory {data['theory_id']}" if data["theory_id"] else ""
    return Line(kind="attempt", text=f"Tried{by}: {data['text']} (attempt {data['id']})", detail=detail)


@about("incident.outcome")
def _outcome(told: Told) -> Line:
    data = told.data
    started, at = instant(data["started_at"]), instant(data["at"])
    came = outcome_text(data["outcome"], started, at) if started and at else words(data["outcome"])
    text = f"Attempt {data['id']} {came}: {data['text']}"
    return Line(kind="attempt", text=text, detail=data["why"], evidence=data["evidence"])


@about("incident.attached")
def _attached(told: Told) -> Line:
    data = told.data
    source = f" from {data['source']}" if data["source"] else ""
    same = f"the same as {', '.join(data['same_as'])}" if data["same_as"] else ""
    text = f"Attached {data['name']}{source}, {data['size']:,} bytes (attachment {data['id']})"
    return Line(kind="file", text=text, detail=joined(data["note"], same), full=f"SHA-256 {data['sha256']}")
