"""The review of an incident as one of its participants may see it now; what is hidden from them is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, Request, Text
from incidentd.wire.review_records import (
    Account,
    Action,
    Factor,
    Idea,
    Learning,
    Theme,
)
from incidentd.wire.review_similar import SimilarIncidents
from incidentd.wire.review_timeline import Walk

StepName = Literal["ground_rules", "walk", "accounts", "factors", "similar", "learnings", "parking_lot", "closing"]
Feeling = Literal["yes", "no", "unsure"]


class Review(Frozen, frozen=True):
    """A line of the list of reviews."""

    incident_id: int
    title: str
    service: str
    severity: Severity
    status: str  # of the incident
    state: str  # running | paused | written | published
    solo: bool
    started_at: Instant
    started_by: str
    facilitator: str  # who drives it; "" when nobody does
    step: str
    step_started_at: Instant
    step_ends_at: Instant | None  # None: no timer runs
    left: float | None  # seconds of the step that were left when it was paused
    people: int
    factors: int  # of those who wrote them, also while they are hidden
    revealed_at: Instant | None
    unmasked_at: Instant | None
    finished_at: Instant | None
    published_at: Instant | None
    review_name: str
    process_version: str
    imported_from: str
    version: int


class ReviewPage(Frozen, frozen=True):
    reviews: tuple[Review, ...]  # the newest first
    next_cursor: str
    total: int


class ReviewStep(Frozen, frozen=True):
    name: str
    title: str
    text: str  # what its facilitator reads out
    minutes: float


class Participant(Frozen, frozen=True):
    person: str
    joined_at: Instant
    left_at: Instant | None
    done_step: str  # the step they said they are done with
    factors_in: bool  # they said that their factors are written
    factors: int  # how many they have written


class TalkNote(Frozen, frozen=True):
    """What was said, as somebody wrote it down."""

    id: int
    step: str
    at: Instant
    by: str
    text: str


class Closing(Frozen, frozen=True):
    """What was answered at the end, counted; `mine` are the caller's own answers."""

    learned: Mapping[str, int] = {}
    come_again: Mapping[str, int] = {}
    texts: tuple[str, ...] = ()  # without names
    mine: OwnClosing | None = None
    answered: int = 0  # so many have; what they said is counted when everybody present has, or at the end


class OwnClosing(Frozen, frozen=True):
    learned: str
    come_again: str
    text: str


class ReviewView(Frozen, frozen=True):
    """Everything of a review that the caller may see now."""

    review: Review
    steps: tuple[ReviewStep, ...]
    participants: tuple[Participant, ...] = ()
    joined: bool = False  # whether the caller takes part
    drives: bool = False  # whether the caller is its facilitator
    facilitator_was_involved: bool = False  # an exception that is shown, and never refused
    facilitator_faults: tuple[str, ...] = ()  # the same in words; also authority over those who were involved
    walk: Walk = Walk(moments=())
    talk: tuple[TalkNote, ...] = ()
    accounts: tuple[Account, ...] = ()
    factors: tuple[Factor, ...] = ()
    factors_hidden: int = 0  # of others, until they are revealed
    themes: tuple[Theme, ...] = ()
    similar: SimilarIncidents = SimilarIncidents()
    learnings: tuple[Learning, ...] = ()
    ideas: tuple[Idea, ...] = ()
    actions: tuple[Action, ...] = ()
    closing: Closing = Closing()
    sections: Mapping[str, str] = {}  # prose of the document
    masked_by: int | None = None  # the incident whose review keeps what was concluded here from the caller, for now


class StartReview(Request, frozen=True):
    """Begin it; the caller takes part. Without a facilitator the caller drives. `solo`: one person, or a very few."""

    solo: bool = False
    facilitator: Annotated[str, Meta(max_length=64)] = ""


class DriveReview(Request, frozen=True):
    """What its facilitator does: exactly one of these."""

    step: Literal["next", "back"] | StepName | None = None
    walk: Annotated[str, Meta(max_length=40)] | None = None  # "next" moment, to the "end", or up to an RFC 3339 time
    minutes: Annotated[float, Meta(ge=0, le=24 * 60)] | None = None  # the timer of this step, from now; 0: none
    longer: Annotated[float, Meta(gt=0, le=24 * 60)] | None = None  # so many minutes more than the timer has left
    pause: bool | None = None  # or go on with False
    reveal: bool = False  # show the factors although somebody is not done
    finish: bool = False
    facilitator: Annotated[str, Meta(min_length=1, max_length=64)] | None = None  # hand it over; "me" takes it
    reopen: Annotated[str, Meta(max_length=1000)] | None = None  # hold it again after its end: why


class Participate(Request, frozen=True):
    """What a participant says of themselves; what is left out stays."""

    present: bool | None = None  # join, also late, or leave
    done: bool | None = None  # with this step
    factors_in: bool | None = None  # what others wrote is not shown to anybody before


class WriteTalk(Request, frozen=True):
    text: Text


class AnswerClosing(Request, frozen=True):
    learned: Feeling
    come_again: Feeling
    text: Annotated[str, Meta(max_length=20_000)] = ""


class WriteSection(Request, frozen=True):
    """Prose of the document: summary, hard, open_questions, external ... ; "" removes it."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}\Z")]
    text: Annotated[str, Meta(max_length=50_000)]
    version: Annotated[int, Meta(ge=0, le=2**53)] | None = (
        None  # the one its writer saw, 0: it was empty; 409 after another
    )
