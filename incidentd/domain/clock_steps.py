"""When the machine's clock is set: what is a step, and what it means for what waits.

Timers are instants of the wall clock, so that they outlive a restart and mean the same on every node. A clock that is
set forward makes some of them due early, which is noise. One that is set back would make a page wait for its next step
by so much longer, and that must not be: what waits "for ten minutes" waits for ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from incidentd.domain.own_alarms import OwnAlarm

TOLERANCE = timedelta(seconds=2)
"""Below it a clock is disciplined, not set: NTP slews by half a millisecond a second."""
SHOWN = timedelta(hours=1)

WAITS = (
    "alert.settled",
    "drill.end",
    "drill.step",
    "group.flush",
    "group.look",
    "page.ack_lapsed",
    "page.step",
    "page.unreached",
)
"""Kinds of timers that end a wait which began when they were armed. The others stand for an instant that people or a
calendar named, and keep it."""


class Reading(msgspec.Struct, frozen=True):
    """What two clocks said at one moment: the wall's, and one that nobody can set."""

    wall: datetime
    steady: timedelta


def step_between(before: Reading, after: Reading) -> timedelta:
    """By how much the wall clock was set in between, forward or back (negative); zero when it was not.

    The steady clock has to run on while the machine sleeps: waking up is no step.
    """
    found = (after.wall - before.wall) - (after.steady - before.steady)
    return found if abs(found) > TOLERANCE else timedelta(0)


def set_back_while_away(newest: datetime | None, now: datetime) -> timedelta:
    """By how much at least the clock was set back since the newest thing that is stored (negative, or zero)."""
    behind = now - newest if newest is not None else timedelta(0)
    return behind if behind < -TOLERANCE else timedelta(0)


def length(by: timedelta) -> str:
    """As people say it: "1 h 0 min 3 s"."""
    seconds = round(abs(by).total_seconds())
    parts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((at for at, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first:])


def alarm(at: datetime, by: timedelta) -> OwnAlarm:
    """What health says of a step by `by` that was seen `at` (by the clock as it is now)."""
    how = f"set back by {length(by)}" if by < timedelta(0) else f"set forward by {length(by)}"
    then = (
        "what waited for a while still waits for as long, and what has a time of day comes at that time"
        if by < timedelta(0)
        else "what was due in between came at once"
    )
    return OwnAlarm("clock-stepped", f"the clock was {how}, seen at {at:%Y-%m-%d %H:%M:%S} UTC: {then}; look at NTP")
