"""When the review of an incident may be held, and what happens before it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, OptionalText, Request, Text


class Night(Frozen, frozen=True):
    """Somebody worked in their sleep hours, for which the review waits one night; nobody is ranked by it."""

    person: str
    at: Instant
    zone: str
    text: str  # the sentence a person reads, on that person's own clocks


class Opening(Frozen, frozen=True):
    """A wish to hold the review before people rested; a second person answers it, and it stays seen."""

    id: int
    episode: int
    asked_by: str
    asked_at: Instant
    reason: str
    floor_at: Instant  # the floor that it moves
    state: str  # asked | granted | declined | withdrawn
    answered_by: str
    answered_at: Instant | None
    answer: str
    text: str  # the sentence a person reads


class ReviewWindow(Frozen, frozen=True):
    """From `opens_at` the review may be held, after `due_at` it is late. No times: not resolved yet, or none is owed.

    `standing`: waiting, open, soon (two business days are left), late; "" when it was held, or none is owed.
    """

    incident_id: int
    review_name: str
    status: str
    severity: Severity
    resolved_at: Instant | None
    opens_at: Instant | None
    due_at: Instant | None
    standing: str
    floor: float | None  # seconds after the resolve
    business_days: int | None  # until it is late
    team: str  # whose business days count, "" for those of the daemon
    zone: str
    holidays: str  # the region whose public holidays are no business days
    nights: tuple[Night, ...]
    owner: str  # who sees to it that it is held, and is reminded
    openings: tuple[Opening, ...] = ()  # every wish to hold it early, oldest first
    not_rested: tuple[str, ...] = ()  # sentences about those who had no whole night since they worked in one
    facilitator_faults: tuple[str, ...] = ()  # why who holds that role is an exception: shown, never refused


class AskOpening(Request, frozen=True):
    reason: Text


class AnswerOpening(Request, frozen=True):
    """`withdrawn` is for who asked, the others are for anybody else."""

    answer: Literal["granted", "declined", "withdrawn"]
    why: OptionalText = ""


class OwnNotes(Frozen, frozen=True):
    """What the caller wrote for themselves; nobody else can ask for it. Version 0: nothing."""

    incident_id: int
    text: str
    saved_at: Instant | None
    version: int


class SaveNotes(Request, frozen=True):
    text: Annotated[str, Meta(max_length=100_000)]


class SavedNotes(Frozen, frozen=True):
    """Without the text, for answers to changes are kept for a day."""

    incident_id: int
    saved_at: Instant | None
    version: int
