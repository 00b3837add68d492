"""What happened in an incident and what was tried, in a few lines: nothing that was concluded from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incidentd.domain.attempts import attempt_text, span_text
from incidentd.domain.incidents import Incident
from incidentd.domain.resembling import Known
from incidentd.wire.facts import Attempt

_NAMED = 3


def facts_of(incident: Incident, known: Known, tried: Iterable[Attempt]) -> Iterator[str]:
    """The lines, in the order in which they happened."""
    if incident.summary.strip():
        yield incident.summary.strip()
    if known.alerts:
        yield f"alerts: {', '.join(sorted(known.alerts)[:_NAMED])}{' ...' if len(known.alerts) > _NAMED else ''}"
    for word, at in (("mitigated", incident.mitigated_at), ("resolved", incident.resolved_at)):
        if at is not None:
            yield f"{word} after {span_text(at - incident.started_at)}"
    for attempt in tried:
        yield f"tried: {attempt_text(attempt)}"
