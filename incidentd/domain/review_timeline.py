"""The timeline that a review walks: what the log and the customers' messages say, with what people added to it.

It may begin before the incident did: what made it possible is often older than its first alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from incidentd.domain.incidents import Incident
from incidentd.wire import TimelineEntry
from incidentd.wire.review_timeline import CuratedEntry, Doubt, Moment, Walk

GROUP = "group"
"""The kind of a row that only puts an entry of the log under a name."""
_ABOUT_THE_REVIEW = frozenset({"review", "window"})
_AFTER_THE_RESPONSE = frozenset({"status", "overdue", "role", "checklist", "edit"})
"""What is recorded of these after the resolve is about the review, which is not its own subject."""


def of_the_response(incident: Incident, entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """The entries that are about what happened, and not about the review of it."""
    end = incident.resolved_at
    return [
        one
        for one in entries
        if one.kind not in _ABOUT_THE_REVIEW
        and (end is None or one.observed_at <= end or one.kind not in _AFTER_THE_RESPONSE)
    ]


def moments(entries: Iterable[TimelineEntry], added: Sequence[CuratedEntry]) -> tuple[Moment, ...]:
    """Every entry with what was added to it, and the entries of people, by when each of it happened."""
    notes: dict[int, list[CuratedEntry]] = {}
    groups: dict[int, str] = {}
    for one in added:
        if one.seq is not None and one.kind == GROUP:
            groups[one.seq] = one.group
        elif one.seq is not None:
            notes.setdefault(one.seq, []).append(one)
    found = [_moment(one, notes.get(one.seq, []), groups.get(one.seq, "")) for one in entries]
    found += [_moment(_own(one, one.at), [one], one.group) for one in added if one.seq is None and one.at is not None]
    return tuple(sorted(found, key=_order))


def _order(moment: Moment) -> tuple[datetime, bool, int, int]:
    entry = moment.entry
    return entry.observed_at, entry.seq == 0, entry.seq, moment.notes[0].id if moment.notes else 0


def _moment(entry: TimelineEntry, notes: Sequence[CuratedEntry], group: str) -> Moment:
    decided = any(one.kind == "decision" for one in notes)
    return Moment(entry=entry, notes=tuple(notes), group=group, decision=decided)


def _own(one: CuratedEntry, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        seq=0,
        observed_at=at,
        recorded_at=one.recorded_at,
        by=one.by,
        kind=one.kind,
        text=one.text or "A decision",
        detail="",
        evidence=one.evidence,
        pinned=False,
    )


def instants(found: Iterable[Moment]) -> list[datetime]:
    """When something happened, in order; everything of one instant is seen at once."""
    return sorted({one.entry.observed_at for one in found})


def walk(
    found: Sequence[Moment], doubts: Sequence[Doubt], *, hidden: bool, walked_to: datetime | None, walked: bool
) -> Walk:
    """What is seen of the timeline; while the future is `hidden`, nothing after `walked_to`, and no doubt about it."""
    if not hidden:
        return Walk(moments=tuple(found), walked_to=walked_to, walked=walked, doubts=tuple(doubts))
    seen = tuple(one for one in found if walked_to is not None and one.entry.observed_at <= walked_to)
    return Walk(moments=seen, walked_to=walked_to, ahead=len(found) - len(seen))
