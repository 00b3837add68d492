"""Changing how a team works together: ideas kept all year, process retros, and experiments."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Handle, Instant, Line, OptionalText, Request, RowId, Text
from incidentd.wire.figures import Compared

RetroStepName = Literal["figures", "ideas", "vote", "topics", "outcome"]
Verdict = Literal["keep", "adapt", "drop", "cannot_tell"]
FigureName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,60}\Z")]
ScopeName = Annotated[str, Meta(max_length=100)]


# ------------------------------------------------------------------ what got in our way
class ProcessIdea(Frozen, frozen=True):
    """Something that got in somebody's way, or an idea how to work. Who wrote it is said only where they want it."""

    id: int
    at: Instant
    by: str  # "" when it was written without a name
    mine: bool
    text: str
    about: str  # where it was written: incident:3, page:7, screen:inbox; "" for nothing
    state: str  # open | taken (into a retro) | dropped
    retro_id: int | None
    why: str  # it was dropped
    votes: int  # in the retro that took it, once they are shown
    version: int


class ProcessIdeaPage(Frozen, frozen=True):
    ideas: tuple[ProcessIdea, ...]  # the newest first
    next_cursor: str
    total: int


class KeepIdea(Request, frozen=True):
    """`anonymous`: no author is stored anywhere."""

    text: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S")]
    about: Annotated[str, Meta(max_length=100, pattern=r"^(?:[a-z]{2,20}:[A-Za-z0-9_.-]{1,70})?\Z")] = ""
    anonymous: bool = False


class DropProcessIdea(Request, frozen=True):
    why: Text


# ------------------------------------------------------------------ retros
class Retro(Frozen, frozen=True):
    """A line of the list of process retros."""

    id: int  # PR-3
    state: str  # due | running | paused | finished
    trigger: str  # calendar | count | hand
    why: str  # in words: "90 days since PR-2", "20 incidents since PR-2"
    team: str  # "" for all
    since: Instant | None  # what its figures cover
    until: Instant
    started_at: Instant | None
    started_by: str
    facilitator: str
    step: str
    step_started_at: Instant | None
    step_ends_at: Instant | None  # None: no timer runs
    people: int
    finished_at: Instant | None
    experiments: tuple[int, ...]  # that came out of it
    outcome: str  # what was agreed, in words
    version: int
    left: float | None = None  # seconds of the step that were left when it was paused


class RetroPage(Frozen, frozen=True):
    retros: tuple[Retro, ...]  # the newest first
    next_cursor: str
    total: int


class RetroStep(Frozen, frozen=True):
    name: str
    title: str
    text: str  # what its facilitator reads out
    minutes: float


class RetroParticipant(Frozen, frozen=True):
    person: str
    joined_at: Instant
    left_at: Instant | None
    done_step: str  # the step they said they are done with
    ideas: int  # how many they wrote here
    votes_left: int


class RetroTopic(Frozen, frozen=True):
    """What the team talks about: one idea or several that say the same. `votes` is None until all are shown."""

    id: int
    text: str
    ideas: tuple[int, ...]
    votes: int | None
    mine: int  # the caller's own votes
    chosen: bool  # for the topics of this retro
    notes: str  # what was said about it
    version: int = 1


class RetroView(Frozen, frozen=True):
    """Everything of a retro that the caller may see now."""

    retro: Retro
    steps: tuple[RetroStep, ...]
    participants: tuple[RetroParticipant, ...] = ()
    joined: bool = False
    drives: bool = False  # whether the caller is its facilitator
    ideas: tuple[ProcessIdea, ...] = ()  # while they are written in silence, the caller's own and those kept before
    ideas_hidden: int = 0  # of others, until they are shown
    ideas_shown: bool = False
    votes_shown: bool = False
    topics: tuple[RetroTopic, ...] = ()
    votes_each: int = 3
    experiments: tuple[Experiment, ...] = ()


class StartRetro(Request, frozen=True):
    team: ScopeName = ""
    since: Instant | None = None  # default: the retro before
    facilitator: Handle | None = None  # default: the caller


