"""Which mode blocks can be: a mode lasts a week or more, and what is shorter says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from incidentd.domain.duty_rules import LONGEST, BadChange
from incidentd.domain.modes import SHORTEST, ModeBlock, stretches
from incidentd.domain.people import Roster
from incidentd.domain.wall_clock import wall


def check_beginning(asked: datetime, now: datetime, zone: str) -> None:
    """Raise `BadChange` for a day that is over: which mode somebody was in stays as it was. Earlier today is fine."""
    if asked < now and wall(asked, zone).date() != wall(now, zone).date():
        raise BadChange("begins in the past: which mode somebody was in stays as it was", "starts_at", "begin today")


def check_block(roster: Roster, block: ModeBlock, now: datetime) -> None:
    """Raise `BadChange` unless such a block can be at `now`."""
    if block.person not in roster.people:
        raise BadChange(f"there is no person {block.person!r}", "person", "incidentctl people lists them")
    if block.ends_at <= block.starts_at:
        raise BadChange("the end is not after the beginning", "ends_at", "exchange the two")
    if block.ends_at <= now:
        raise BadChange("the end lies in the past", "ends_at", "write a later time")
    if block.ends_at - block.starts_at > LONGEST:
        raise BadChange(f"lasts longer than {LONGEST.days} days", "ends_at", "plan a year at most")


def check_lengths(before: Sequence[ModeBlock], after: Sequence[ModeBlock], zone: str, reason: str) -> None:
    """Raise `BadChange` when a change without a reason makes a time in one mode shorter than a week."""
    if reason:
        return
    known = set(stretches(before))
    for one in stretches(after):
        if one not in known and one.length(zone) < SHORTEST:
            raise BadChange(
                f"{one.person} would be in {one.mode} mode for {_days(one.length(zone))} only, from"
                f" {one.starts_at:%Y-%m-%d %H:%M} until {one.ends_at:%Y-%m-%d %H:%M} UTC: a mode lasts a week or more",
                "reason",
                "make it a week, or give a reason",
            )


def _days(length: timedelta) -> str:
    hours = length // timedelta(hours=1)
    parts = [f"{hours // 24} d" if hours >= 24 else "", f"{hours % 24} h" if hours % 24 else ""]
    return " ".join(part for part in parts if part) or f"{length // timedelta(minutes=1)} min"
