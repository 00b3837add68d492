"""What is to be done after a review: a verb, a team, a day. "It will not be done, because" is an answer too."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from incidentd.domain.action_words import begins_with_verb, says_nothing_new
from incidentd.domain.wall_clock import instant

DAYS_BEFORE = 3
"""So many days before it is due its owner is written to first."""
WEEKS_AFTER = 4
"""So often, a week apart, once it is late; then it is left to whoever looks at the list."""
WRITTEN_AT = time(9)
"""On the clock of the owner's team."""


class State(enum.StrEnum):
    """What became of it."""

    OPEN = "open"
    DONE = "done"
    WONT_DO = "wont_do"


class Export(enum.StrEnum):
    """How it stands with its issue at a code forge."""

    NONE = ""
    ASKED = "asked"
    EXPORTED = "exported"
    FAILED = "failed"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """An action as stored. `due_on` is a day on the calendar of `owner_team`; `worse`: what it could make worse."""

    id: int
    incident_id: int
    text: str
    owner_team: str
    owner: str  # a handle, "" for nobody in particular
    due_on: date
    factor_id: int | None
    worse: str
    state: State
    why: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    ended_by: str
    issue: str
    version: int
    export: Export = Export.NONE
    export_error: str = ""
    issue_at: datetime | None = None  # when its issue last changed, by the forge's clock
    export_key: str = ""  # by which its issue is found again, "" before it was first asked for

    @property
    def name(self) -> str:
        """What people call it."""
        return f"A-{self.id}"

    @property
    def incident(self) -> str:
        """The subject of its events: they belong to the log of its incident."""
        return f"incident:{self.incident_id}"

    @property
    def subject(self) -> str:
        """What its timers carry."""
        return f"action:{self.id}"

    def late(self, today: date) -> bool:
        """Whether it is open and the day that it was due on is over."""
        return self.state is State.OPEN and self.due_on < today


def warnings(action: Action) -> Iterator[str]:
    """What is worth a second thought about an open action; none of it refuses anything."""
    if action.state is not State.OPEN:
        return
    if not begins_with_verb(action.text):
        yield "begin with a verb: what will somebody do? (add, alert on, document, remove, rehearse ...)"
    elif said := says_nothing_new(action.text):
        yield f'"{said}" can never be seen to be done: what will be different when it is?'
    if not action.worse.strip():
        yield "what could this make worse? Every change of a system can; say it before it is made"
    if action.factor_id is None:
        yield "it is linked to no contributing factor, so nobody will know what it was for"


def reminders(due_on: date, zone: str) -> list[datetime]:
    """When its owner is written to: three days before, on the day, then weekly, four times at most."""
    after = [timedelta(weeks=week) for week in range(WEEKS_AFTER + 1)]
    days = [due_on - timedelta(days=DAYS_BEFORE), *(due_on + one for one in after)]
    return [instant(datetime.combine(day, WRITTEN_AT), zone) for day in days]


def next_reminder(due_on: date, zone: str, now: datetime) -> datetime | None:
    """The first reminder that is still to come, None after the last."""
    return next((at for at in reminders(due_on, zone) if at > now), None)


def due_words(due_on: date, today: date) -> str:
    """How far away the day is."""
    days = (due_on - today).days
    if days == 0:
        return "is due today"
    if days > 0:
        return f"is due in {days} day{'s' if days > 1 else ''}"
    return f"is {-days} day{'s' if days < -1 else ''} late"
