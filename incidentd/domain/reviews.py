"""A review as stored: one an incident, driven step by step by a facilitator, paused and resumed over days."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import msgspec

from incidentd.domain.review_steps import Step, has_come_to


class State(enum.StrEnum):
    """Where a review stands. What was written stays a living document in each of them."""

    RUNNING = "running"
    PAUSED = "paused"
    WRITTEN = "written"  # the workshop is over, the document is being written
    PUBLISHED = "published"


HELD = frozenset({State.RUNNING, State.PAUSED})
"""While its workshop is under way."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The workshop of an incident, and what its document says in prose (`sections`, text by name)."""

    incident_id: int
    state: State
    solo: bool
    started_at: datetime
    started_by: str
    facilitator: str
    step: Step
    step_started_at: datetime
    step_ends_at: datetime | None
    left: float | None
    walked_to: datetime | None
    walked: bool
    revealed_at: datetime | None
    unmasked_at: datetime | None
    similar: object
    sections: Mapping[str, str]
    section_versions: Mapping[str, int] = {}
    finished_at: datetime | None
    published_at: datetime | None
    process_version: str
    review_name: str
    imported_from: str
    version: int

    @property
    def subject(self) -> str:
        """What its events and timers carry: the incident's, whose log it is a part of."""
        return f"incident:{self.incident_id}"

    @property
    def log(self) -> str:
        """How the kinds of its events and timers begin."""
        return "review"

    @property
    def called(self) -> str:
        """What it is called within a sentence."""
        return f"the {self.review_name}"

    def command(self, verb: str, more: str = "") -> str:
        """The command that does `verb` to it."""
        return f"incidentctl review {verb} INC-{self.incident_id} {more}".rstrip()

    @property
    def held(self) -> bool:
        """Whether its workshop is under way."""
        return self.state in HELD

    @property
    def paused(self) -> bool:
        """Whether its workshop waits to be gone on with."""
        return self.state is State.PAUSED

    @property
    def anybody_drives(self) -> bool:
        """Whether whoever takes part may take the driving over: in one of a few, paused, or being written."""
        return self.solo or self.state in (State.PAUSED, State.WRITTEN)

    @property
    def unheld(self) -> tuple[str, str]:
        """How a workshop that is not held stands, and what can be done about it."""
        return "is over", f"its facilitator may reopen it: {self.command('reopen')}"

    @property
    def accounts_shared(self) -> bool:
        """Whether people read each other's accounts: from that step on."""
        return not self.held or has_come_to(self.step, Step.ACCOUNTS)

    @property
    def future_hidden(self) -> bool:
        """Whether what happened after `walked_to` is not shown: the timeline is walked forward only."""
        return self.held and not self.walked

    @property
    def factors_revealed(self) -> bool:
        """Whether people read each other's factors."""
        return self.revealed_at is not None or not self.held


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part, or did. `done_step` is the step that they said they are done with, "" for none."""

    incident_id: int
    person: str
    joined_at: datetime
    left_at: datetime | None
    done_step: str
    factors_in_at: datetime | None

    @property
    def present(self) -> bool:
        """Whether they take part now."""
        return self.left_at is None

    @property
    def factors_in(self) -> bool:
        """Whether they said that their factors are written, or that they have none."""
        return self.factors_in_at is not None


def factors_open_to(row: Review, member: Member | None) -> bool:
    """Whether somebody reads the factors of others.

    Who joins after they were revealed writes their own first, or says that they have none, as everybody else did.
    """
    if not row.held or row.revealed_at is None or member is None:
        return row.factors_revealed
    return not member.present or member.factors_in or member.joined_at <= row.revealed_at
