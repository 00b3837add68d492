"""The meeting in which a review is held, and who is invited. None is required: a review may be held without."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.meeting_times import Part
from incidentd.domain.wall_clock import wall

A_DAY_BEFORE, AN_HOUR_BEFORE = timedelta(days=1), timedelta(hours=1)
"""When those who are invited are reminded."""


class MeetingState(enum.StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """`uid` and `sequence` are those of iCalendar (RFC 5545, 3.8.4.7 and 3.8.7.4): a later one counts."""

    incident_id: int
    uid: str
    sequence: int = 0
    starts_at: datetime
    ends_at: datetime
    place: str
    state: MeetingState = MeetingState.SCHEDULED
    by: str
    at: datetime
    version: int = 1


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """`answer` is yes, no, maybe, or "" while nothing was said."""

    incident_id: int
    person: str
    part: Part
    answer: str = ""
    answered_at: datetime | None = None
    comment: str = ""


def own_time(meeting: Meeting, zone: str) -> str:
    """When it is on somebody's clocks."""
    begins, ends = wall(meeting.starts_at, zone), wall(meeting.ends_at, zone)
    return f"{begins:%a %d %b %Y %H:%M} to {ends:%H:%M} ({zone})"
