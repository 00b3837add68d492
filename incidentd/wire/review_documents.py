"""The document of a review: sections of blocks, as frozen data that Markdown, HTML and a team's templates are made of.

Every text in it is plain: what a person typed, with names in the words that the team chose. `kind` tells blocks apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, Request

FORMAT = "incidentd-review/1"
"""The name and version of the document; a new version for anything but a new field or kind of block."""
DocumentKind = Literal["internal", "external"]


# ------------------------------------------------------------------ blocks
class Prose(Frozen, frozen=True, tag="prose", tag_field="kind"):
    """What somebody wrote: paragraphs apart by an empty line, list items behind "- ", `code` in backticks."""

    text: str


class Remark(Frozen, frozen=True, tag="remark", tag_field="kind"):
    """A sentence of the program, such as that nothing was written."""

    text: str


class Row(Frozen, frozen=True):
    """An item of a list, with labels that say what it is, and notes below it."""

    text: str
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Listing(Frozen, frozen=True, tag="list", tag_field="kind"):
    """A list, under a heading of its own when it has a title."""

    rows: tuple[Row, ...]
    title: str = ""


class Grid(Frozen, frozen=True, tag="table", tag_field="kind"):
    """A table; the first cell of each row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Voice(Frozen, frozen=True):
    """What one person saw, thought and tried: an account."""

    who: str
    saw: str = ""
    thought: str = ""
    tried: str = ""
    text: str = ""
    new_to: int = 0  # to so many others it was new


class Told(Frozen, frozen=True):
    """A moment of the timeline with what was added to it."""

    at: Instant
    after: str  # how long after the beginning: "+12 min"
    word: str  # alert, page, status, decision ...
    text: str
    by: str = ""
    detail: str = ""
    decision: bool = False
    group: str = ""
    notes: tuple[str, ...] = ()
    voices: tuple[Voice, ...] = ()


class Story(Frozen, frozen=True, tag="story", tag_field="kind"):
    """The narrative, moment by moment."""

    moments: tuple[Told, ...]


class Voices(Frozen, frozen=True, tag="voices", tag_field="kind"):
    """Accounts of the whole, side by side."""

    title: str
    voices: tuple[Voice, ...]


class Mark(Frozen, frozen=True):
    """A moment on the chart. `place` is where it stands between beginning (0) and end (1)."""

    place: float
    text: str
    at: Instant
    weight: str  # major | minor: minor ones are drawn without words


class Band(Frozen, frozen=True):
    """A stretch of the chart. `tone`: unnoticed | noticed | mitigated."""

    begins: float
    ends: float
    tone: str


class Chart(Frozen, frozen=True, tag="chart", tag_field="kind"):
    """The time from beginning to end as a picture; `text` says the same in words."""

    title: str
    text: str
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...] = ()


Block = Prose | Remark | Listing | Grid | Story | Voices | Chart


class DocumentSection(Frozen, frozen=True):
    id: str  # of an anchor: letters and hyphens
    title: str
    blocks: tuple[Block, ...]


class Fact(Frozen, frozen=True):
    name: str
    text: str


class ReviewDocument(Frozen, frozen=True):
    """A review for readers. `reference` and `facts` are empty where customers read it."""

    format: str
    document: DocumentKind
    title: str
    name: str  # what the team calls its reviews
    reference: str  # INC-3
    facts: tuple[Fact, ...]
    sections: tuple[DocumentSection, ...]
    foot: str
    made_at: Instant


# ------------------------------------------------------------------ prose of the team
class ReviewSection(Frozen, frozen=True):
    """A text of the document that people write. `draft` is offered from the records while there is none."""

    name: str
    title: str
    guide: str  # what belongs there
    external: bool  # customers read it
    text: str
    draft: str
    version: int  # 0 while nobody has written it


class ReviewSections(Frozen, frozen=True):
    incident_id: int
    sections: tuple[ReviewSection, ...]


# ------------------------------------------------------------------ checks and publishing
class ReviewCheck(Frozen, frozen=True):
    """Something to look at before others read it. Only what `refuses` has to be mended first."""

    rule: str  # factors | section | question | account | source | disputed | time | reporter | action | name | language
    text: str
    remedy: str
    field: str = ""
    refuses: bool = False


class ReviewChecklist(Frozen, frozen=True):
    """What was found; `seen` names this very list, so that nobody publishes over what they have not read."""

    incident_id: int
    document: DocumentKind
    checks: tuple[ReviewCheck, ...]
    ready: bool  # nothing refuses
    seen: str
    language: Mapping[str, int] = {}  # how often each rule of the language lint was met


class Publish(Request, frozen=True):
    """Publish it as it stands; with `seen` only when the checklist is still the one that was read."""

    kind: DocumentKind = "internal"
    seen: Annotated[str, Meta(max_length=64)] = ""


class SectionChange(Frozen, frozen=True):
    """What a version says otherwise than the one before it: lines of a section that came and went."""

    section: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


class PublishedDocument(Frozen, frozen=True):
    """A version that was published; none is ever changed."""

    number: int  # of this incident, from 1
    incident_id: int
    document: DocumentKind
    at: Instant
    by: str
    title: str
    checks: tuple[ReviewCheck, ...]  # what the checklist said then
    changes: tuple[SectionChange, ...]  # since the version before it


class PublishedDocuments(Frozen, frozen=True):
    incident_id: int
    documents: tuple[PublishedDocument, ...]  # the newest first


class PublishedText(Frozen, frozen=True):
    """A published version with its text."""

    published: PublishedDocument
    markdown: str
    body: ReviewDocument | None  # None: it was written elsewhere, and only its text is here
