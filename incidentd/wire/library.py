"""The learning library: what reviews found, searched, read and used again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, OptionalText, Request

ItemKind = Literal["factor", "learning", "action", "review"]
UseKind = Literal["incident", "design", "runbook", "onboarding", "other"]
Subject = Annotated[str, Meta(pattern=r"^(factor|learning|review):[1-9][0-9]{0,14}\Z")]


class LibraryItem(Frozen, frozen=True):
    """One thing that a review found. `text` is plain; `hits` are where in it the words of the search stand."""

    subject: str  # factor:3, learning:4, action:5, review:1 (by the incident's number)
    kind: ItemKind
    id: int
    incident_id: int
    title: str  # of the incident
    service: str
    severity: Severity
    at: Instant  # when the incident began
    text: str
    hits: tuple[tuple[int, int], ...] = ()
    category: str = ""  # of a factor
    role: str = ""
    theme: str = ""
    state: str = ""  # of an action
    uses: int = 0  # how often it was used again


class LibraryPage(Frozen, frozen=True):
    """The newest incidents first. `counts` are of everything that was found, by kind."""

    items: tuple[LibraryItem, ...]
    next_cursor: str
    total: int
    counts: Mapping[str, int]
    hidden: int = 0  # of what was found, kept from the caller for now
    why_hidden: str = ""


class RecordUse(Request, frozen=True):
    """Something of the library was used: where, and how if you like. `place` is INC-7, an address or a title."""

    subject: Subject
    kind: UseKind
    place: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
    note: OptionalText = ""


class Use(Frozen, frozen=True):
    """Where something was used again; who did is not said. `linked`: the factor was seen in a later incident."""

    subject: str
    name: str  # F-3, L-4, INC-1
    kind: str
    place: str
    note: str
    at: Instant
    linked: bool = False


class Uses(Frozen, frozen=True):
    uses: tuple[Use, ...]  # the newest first
    hidden: int = 0  # kept from the caller for now
    why_hidden: str = ""


class SuggestedUse(Frozen, frozen=True):
    """Something that the notes or updates of an incident cite and that nobody has recorded as used there."""

    subject: str
    name: str
    text: str  # of what is cited
    cited_in: str  # the note or update


class SuggestedUses(Frozen, frozen=True):
    incident_id: int
    uses: tuple[SuggestedUse, ...]


class Digest(Frozen, frozen=True):
    """The learning of the week as it would be sent next, if nothing changes until then."""

    at: Instant | None  # None: none is sent, for the process names nobody
    to: tuple[str, ...]
    readers: int  # people and places
    learning_id: int | None  # None: there is nothing to say
    title: str
    body: str


class Readers(Frozen, frozen=True):
    """How many people have read it; never who."""

    people: int
    team: str  # that owns the service; "" for none
    of_team: int  # of those, how many are of the team
    team_size: int


class LibraryEntry(Frozen, frozen=True):
    """A published review as its readers see it. To read it counts the caller among its readers."""

    incident_id: int
    title: str
    service: str
    severity: Severity
    started_at: Instant
    published_at: Instant | None
    imported_from: str
    review_name: str
    document: str  # Markdown, as it was published last; "" when there is none
    factors: tuple[LibraryItem, ...]
    learnings: tuple[LibraryItem, ...]
    actions: tuple[LibraryItem, ...]
    readers: Readers
    uses: tuple[Use, ...]
    factors_to_sort: str = ""  # of an imported one: those of which the file does not say the category
    actions_then: str = ""  # and actions of which it does not say what became
