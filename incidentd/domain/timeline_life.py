"""What becomes of an incident beside its status, in words: corrections, splits, what it resembles."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.corrections import Correction
from incidentd.domain.event_times import instant
from incidentd.domain.told import Line, Sentences, Told, joined

SENTENCES = Sentences()
_NAMES = {
    "started_at": "when it started",
    "detected_at": "when it was detected",
    "mitigated_at": "when it was mitigated",
    "resolved_at": "when it was resolved",
}


@SENTENCES.about("incident.corrected")
def _corrected(told: Told) -> Line:
    data = told.data
    name = _NAMES.get(data["what"]) or f"when this was observed: {data['text']}"
    episode = f" (episode {data['episode']})" if data["episode"] > 1 else ""
    return Line(kind="edit", text=f"Corrected {name}{episode}: {_change(data['from'], data['to'])}", detail=data["why"])


@SENTENCES.about("incident.split")
def _split(told: Told) -> Line:
    data = told.data
    went = [told.named(data["alert_ids"])] if data["alert_ids"] else []
    went += [f"R-{one}" for one in data["report_ids"]]
    count = len(data["entries"])
    went += [f"a copy of {count} {'entry' if count == 1 else 'entries'}"] if count else []
    detail = joined(data["title"], data["reason"])
    return Line(kind="link", text=f"Split: {', '.join(went)} went to INC-{data['incident_id']}", detail=detail)


@SENTENCES.about("incident.split_from")
def _split_from(told: Told) -> Line:
    data = told.data
    return Line(kind="link", text=f"Split off INC-{data['incident_id']}", detail=joined(data["title"], data["reason"]))


@SENTENCES.about("incident.resembles")
def _resembles(told: Told) -> Line:
    data = told.data
    return Line(kind="link", text=f"Resembles INC-{data['incident_id']}: {data['title']}", detail=data["why"])


@SENTENCES.about("incident.resembles_no_more")
def _resembles_no_more(told: Told) -> Line:
    return Line(kind="link", text=f"No longer said to resemble INC-{told.data['incident_id']}")


@SENTENCES.about("incident.hold_added")
def _held(told: Told) -> Line:
    return Line(kind="hold", text=f"Held: nothing of it is removed ({told.data['reason']})")


@SENTENCES.about("incident.hold_released")
def _released(told: Told) -> Line:
    return Line(kind="hold", text=f"The hold was released ({told.data['reason']})")


def _change(before: object, after: object) -> str:
    first, second = instant(before), instant(after)
    days = first is not None and second is not None and first.date() != second.date()
    return f"{_clock(first, days)} → {_clock(second, days)} UTC"


def _clock(at: datetime | None, days: bool) -> str:
    if at is None:
        return "(not said)"
    return f"{at:%d %b %H:%M:%S}" if days else f"{at:%H:%M:%S}"


def corrected(one: Correction) -> str:
    """What is said below an entry whose time was corrected."""
    return f"its time was corrected, {_change(one.before, one.after)}, by {one.by}: {one.why}"
