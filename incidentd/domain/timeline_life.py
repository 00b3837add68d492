"""How an incident's times were corrected, in the words of its timeline."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.corrections import Correction
from incidentd.domain.event_times import instant
from incidentd.domain.told import Line, Sentences, Told

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
