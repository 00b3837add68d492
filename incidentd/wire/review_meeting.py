"""The meeting in which a review is held: proposed times, invitations and answers. None of it is required."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire.base import Frozen, Handle, Instant, OptionalText, Request

_Minutes = Annotated[int, Meta(ge=15, le=480)]
_Place = Annotated[str, Meta(max_length=250)]
_People = Annotated[tuple[Handle, ...], Meta(max_length=100)]


class Unsuited(Frozen, frozen=True):
    """Whom a time does not suit, and why: away, asleep, rests, holiday, off_hours, pager, project."""

    person: str
    against: str
    text: str


class MeetingTime(Frozen, frozen=True):
    starts_at: Instant
    ends_at: Instant
    why: str  # what speaks for it, in a sentence
    unsuited: tuple[Unsuited, ...]


class Candidate(Frozen, frozen=True):
    """Who may facilitate. With faults it would be an exception, which is shown and never refused."""

    person: str
    listed: bool  # in [review] of process.toml
    faults: tuple[str, ...]


class Invited(Frozen, frozen=True):
    """`part`: owner, facilitator, took_part. `answer`: yes, no, maybe, or "" while nothing was said."""

    person: str
    part: str
    zone: str
    answer: str = ""
    answered_at: Instant | None = None
    comment: str = ""


class MeetingProposals(Frozen, frozen=True):
    """Times inside the window, each with whom it does not suit."""

    incident_id: int
    review_name: str
    opens_at: Instant
    due_at: Instant
    invited: tuple[Invited, ...]
    times: tuple[MeetingTime, ...]
    facilitators: tuple[Candidate, ...]


class Meeting(Frozen, frozen=True):
    """`uid` and `sequence` are those of iCalendar; `before_floor`: people will not have rested by then."""

    incident_id: int
    review_name: str
    state: str  # scheduled | cancelled
    starts_at: Instant
    ends_at: Instant
    place: str
    by: str
    at: Instant
    uid: str
    sequence: int
    invited: tuple[Invited, ...]
    unsuited: tuple[Unsuited, ...]
    facilitator_faults: tuple[str, ...]  # why who facilitates is an exception
    before_floor: bool
    version: int


class ScheduleMeeting(Request, frozen=True):
    """Without `people` those who had to do with the incident, its owner and the facilitator."""

    starts_at: Instant
    minutes: _Minutes = 60
    people: _People = ()
    facilitator: Annotated[str, Meta(max_length=64)] = ""
    place: _Place = ""


class MoveMeeting(Request, frozen=True):
    """What is not given stays as it is."""

    starts_at: Instant | None = None
    minutes: _Minutes | None = None
    place: _Place | None = None


class CancelMeeting(Request, frozen=True):
    why: OptionalText = ""


class AnswerMeeting(Request, frozen=True):
    answer: Literal["yes", "no", "maybe"]
    comment: Annotated[str, Meta(max_length=500)] = ""
