"""How promises of updates are kept: who is told that one is due, how it is stated, and what a long incident changes.

The clock belongs to whoever leads the communication; while nobody does, to whoever leads the mitigation, and else to
whoever declared the incident. A response of many hours is told of less often, and its leads are relieved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from incidentd.domain.roles import EXCLUSIVE, Role
from incidentd.wire import RoleHolder


class LongRules(msgspec.Struct, frozen=True, kw_only=True):
    """When a response counts as long, how often it is told of then, and how long a lead goes on without relief."""

    after: timedelta = timedelta(hours=6)
    every: timedelta = timedelta(hours=2)
    relief: timedelta = timedelta(hours=4)


class UpdateRules(msgspec.Struct, frozen=True, kw_only=True):
    """`remind`: how long before a promised update its writer is told. `repeat`: how soon again while it is late."""

    remind: timedelta = timedelta(minutes=3)
    repeat: timedelta = timedelta(minutes=10)
    long: LongRules = LongRules()


GIVE_UP = timedelta(hours=24)
"""From so late on, nobody is reminded any more; the broken promise stays to be seen."""


def addressees(held: Sequence[RoleHolder], declared_by: str, *, insist: bool = False) -> tuple[str, ...]:
    """Whom the clock tells. `insist`: it has told before in vain, so the mitigation lead hears of it as well."""
    now_held = [one for one in held if one.ends_at is None]
    writers = [one.person for one in now_held if one.role == Role.COMMUNICATIONS_LEAD]
    leads = [one.person for one in now_held if one.role == Role.MITIGATION_LEAD]
    chosen = (writers + leads if insist else writers or leads) or [declared_by]
    return tuple(dict.fromkeys(chosen))


def next_reminder(due: datetime, now: datetime, repeat: timedelta) -> datetime | None:
    """When to tell again of an update that was due at `due`: each time twice as late, None at the end."""
    late = now - due
    return now + max(repeat, late) if late < GIVE_UP else None


def stated(text: str, next_at: datetime | None) -> str:
    """The text as it is sent: it says when the next word comes, in UTC, as its readers live in many zones."""
    if next_at is None:
        return text
    return f"{text.rstrip()}\n\nNext update by {next_at.astimezone(UTC):%H:%M UTC (%Y-%m-%d)}."


def unrelieved(held: Sequence[RoleHolder], rules: LongRules, now: datetime) -> tuple[RoleHolder, ...]:
    """Leads that have gone on for longer than anybody should without relief, the longest first."""
    leads = (one for one in held if one.ends_at is None and one.role in EXCLUSIVE)
    return tuple(
        sorted((one for one in leads if now - one.starts_at > rules.relief), key=lambda one: (one.starts_at, one.id))
    )
