"""The timeline in words. A kind of event that no topic has words for is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from incidentd.domain import (
    timeline_chat,
    timeline_facts,
    timeline_incident,
    timeline_library,
    timeline_life,
    timeline_pages,
    timeline_review,
    timeline_review_window,
    timeline_roles,
    timeline_severity,
)
from incidentd.domain.corrections import Correction, corrections
from incidentd.domain.event_times import instant
from incidentd.domain.hiding import HIDES
from incidentd.domain.review_events import OF_WORKSHOPS
from incidentd.domain.told import Line, Told, joined, words
from incidentd.wire import Event, TimelineEntry

NOTE_KINDS = ("note", "observation", "decision", "action")
"""What a hand-written entry may be."""
_SENTENCES = {
    **timeline_incident.SENTENCES,
    **timeline_life.SENTENCES,
    **timeline_review_window.SENTENCES,
    **timeline_pages.SENTENCES,
    **timeline_roles.SENTENCES,
    **timeline_facts.SENTENCES,
    **timeline_severity.SENTENCES,
    **timeline_chat.SENTENCES,
    **timeline_review.SENTENCES,
    **timeline_library.SENTENCES,
}

# Kinds that explain a decision about an alert; `alert trace` shows them, a timeline would drown in them.
# An expiry is told by the end that follows it.
_HIDING = {kind for on, (off, _) in HIDES.items() for kind in (on, off)}
_REPORTED = {"alert.report_linked", "alert.report_unlinked"}  # the incident's own entries say so
_PIN = "incident.pinned"  # seen as a mark on the entry
_EXPLAINED = {
    "delivery.retrying",
    "delivery.held",
    "page.updated",
    "page.declared",
    "alert.out_of_order",
    "alert.expired",
}
_LEFT_OUT = frozenset({_PIN, *_EXPLAINED, *_HIDING, *_REPORTED})


def known_kinds() -> frozenset[str]:
    """The kinds of event that have words of their own."""
    return frozenset(_SENTENCES)


def line(told: Told) -> Line:
    """What an event says; also when its data is not what was expected, for the log outlives its writers."""
    generic = Line(kind=told.event.kind.partition(".")[0], text=words(told.event.kind.replace(".", " ")))
    renderer = _SENTENCES.get(told.event.kind)
    if renderer is None:
        return generic
    try:
        return renderer(told)
    except (KeyError, TypeError, ValueError, AttributeError):
        return generic


def observed_at(event: Event) -> datetime:
    """When it happened, as far as the event says; else when it was recorded."""
    return instant(event.data.get("observed_at")) or instant(event.data.get("at")) or event.at


def entry(told: Told) -> TimelineEntry:
    """One entry of the timeline."""
    event, shown = told.event, line(told)
    return TimelineEntry(
        seq=event.seq,
        observed_at=observed_at(event),
        recorded_at=event.at,
        by=event.actor,
        kind=shown.kind,
        text=shown.text,
        detail=shown.detail,
        evidence=shown.evidence,
        pinned=shown.pinned,
        full=shown.full,
    )


def entries(
    events: Iterable[Event], names: Mapping[str, str], merged: Mapping[str, str] = MappingProxyType({})
) -> tuple[TimelineEntry, ...]:
    """The timeline: by when things happened, then by when they were recorded.

    `merged` are incidents that were merged into it, by subject: their entries say which one they are from.
    """
    told = list(events)
    pins = _pins(told)
    corrected = {one.of: one for one in corrections(told) if one.of}
    shown = [_from(merged, event, entry(Told(event, names))) for event in told if not _left_out(event)]
    found = [_corrected(_pinned(one, pins), corrected.get(one.seq)) for one in shown]
    return tuple(sorted(found, key=lambda one: (one.observed_at, one.seq)))


def _left_out(event: Event) -> bool:
    return event.kind in _LEFT_OUT or event.kind.startswith(OF_WORKSHOPS)


def _pins(events: Iterable[Event]) -> dict[int, bool]:
    """Which entries were pinned, or had their pin taken off, since they were written."""
    told = sorted((one for one in events if one.kind == _PIN), key=lambda one: one.seq)
    return {entry: bool(one.data.get("pinned")) for one in told if isinstance(entry := one.data.get("entry"), int)}


def _pinned(shown: TimelineEntry, pins: Mapping[int, bool]) -> TimelineEntry:
    pinned = pins.get(shown.seq, shown.pinned)
    return shown if pinned == shown.pinned else msgspec.structs.replace(shown, pinned=pinned)


def _corrected(shown: TimelineEntry, correction: Correction | None) -> TimelineEntry:
    """An entry stands where it belongs by its right time, and says what had been said first."""
    if correction is None:
        return shown
    detail = joined(shown.detail, timeline_life.corrected(correction))
    return msgspec.structs.replace(shown, observed_at=correction.after, detail=detail)


def _from(merged: Mapping[str, str], event: Event, shown: TimelineEntry) -> TimelineEntry:
    name = merged.get(event.subject)
    return shown if name is None else msgspec.structs.replace(shown, text=f"{name}: {shown.text}")
