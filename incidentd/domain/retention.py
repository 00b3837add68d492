"""How long what piled up stays: the classes of what may go, and when each of them does.

What belongs to an incident, a review, a learning, an action or the log of any of them is of no class, and never goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

LEAST = timedelta(days=7)
"""A class is kept at least so long: handovers, rests and lists of what was hidden look back a week."""
_NOISE = timedelta(days=400)


class Class(msgspec.Struct, frozen=True, kw_only=True):
    """One sort of what goes. `usual` is how long it is kept unless the configuration says otherwise, None for ever."""

    name: str
    what: str
    usual: timedelta | None


CLASSES = (
    Class(
        name="alerts",
        what="alerts that ended and belong to no incident, with their events; pages and groups stay, without labels",
        usual=_NOISE,
    ),
    Class(
        name="messages",
        what="the texts of messages that were sent, but for those of incidents and reports",
        usual=_NOISE,
    ),
    Class(name="notes", what="what sources noted", usual=_NOISE),
    Class(name="drafts", what="drafts that nobody came back to", usual=_NOISE),
    Class(name="drills", what="drills that ended and were not looked back on", usual=_NOISE),
    Class(name="rehearsals", what="rehearsals of the severity matrix that were closed", usual=None),
    Class(
        name="attachments",
        what="files that came with reports which were closed and belong to no incident",
        usual=None,
    ),
    Class(
        name="conversations",
        what="what was written in reports which were closed and belong to no incident; their clocks stay",
        usual=None,
    ),
    Class(
        name="customers",
        what="names, notes and addresses of customers all of whose conversations went",
        usual=None,
    ),
)
"""In the order in which they are looked through: customers go after what they wrote."""
NAMES = tuple(one.name for one in CLASSES)


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """The policy: how long each class is kept, None for ever, and at what hour of which zone the others go."""

    keep: Mapping[str, timedelta | None] = msgspec.field(
        default_factory=lambda: {one.name: one.usual for one in CLASSES}
    )
    at: time = time(3, 30)
    zone: str = "UTC"

    def before(self, name: str, now: datetime) -> datetime | None:
        """What of a class is older than this goes; None when nothing does."""
        kept = self.keep[name]
        return None if kept is None else now - kept

    def next_at(self, now: datetime) -> datetime:
        """The next time of day, after `now`."""
        local = now.astimezone(ZoneInfo(self.zone))
        today = datetime.combine(local.date(), self.at, local.tzinfo)
        due = today if today > local else datetime.combine(local.date() + timedelta(days=1), self.at, local.tzinfo)
        return due.astimezone(now.tzinfo)


def written(kept: timedelta | None) -> str:
    """400 days; for ever."""
    if kept is None:
        return "for ever"
    days, rest = divmod(kept, timedelta(days=1))
    hours = rest // timedelta(hours=1)
    return f"{days} days" if not hours else f"{days} days {hours} h"
