"""Handovers: a duty block ends with one. Drafted from data, finished by who leaves, accepted by who comes next.

Nothing here has a say in paging: the next one carries the pager from the first second, accepted or not.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_blocks import Block
from incidentd.domain.people import HandoverForm, Schedule

SHORT_BLOCK = timedelta(hours=24)
"""Who carries the pager for less than this is handed over to in the short form, and hands over so."""
AHEAD = timedelta(hours=1)
"""So long before the end of a block its person is told to write down what surprised them."""
_UNFINISHED = (timedelta(hours=1), timedelta(hours=3))
SENT_UNFINISHED = timedelta(hours=6)
"""So long after the end of a block a handover that nobody finished goes to the next one as it is."""
_UNACCEPTED = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))


class State(enum.StrEnum):
    """How far a handover is; `running` while its block lasts."""

    RUNNING = "running"
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"  # the next block is over too, or there is nobody to hand over to any more


OPEN = (State.DRAFT, State.SENT)
"""A block that is over and was not taken over yet."""
WRITABLE = (State.RUNNING, State.DRAFT, State.SENT)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to know. `subject` is what it is about, such as incident:3, "" for nothing that can be opened."""

    subject: str
    text: str
    at: datetime | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Things of one kind; `more` are left out of `items`."""

    kind: str
    title: str
    items: tuple[Item, ...]
    more: int = 0


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One block of `person` and how it ends. While it runs, `ends_at` and whoever comes next are what is expected.

    `sections` are empty until it is sent: up to then the digest is that of the present instant.
    """

    id: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    next_person: str = ""
    next_starts_at: datetime | None = None
    form: HandoverForm = HandoverForm.FULL
    state: State = State.RUNNING
    surprises: str = ""
    sections: tuple[Section, ...] = ()
    finished_by: str = ""  # "" while nobody has said that it is complete
    sent_at: datetime | None = None
    accepted_by: str = ""
    accepted_at: datetime | None = None
    accepted_via: str = ""
    reminders: int = 0
    version: int = 1
    process_version: str = ""  # in force when the block began

    @property
    def subject(self) -> str:
        """What its events and timers carry."""
        return f"handover:{self.id}"

    @property
    def name(self) -> str:
        """What people call it."""
        return f"H-{self.id}"


def form_of(schedule: Schedule, block: Block, following: Block | None) -> HandoverForm:
    """How a block is handed over: as the schedule says, else short where a block of less than a day is involved."""
    if schedule.handover_form is not None:
        return schedule.handover_form
    brief = block.length < SHORT_BLOCK or (following is not None and following.length < SHORT_BLOCK)
    return HandoverForm.SHORT if brief else HandoverForm.FULL


def _reminders(handover: Handover) -> list[datetime]:
    """When somebody is reminded of it. A draft is sent as it is in the end."""
    if handover.state is State.DRAFT and handover.next_person:
        return [handover.ends_at + wait for wait in (*_UNFINISHED, SENT_UNFINISHED)]
    if handover.state is State.SENT:
        begins = max(at for at in (handover.ends_at, handover.sent_at, handover.next_starts_at) if at is not None)
        return [begins + wait for wait in _UNACCEPTED]
    return []


def next_reminder(handover: Handover) -> datetime | None:
    """When somebody is reminded of it next, None for never."""
    return next(iter(_reminders(handover)[handover.reminders :]), None)


def reminded(handover: Handover, now: datetime) -> int:
    """How many reminders lie behind: those that a daemon missed while it was away are not made up for."""
    return sum(due <= now for due in _reminders(handover))


def sends_itself(handover: Handover, now: datetime) -> bool:
    """Whether a draft has waited long enough for its writer."""
    return handover.state is State.DRAFT and now >= handover.ends_at + SENT_UNFINISHED
