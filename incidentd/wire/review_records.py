"""What people write in a review: accounts, contributing factors, themes, learnings, ideas and actions.

A factor never names a person, and there are many of them: no field anywhere holds the one cause of an incident.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, Line, OptionalText, Request, RowId, Text

Category = Literal["technical", "organisational", "human-factors", "process", "external", "luck"]
FactorRole = Literal["enabler", "mitigator", "surprise", "risk", "difficulty"]
Context = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
IssueAddress = Annotated[str, Meta(max_length=2000, pattern=r"^(?:https?://[^\s<>\"]+)?\Z")]


# ------------------------------------------------------------------ accounts
class Account(Frozen, frozen=True):
    """One person's narrative, of a moment (`at`) or of the whole."""

    id: int
    person: str
    mine: bool
    at: Instant | None
    seq: int | None
    saw: str
    thought: str
    tried: str
    text: str
    new_to: int  # to so many people it was new
    new_to_me: bool
    written_at: Instant
    edited_at: Instant
    version: int


class WriteAccount(Request, frozen=True):
    """At least one of the four texts."""

    at: Instant | None = None
    seq: RowId | None = None
    saw: OptionalText = ""
    thought: OptionalText = ""
    tried: OptionalText = ""
    text: OptionalText = ""


class EditAccount(Request, frozen=True):
    """What is left out stays. `whole`: it is of no one moment after all."""

    at: Instant | None = None
    seq: RowId | None = None
    whole: bool = False
    saw: OptionalText | None = None
    thought: OptionalText | None = None
    tried: OptionalText | None = None
    text: OptionalText | None = None


class MarkNew(Request, frozen=True):
    new: bool = True


class Withdraw(Request, frozen=True):
    """Take back what was written."""

    why: OptionalText = ""


# ------------------------------------------------------------------ factors
class Evidence(Frozen, frozen=True):
    """What shows it: an entry of the timeline (its seq), an account, an attachment, or an address."""

    kind: Literal["entry", "account", "attachment", "link", "words"]
    ref: Annotated[str, Meta(max_length=2000)] = ""
    text: Annotated[str, Meta(max_length=2000)] = ""


class EarlierFactor(Frozen, frozen=True):
    """The same factor, as it was seen in another incident."""

    id: int
    incident_id: int
    text: str
    evidence: str  # that it was so again


class Factor(Frozen, frozen=True):
    id: int
    incident_id: int
    text: str
    category: str
    role: str
    evidence: tuple[Evidence, ...]
    contexts: tuple[str, ...]
    mine: bool
    theme_id: int | None
    same_as: int | None  # in the same review
    earlier: tuple[EarlierFactor, ...]
    written_at: Instant
    version: int
    warnings: tuple[str, ...] = ()  # such as that it names a person


class FactorPage(Frozen, frozen=True):
    factors: tuple[Factor, ...]  # the newest first
    next_cursor: str
    total: int


class WriteFactor(Request, frozen=True):
    text: Text
    category: Category
    role: FactorRole
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=50)] = ()
    contexts: Annotated[tuple[Context, ...], Meta(max_length=20)] = ()


class EditFactor(Request, frozen=True):
    """What is left out stays; `same_as` 0 and `theme` "" take it out again."""

    text: Text | None = None
    category: Category | None = None
    role: FactorRole | None = None
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=50)] | None = None
    contexts: Annotated[tuple[Context, ...], Meta(max_length=20)] | None = None
    same_as: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    theme: Annotated[str, Meta(max_length=100)] | None = None  # its name; a new one is made


class LinkFactor(Request, frozen=True):
    """It was the same factor in an earlier incident; that needs evidence from this one."""

    earlier_id: RowId
    evidence: Text


class Theme(Frozen, frozen=True):
    id: int
    name: str
    text: str
    factors: int  # in all incidents
    incidents: int


class ThemeList(Frozen, frozen=True):
    themes: tuple[Theme, ...]  # by name


class EditTheme(Request, frozen=True):
    """What is left out stays."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")] | None = None
    text: OptionalText | None = None


# ------------------------------------------------------------------ learnings, ideas, actions
class Learning(Frozen, frozen=True):
    id: int
    incident_id: int
    text: str
    author: str  # "": anonymous, and it is written nowhere who it was
    mine: bool
    written_at: Instant
    version: int


class LearningPage(Frozen, frozen=True):
    learnings: tuple[Learning, ...]  # the newest first
    next_cursor: str
    total: int


class WriteLearning(Request, frozen=True):
    """`anonymous`: who wrote it is stored nowhere, so that they cannot change it either."""

    text: Text
    anonymous: bool = False


class EditLearning(Request, frozen=True):
    text: Text


class Idea(Frozen, frozen=True):
    """An idea in the parking lot, and what became of it."""

    id: int
    text: str
    by: str
    at: Instant
    action_id: int | None
    dropped_why: str


class WriteIdea(Request, frozen=True):
    text: Text


class DropIdea(Request, frozen=True):
    why: Text


class Action(Frozen, frozen=True):
    id: int
    incident_id: int
    text: str
    owner_team: str
    owner: str
    due_on: date
    factor_id: int | None
    worse: str  # what it could make worse
    state: str  # open | done | wont_do
    why: str
    created_at: Instant
    created_by: str
    ended_at: Instant | None
    issue: str  # where a code forge tracks it
    late: bool
    version: int
    title: str = ""  # of its incident
    ended_by: str = ""
    export: str = ""  # to a code forge: "" | asked | exported | failed
    export_error: str = ""  # why it failed
    warnings: tuple[str, ...] = ()  # what is worth a second thought; nothing is refused for it


class WriteAction(Request, frozen=True):
    """Verb first, an owner team and a day; from an idea of the parking lot with `idea_id`."""

    text: Line
    owner_team: Annotated[str, Meta(min_length=1, max_length=100)]
    due_on: date
    owner: Annotated[str, Meta(max_length=64)] = ""
    factor_id: RowId | None = None
    worse: OptionalText = ""
    idea_id: RowId | None = None


class EditAction(Request, frozen=True):
    """What is left out stays; `factor_id` 0 and `issue` "" take the link out again."""

    text: Line | None = None
    owner_team: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    due_on: date | None = None
    owner: Annotated[str, Meta(max_length=64)] | None = None
    factor_id: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    worse: OptionalText | None = None
    issue: IssueAddress | None = None  # where a code forge tracks it


class EndAction(Request, frozen=True):
    """Done, or not to be done, because; "open" takes it up again."""

    state: Literal["open", "done", "wont_do"]
    why: OptionalText = ""


class ActionPage(Frozen, frozen=True):
    actions: tuple[Action, ...]  # by the day they are due
    next_cursor: str
    total: int
    hidden: int = 0  # of incidents whose conclusions are kept from the caller for now
    why_hidden: str = ""
