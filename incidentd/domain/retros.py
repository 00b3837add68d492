"""Process retros as stored, with what people bring to them: ideas, topics made of ideas, and votes."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from incidentd.domain.retro_steps import Step


class State(enum.StrEnum):
    """Where a retro stands."""

    DUE = "due"  # nobody has begun it yet
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


HELD = frozenset({State.RUNNING, State.PAUSED})


class Retro(msgspec.Struct, frozen=True, kw_only=True):
    """A process retro. `since` and `until` are what its figures cover."""

    id: int
    state: State
    trigger: str
    why: str
    team: str
    since: datetime | None
    until: datetime
    started_at: datetime | None
    started_by: str
    facilitator: str
    step: Step
    step_started_at: datetime
    step_ends_at: datetime | None
    left: float | None
    ideas_shown_at: datetime | None
    votes_shown_at: datetime | None
    votes_each: int
    finished_at: datetime | None
    outcome: str
    process_version: str
    version: int

    @property
    def name(self) -> str:
        """How people call it."""
        return f"PR-{self.id}"

    @property
    def subject(self) -> str:
        """What its events and timers carry."""
        return f"retro:{self.id}"

    @property
    def log(self) -> str:
        """How the kinds of its events and timers begin."""
        return "retro"

    @property
    def called(self) -> str:
        """What it is called within a sentence."""
        return f"the process retro {self.name}"

    @property
    def held(self) -> bool:
        """Whether it is under way."""
        return self.state in HELD

    @property
    def paused(self) -> bool:
        """Whether it waits to be gone on with."""
        return self.state is State.PAUSED

    @property
    def anybody_drives(self) -> bool:
        """Whether whoever takes part may take the driving over."""
        return self.paused

    @property
    def unheld(self) -> tuple[str, str]:
        """How one that is not held stands, and what can be done about it."""
        if self.state is State.DUE:
            return "has not begun", "begin it: incidentctl process retro start"
        return "is over", f"see what came of it: {self.command('show')}"

    def command(self, verb: str, more: str = "") -> str:
        """The command that does `verb` to it."""
        return f"incidentctl process retro {verb} {self.name} {more}".rstrip()

    @property
    def ideas_shown(self) -> bool:
        """Whether people read each other's ideas."""
        return self.ideas_shown_at is not None or self.state is State.FINISHED

    @property
    def votes_shown(self) -> bool:
        """Whether people see how all voted together."""
        return self.votes_shown_at is not None or self.state is State.FINISHED


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part, or did. `done_step` is the step that they said they are done with, "" for none."""

    retro_id: int
    person: str
    joined_at: datetime
    left_at: datetime | None
    done_step: str

    @property
    def present(self) -> bool:
        """Whether they take part now."""
        return self.left_at is None


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """Something that got in somebody's way. `by` is "" for what was written without a name.

    `written_in` is the retro in which it was written; `hidden`, while it is written there in silence: nobody but its
    author reads it. `retro_id` is the retro that has it in a topic.
    """

    id: int
    at: datetime
    by: str
    text: str
    about: str
    state: str
    written_in: int | None
    hidden: bool
    retro_id: int | None
    why: str
    version: int

    @property
    def name(self) -> str:
        """How people call it."""
        return f"PI-{self.id}"

    @property
    def subject(self) -> str:
        """What its events carry."""
        return f"idea:{self.id}"

    def written_by(self, person: str) -> bool:
        """Whether it is known to be of `person`."""
        return bool(self.by) and self.by == person

    def open_to(self, person: str) -> bool:
        """Whether `person` reads it."""
        return not self.hidden or self.written_by(person)


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """What a retro talks about: one idea, or several that say the same."""

    id: int
    retro_id: int
    text: str
    ideas: tuple[int, ...]
    chosen: bool
    notes: str
    version: int


Votes = Mapping[int, Mapping[str, int]]
"""How many each person gave, by topic."""


def given(votes: Votes, person: str, *, besides: int = 0) -> int:
    """How many votes `person` gave in all, those for the topic `besides` not counted."""
    return sum(one.get(person, 0) for topic, one in votes.items() if topic != besides)


def total(votes: Votes, topic_id: int) -> int:
    """How many votes a topic has."""
    return sum(votes.get(topic_id, {}).values())


def ranked(topics: Iterable[Topic], votes: Votes) -> list[Topic]:
    """Those with most votes first; with the same number, in the order in which they were written."""
    return sorted(topics, key=lambda one: (-total(votes, one.id), one.id))
