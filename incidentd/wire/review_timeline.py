"""The timeline of a review: entries of the log and of people, with notes, decision points and groups."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire import TimelineEntry
from incidentd.wire.base import Frozen, Instant, OptionalText, Request, RowId

EntryKind = Literal["note", "decision", "source"]


class CuratedEntry(Frozen, frozen=True):
    """What somebody added: about an entry of the log (`seq`), or an entry of its own (`at`)."""

    id: int
    seq: int | None
    at: Instant | None
    kind: str  # note | decision | source
    text: str
    evidence: str
    cues: str  # of a decision: what people saw then
    goals: str  # what they wanted then
    options: str  # what they could have done then, as they saw it
    group: str
    by: str
    recorded_at: Instant
    version: int


class Moment(Frozen, frozen=True):
    """One entry of the timeline with what was added to it. `entry.seq` is 0 for an entry of a person's own."""

    entry: TimelineEntry
    notes: tuple[CuratedEntry, ...] = ()
    group: str = ""
    decision: bool = False


class Doubt(Frozen, frozen=True):
    """What does not fit, or is missing: a stated time against a recorded one, a stretch that nothing is known of."""

    kind: str  # contradiction | gap | memory | disputed | unknown
    text: str
    seqs: tuple[int, ...] = ()


class Walk(Frozen, frozen=True):
    """As far as it has been walked. What is ahead is counted, not told."""

    moments: tuple[Moment, ...]
    walked_to: Instant | None = None
    walked: bool = False  # to its end
    ahead: int = 0  # moments that are hidden still
    doubts: tuple[Doubt, ...] = ()  # about what is shown


class WriteEntry(Request, frozen=True):
    """Add to the timeline: to an entry of the log with `seq`, or an entry of one's own with `at`."""

    text: OptionalText = ""
    kind: EntryKind = "note"
    seq: RowId | None = None
    at: Instant | None = None
    evidence: OptionalText = ""
    cues: OptionalText = ""
    goals: OptionalText = ""
    options: OptionalText = ""
    group: Annotated[str, Meta(max_length=100)] = ""


class EditEntry(Request, frozen=True):
    """What is left out stays."""

    text: OptionalText | None = None
    evidence: OptionalText | None = None
    cues: OptionalText | None = None
    goals: OptionalText | None = None
    options: OptionalText | None = None
    group: Annotated[str, Meta(max_length=100)] | None = None
    at: Instant | None = None  # of an entry of one's own


class GroupEntries(Request, frozen=True):
    """Put entries of the log under one name; "" takes them out of theirs."""

    seqs: Annotated[tuple[RowId, ...], Meta(min_length=1, max_length=500)]
    group: Annotated[str, Meta(max_length=100)]
