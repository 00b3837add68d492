"""An incident as an iCalendar document (RFC 5545): its episodes, the next update, and when its review may be held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.review_words import reasons
from incidentd.wire.export import IncidentExport

PRODUCT = "-//incidentd//incident//EN"


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event; without an end it is a moment."""

    name: str
    starts_at: datetime
    ends_at: datetime | None
    summary: str
    description: str = ""


def calendar(export: IncidentExport) -> bytes:
    """The document. Times are UTC; the ids stay the same, so that a reader that imports it again changes its events."""
    from icalendar import Calendar, Event  # its import takes longer than a start may

    incident = export.detail.incident
    document = Calendar()
    document.add("prodid", PRODUCT)
    document.add("version", "2.0")
    document.add("x-wr-calname", f"INC-{incident.id}")
    for one in _entries(export):
        event = Event()
        event.add("uid", f"incident-{incident.id}-{incident.declared_at:%Y%m%dT%H%M%S%f}-{one.name}@incidentd")
        event.add("dtstamp", export.exported_at)
        event.add("dtstart", one.starts_at)
        if one.ends_at is not None:
            event.add("dtend", one.ends_at)
        event.add("summary", safe_line(one.summary))
        if one.description:
            event.add("description", safe_text(one.description))
        event.add("transp", "TRANSPARENT")
        document.add_component(event)
    return bytes(document.to_ical())


def _entries(export: IncidentExport) -> Iterator[_Entry]:
    incident = export.detail.incident
    name = f"INC-{incident.id} {incident.severity}: {incident.title}"
    for one in export.measures.episodes:
        episode = f" (episode {one.number})" if len(export.measures.episodes) > 1 else ""
        yield _Entry(
            name=f"episode-{one.number}",
            starts_at=one.started_at,
            ends_at=max(one.ended_at or export.exported_at, one.started_at),
            summary=name + episode + ("" if one.ended_at else ", goes on"),
            description=incident.summary,
        )
    if incident.next_update_at is not None:
        yield _Entry(name="update", starts_at=incident.next_update_at, ends_at=None, summary=f"Update is due: {name}")
    window = export.detail.window
    if incident.review_opens_at is not None and incident.review_due_at is not None:
        yield _Entry(
            name="review",
            starts_at=incident.review_opens_at,
            ends_at=incident.review_due_at,
            summary=f"{export.review_name} may be held: {name}",
            description="\n".join(reasons(window.nights, window.openings)) if window is not None else "",
        )
