"""Reviews that were held elsewhere, taken over from Markdown files."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Request
from incidentd.wire.review_records import Category


class ImportReview(Request, frozen=True):
    """One file. `name` is what it is known by when it comes again; the rest is for what the file does not say."""

    name: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
    text: Annotated[str, Meta(max_length=500_000)]
    severity: Severity | None = None
    category: Category | None = None  # of factors whose category neither the file nor their words say
    actions: Literal["open", "done"] | None = None  # of actions of which the file does not say what became
    dry_run: bool = False


class ImportNote(Frozen, frozen=True):
    """What a reader should know; `line` 0: of the whole file."""

    line: int
    text: str


class ImportedReview(Frozen, frozen=True):
    """What came of a file. The counts are of what is new; `diff` is what changed in the file since the last time."""

    name: str
    outcome: Literal["created", "updated", "unchanged"]
    dry_run: bool
    incident_id: int | None  # None: it would be a new one
    title: str
    factors: int
    learnings: int
    actions: int
    entries: int  # of the timeline
    withdrawn: int  # factors and learnings that the file has no more
    notes: tuple[ImportNote, ...]
    diff: str
