"""When somebody who was asked for something is reminded, and when it is too late."""

from __future__ import annotations

from datetime import datetime, timedelta

_AFTER = timedelta(hours=24)
_BEFORE_END = (timedelta(hours=24), timedelta(hours=2))
_APART = timedelta(hours=1)


def reminders(asked_at: datetime, expires_at: datetime) -> list[datetime]:
    """A day after the question, and a day and two hours before its end; never within an hour of each other."""
    found: list[datetime] = []
    for at in sorted({asked_at + _AFTER, *(expires_at - wait for wait in _BEFORE_END)}):
        if (found[-1] if found else asked_at) + _APART <= at <= expires_at - _APART:
            found.append(at)
    return found


def next_step(asked_at: datetime, expires_at: datetime, now: datetime) -> datetime:
    """The next reminder after `now`, at last the end."""
    return next((at for at in reminders(asked_at, expires_at) if at > now), expires_at)
