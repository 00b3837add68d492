"""Requests to take or swap a time of duty, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire

Reason = Annotated[str, Meta(max_length=1000)]


class AskedPerson(wire.Frozen, frozen=True):
    """The times are what they would give in return, by default; None where nothing is, or none was found."""

    person: str
    declined: bool
    returns_from: wire.Instant | None
    returns_until: wire.Instant | None


class ShiftRequest(wire.Frozen, frozen=True):
    """The first of `asked` who accepts has the time."""

    id: int
    name: str
    schedule: str
    person: str  # whose time it is
    starts_at: wire.Instant
    ends_at: wire.Instant
    wants: str  # take | swap
    asked: tuple[AskedPerson, ...]
    expires_at: wire.Instant
    reason: str
    state: str  # open | accepted | declined (by everybody) | cancelled | expired
    taken_by: str
    taken_via: str  # api | link
    result: str  # the change that was made of it: override:3, swap:4
    by: str
    at: wire.Instant
    version: int


class ShiftRequestList(wire.Frozen, frozen=True):
    requests: tuple[ShiftRequest, ...]


class AskForShift(wire.Request, frozen=True):
    """Of nobody named: of everybody in the team, and without one of everybody in the schedule."""

    schedule: wire.Handle
    ends_at: wire.Instant
    starts_at: wire.Instant | None = None  # default: now
    person: Annotated[str, Meta(max_length=64)] = ""  # default: the caller
    people: Annotated[tuple[wire.Handle, ...], Meta(max_length=50)] = ()
    team: Annotated[str, Meta(max_length=64)] = ""
    wants: Literal["take", "swap"] = "take"
    expires_at: wire.Instant | None = None  # default: when the time begins
    reason: Reason = ""


class AnswerRequest(wire.Request, frozen=True):
    """Who was asked accepts or declines; who asked cancels. Of a swap another time may be given in return."""

    to: Literal["accepted", "declined", "cancelled"]
    returns_from: wire.Instant | None = None
    returns_until: wire.Instant | None = None
