"""What support protects project work from, on the wire; the rules of `wire` hold here too.

Measures are those of a team: no struct here has figures of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire

GivenReason = Literal["knowledge", "hands", "no_support", "unfinished", "access", "mistake", "other"]
Note = Annotated[str, Meta(max_length=1000)]


class Interruption(wire.Frozen, frozen=True):
    """Somebody on project work was pulled into reactive work."""

    id: int
    person: str
    at: wire.Instant
    source: str  # page | incident | chat | mail | call | in_person | other
    reason: str  # scheduled | named | escalated, or one that people give
    subject: str  # what it was about, such as page:3; "" for what has no record
    service: str
    note: str
    by: str
    withdrawn: bool  # it was none, and counts no longer


class Interruptions(wire.Frozen, frozen=True):
    """Those since `starts_at`, the newest first."""

    starts_at: wire.Instant
    interruptions: tuple[Interruption, ...]


class ProtectedWeek(wire.Frozen, frozen=True):
    """The figures of a time. Shares are None where there is nothing to take them of."""

    day: date  # on which it starts, in the zone of the team's first member
    starts_at: wire.Instant
    ends_at: wire.Instant  # the present in the week that runs
    project_days: int
    leaks: int  # of the project days
    leak_free: float | None  # 1 - leaks / project_days
    work: int  # reactive work
    absorbed: int  # of it
    absorption: float | None  # absorbed / work
    interruptions: int
    reasons: Mapping[str, int]  # how many interruptions had which
    hours: int  # with an interrupt
    off_hours: int  # of them
    sleep_hours: int  # of them


class Island(wire.Frozen, frozen=True):
    """A service for which one person was pulled in `count` times; `text` suggests what to do."""

    service: str
    count: int
    text: str


class Protection(wire.Frozen, frozen=True):
    """The measures of a team by week, oldest first, and over the `whole` time. `definitions` are by field."""

    team: str
    at: wire.Instant
    starts_at: wire.Instant
    weeks: tuple[ProtectedWeek, ...]
    whole: ProtectedWeek
    islands: tuple[Island, ...]
    definitions: Mapping[str, str]


class RecordInterruption(wire.Request, frozen=True):
    """By hand: `person` (the caller, by default) was on project work at `at` (now, by default)."""

    reason: GivenReason
    person: Annotated[str, Meta(max_length=64)] = ""
    source: Literal["incident", "chat", "mail", "call", "in_person", "other"] = "other"
    service: Annotated[str, Meta(max_length=100)] = ""
    note: Note = ""  # wanted for the reason "other"
    at: wire.Instant | None = None


class WithdrawInterruption(wire.Request, frozen=True):
    note: Note = ""
