"""Requests: somebody asks others to take a time of theirs, or to swap it for one of theirs."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_blocks import blocks
from incidentd.domain.duty_changes import Changes
from incidentd.domain.duty_rules import BadChange, check_held, check_span, named_person, named_schedule
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.people import Roster, Schedule
from incidentd.domain.wall_clock import instant, wall

RETURN_WITHIN = timedelta(days=60)
"""How far ahead a time is looked for that is given in return."""


class Wants(enum.StrEnum):
    """`take`: without a return; `swap`: for as long a time, so that hours are conserved."""

    TAKE = "take"
    SWAP = "swap"


class State(enum.StrEnum):
    """What became of a request."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by everybody who was asked
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One who was asked. The times are what they would give in return; None where nothing is, or none was found."""

    person: str
    declined: bool = False
    returns_from: datetime | None = None
    returns_until: datetime | None = None


class ShiftRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`person` wants to be rid of a time of `schedule`. The first of `asked` who accepts has it.

    `result` is the change that was made of it: override:3 or swap:4.
    """

    id: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    wants: Wants
    asked: tuple[Asked, ...]
    expires_at: datetime
    reason: str = ""
    state: State = State.OPEN
    taken_by: str = ""
    taken_via: str = ""
    result: str = ""
    by: str = ""
    at: datetime
    version: int = 1

    @property
    def name(self) -> str:
        """What people call it."""
        return f"Q-{self.id}"

    @property
    def subject(self) -> str:
        """What its events, timers and messages carry."""
        return f"request:{self.id}"

    @property
    def people(self) -> tuple[str, ...]:
        """Who was asked."""
        return tuple(one.person for one in self.asked)

    def asked_of(self, handle: str) -> Asked | None:
        """What was asked of one person; None when nothing was."""
        return next((one for one in self.asked if one.person == handle), None)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who has not answered."""
        return tuple(one.person for one in self.asked if not one.declined) if self.state is State.OPEN else ()


def check_request(roster: Roster, changes: Changes, request: ShiftRequest, now: datetime) -> None:
    """Raise `BadChange` unless the time lies ahead and is the person's own, and somebody else is asked."""
    schedule = named_schedule(roster, request.schedule)
    named_person(roster, request.person, "person")
    check_span(request.starts_at, request.ends_at, now, "ends_at")
    for handle in request.people:
        named_person(roster, handle, "people")
    if not request.asked:
        raise BadChange("there is nobody to ask", "people", "name people or a team, of whom one is not away then")
    if not now < request.expires_at <= request.ends_at:
        raise BadChange("is not between now and the end of the time", "expires_at", "write a time in between")
    check_held(schedule, changes, request.person, request.starts_at, request.ends_at, "starts_at")


def check_still_theirs(roster: Roster, changes: Changes, request: ShiftRequest, now: datetime) -> None:
    """Raise `BadChange` unless what is left of the time is still the person's own."""
    schedule = named_schedule(roster, request.schedule)
    check_held(schedule, changes, request.person, max(request.starts_at, now), request.ends_at, "starts_at")


def who_can(roster: Roster, changes: Changes, request: ShiftRequest, people: Iterable[str]) -> tuple[str, ...]:
    """Those of `people` who are not away in that time, without who asks."""
    away = changes.absences_of()
    return tuple(
        handle
        for handle in dict.fromkeys(people)
        if handle != request.person
        and handle in roster.people
        and not any(one.starts_at < request.ends_at and request.starts_at < one.ends_at for one in away.get(handle, ()))
    )


def in_return(
    schedule: Schedule, changes: Changes, request: ShiftRequest, handle: str, now: datetime
) -> tuple[datetime, datetime] | None:
    """The first time of `handle`'s, as long on the clocks of the schedule, that begins one of their blocks."""
    length = wall(request.ends_at, schedule.zone) - wall(request.starts_at, schedule.zone)
    for block in blocks(final_schedule(schedule, changes, now, now + RETURN_WITHIN)):
        end = instant(wall(block.starts_at, schedule.zone) + length, schedule.zone)
        apart = end <= request.starts_at or request.ends_at <= block.starts_at
        if block.person == handle and block.starts_at > now and end <= block.ends_at and apart:
            return block.starts_at, end
    return None


def default_end(starts_at: datetime, ends_at: datetime, now: datetime) -> datetime:
    """Until when it is asked: until the time begins, or while it lasts when it is about to."""
    return starts_at if starts_at > now + timedelta(minutes=15) else ends_at


def told(request: ShiftRequest) -> str:
    """What is asked, as a sentence."""
    span = f"from {request.starts_at:%Y-%m-%d %H:%M} until {request.ends_at:%Y-%m-%d %H:%M} UTC"
    what = "take" if request.wants is Wants.TAKE else "swap"
    why = f" ({request.reason})" if request.reason else ""
    return f"{request.name}: {request.person} asks {', '.join(request.people)} to {what} {request.schedule} {span}{why}"
