"""Changes of the day as sentences, for the event log and whoever reads it."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.duty_changes import Absence, Override, Swap

_ENDINGS = {
    "override.set": "",
    "override.changed": ", as it was changed",
    "override.ended": ", where it was ended",
    "override.cancelled": ": taken back",
    "absence.set": "",
    "absence.ended": ", where it was ended",
    "absence.cancelled": ": taken back",
    "swap.proposed": "if {other} accepts",
    "swap.accepted": "{other} has accepted",
    "swap.declined": "{other} has declined",
    "swap.expired": "nobody accepted in time",
    "swap.cancelled": "{person} has taken it back",
}


def told(change: Override | Swap | Absence, kind: str) -> str:
    """What an event of `kind` says about `change`."""
    ending = _ENDINGS[kind]
    words = ""
    match change:
        case Override():
            words = f"{change.person} carries the pager of {change.schedule} {_span(change.starts_at, change.ends_at)}"
        case Absence():
            stands_in = f"{change.stand_in} stands in" if change.stand_in else "nobody stands in"
            words = f"{change.person} is away {_span(change.starts_at, change.ends_at)}, {stands_in}"
        case Swap():
            mine, theirs = _span(change.starts_at, change.ends_at), _span(change.other_starts_at, change.other_ends_at)
            words = f"{change.person} gives {change.schedule} {mine} to {change.other} and takes {theirs}; "
            ending = ending.format(person=change.person, other=change.other)
    return f"{words}{ending}" + (f" ({change.reason})" if change.reason else "")


def _span(begin: datetime, end: datetime) -> str:
    return f"from {begin:%Y-%m-%d %H:%M} until {end:%Y-%m-%d %H:%M} UTC"