class DriveRetro(Request, frozen=True):
    """One act of whoever facilitates."""

    act: Literal["next", "back", "pause", "resume", "extend", "hand", "show", "finish"]
    minutes: Annotated[float, Meta(gt=0, le=180)] = 5  # of `extend`
    to: Handle | None = None  # of `hand`
    outcome: OptionalText = ""  # of `finish`


class TakePart(Request, frozen=True):
    """One act of a participant on their own part."""

    act: Literal["join", "leave", "done", "not_done"]


class WriteTopic(Request, frozen=True):
    """A topic of one idea or of several; `text` is that of the first by default."""

    ideas: Annotated[tuple[RowId, ...], Meta(min_length=1, max_length=50)]
    text: Annotated[str, Meta(max_length=2000)] = ""


class EditTopic(Request, frozen=True):
    """What is left out stays."""

    text: Text | None = None
    ideas: Annotated[tuple[RowId, ...], Meta(min_length=1, max_length=50)] | None = None
    chosen: bool | None = None
    notes: OptionalText | None = None


class Vote(Request, frozen=True):
    """The caller's votes for a topic, in place of those before."""

    votes: Annotated[int, Meta(ge=0, le=10)]


# ------------------------------------------------------------------ experiments
class ExperimentScope(Frozen, frozen=True):
    """Where it is tried: "" and None are everywhere."""

    team: str = ""
    service: str = ""
    severity: Severity | None = None


class Experiment(Frozen, frozen=True):
    """Something that is tried for a time, with the figure that was chosen before it began."""

    id: int
    title: str
    hypothesis: str
    figure: str  # its name
    expects: str  # up | down
    counter_figure: str  # what must not get worse; "" for none
    scope: ExperimentScope
    retro_id: int | None
    process_version: str  # that it is tried with; "" while none is named
    begins_on: date
    ends_on: date
    stop_rule: str
    before_days: int  # how long a time before its beginning is compared with
    state: str  # planned | running | stopped | asking | decided
    owner_team: str
    by: str
    at: Instant
    verdict: str  # "" until it is decided
    why: str
    decided_by: str
    decided_at: Instant | None
    version: int
    stopped_at: Instant | None = None
    stopped_why: str = ""
    adapts: int | None = None  # the experiment that it goes on from
    warnings: tuple[str, ...] = ()  # others that look at the same figure, in the same place, at the same time


class ExperimentPage(Frozen, frozen=True):
    experiments: tuple[Experiment, ...]  # those that ask first, then those that run
    next_cursor: str
    total: int


class ExperimentEvidence(Frozen, frozen=True):
    """What the figures say of an experiment so far, beside the question."""

    experiment: Experiment
    figure: Compared
    counter: Compared | None
    at: Instant
    also: tuple[str, ...] = ()  # what else changed meanwhile: severities, versions of the process, other experiments


class StartExperiment(Request, frozen=True):
    """Written before anything is tried: the figure and the end cannot be changed once it runs."""

    title: Line
    hypothesis: Text
    figure: FigureName
    expects: Literal["up", "down"]
    ends_on: date
    stop_rule: Text
    counter_figure: Annotated[str, Meta(pattern=r"^(?:[a-z][a-z0-9-]{1,60})?\Z")] = ""
    team: ScopeName = ""
    service: ScopeName = ""
    severity: Severity | None = None
    retro_id: RowId | None = None
    adapts: RowId | None = None
    process_version: Annotated[str, Meta(max_length=64)] = ""
    begins_on: date | None = None  # default: today
    before_days: Annotated[int, Meta(ge=7, le=730)] = 90
    owner_team: ScopeName = ""


class EditExperiment(Request, frozen=True):
    """What is left out stays. Once it runs, only its title and who owns it can be changed."""

    title: Line | None = None
    hypothesis: Text | None = None
    figure: FigureName | None = None
    expects: Literal["up", "down"] | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    stop_rule: Text | None = None
    counter_figure: Annotated[str, Meta(pattern=r"^(?:[a-z][a-z0-9-]{1,60})?\Z")] | None = None
    owner_team: ScopeName | None = None


class EndExperiment(Request, frozen=True):
    """`stop`: its stop rule came true, or it does harm. Else the answer to the question at its end."""

    verdict: Verdict | Literal["stop"]
    why: Text
