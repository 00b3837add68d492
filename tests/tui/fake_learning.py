"""The learning library in memory: a few things that reviews found, and a document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.severity import Severity
from incidentd.wire import library as wire_library
from incidentd.wire import review_documents as documents
from incidentd.wire import reviews as wire_reviews

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)


def make_item(kind: str, number: int, text: str, **changes: Any) -> wire_library.LibraryItem:
    fields = {
        "subject": f"{kind}:{number}", "kind": kind, "id": number, "incident_id": 271,
        "title": "Search returned stale results", "service": "search", "severity": Severity.SEV3,
        "at": NOW - timedelta(days=96), "text": text,
    }  # fmt: skip
    return wire_library.LibraryItem(**{**fields, **changes})


ITEMS = (
    make_item("learning", 4, "The worst shard says more than the mean of all", uses=2),
    make_item("learning", 3, "A rollout may stop half-way and say nothing", at=NOW - timedelta(days=140)),
    make_item("factor", 9, "The average of all shards hides one that fails", category="technical", role="difficulty",
              theme="eyes on rollouts", uses=1),
    make_item("factor", 8, "Two teams rebuild the index and neither is told", category="organisational",
              role="enabler"),
    make_item("action", 5, "Draw the worst shard beside the mean", state="open"),
    make_item("review", 271, "Search returned stale results", incident_id=271),
)  # fmt: skip
USES = (
    wire_library.Use(subject="learning:4", name="L-4", kind="runbook", place="Runbook of the index", note="", at=NOW),
    wire_library.Use(subject="learning:4", name="L-4", kind="incident", place="INC-298", note="", at=NOW, linked=True),
)


def make_document(**changes: Any) -> documents.ReviewDocument:
    voice = documents.Voice(who="a responder", saw="two pages at once", thought="a false alarm", new_to=2)
    told = documents.Told(
        at=NOW - timedelta(days=96), after="+12 min", word="decision", text="rebuild the index", by="the lead",
        decision=True, group="first look", notes=("they saw old results everywhere",), voices=(voice,),
    )  # fmt: skip
    sections = (
        documents.DocumentSection(
            id="summary", title="Summary",
            blocks=(documents.Prose(text="One shard of an index stayed old.\n\n- for 25 minutes\n- for everybody"),),
        ),
        documents.DocumentSection(
            id="impact", title="Impact",
            blocks=(documents.Grid(caption="", head=("Who", "How much", "Says"),
                                   rows=(("all services", "100 %", "the graph of the index"),)),),
        ),
        documents.DocumentSection(
            id="narrative", title="What happened",
            blocks=(documents.Chart(title="", text="25 minutes, 8 of them unnoticed.", marks=()),
                    documents.Story(moments=(told,)), documents.Voices(title="From the whole", voices=(voice,))),
        ),
        documents.DocumentSection(
            id="factors", title="Contributing factors",
            blocks=(documents.Listing(title="Technical", rows=(
                documents.Row(text="An average hides a shard", labels=("difficulty",), notes=("seen in: the graph",)),
            )), documents.Remark(text="Nobody wrote what is still open.")),
        ),
    )  # fmt: skip
    fields = {
        "format": documents.FORMAT, "document": "internal", "title": "Search returned stale results",
        "name": "Incident Review", "reference": "INC-271", "facts": (documents.Fact(name="Severity", text="SEV3"),),
        "sections": sections, "foot": "Made of what four people wrote.", "made_at": NOW,
    }  # fmt: skip
    return documents.ReviewDocument(**{**fields, **changes})


class FakeLearning:
    """Mixed into the fake daemon."""

    calls: list[tuple[str, Any]]
    _turn: Any
    _mutate: Any

    def __init__(self) -> None:
        super().__init__()
        self.items = list(ITEMS)
        self.why_hidden = ""
        self.document = make_document()
        self.imported = ""

    async def search_library(self, q: str = "", **query: str | int) -> wire_library.LibraryPage:
        await self._turn()
        self.calls.append(("search_library", (q, query)))
        word = q.lower()
        found = [_with_hits(one, word) for one in self.items if word in one.text.lower()]
        counts = {kind: sum(one.kind == kind for one in found) for kind in ("factor", "learning", "action", "review")}
        chosen = tuple(one for one in found if query.get("kind", one.kind) == one.kind)
        hidden = 2 if self.why_hidden else 0
        return wire_library.LibraryPage(
            items=chosen, next_cursor="", total=len(chosen), counts=counts, hidden=hidden, why_hidden=self.why_hidden
        )

    async def uses(self, subject: str = "") -> wire_library.Uses:
        await self._turn()
        return wire_library.Uses(uses=tuple(one for one in USES if one.subject == subject))

    async def record_use(self, body: wire_library.RecordUse) -> wire_library.Use:
        await self._mutate("record_use", body)
        self.items = [
            msgspec.structs.replace(one, uses=one.uses + 1) if one.subject == body.subject else one
            for one in self.items
        ]
        return wire_library.Use(
            subject=body.subject, name="", kind=body.kind, place=body.place, note=body.note, at=NOW
        )  # fmt: skip

    async def read_library(self, incident_id: int) -> wire_library.LibraryEntry:
        await self._turn()
        readers = wire_library.Readers(people=3, team="edge", of_team=2, team_size=5)
        text = "# 503\n\nIt was long ago." if self.imported else ""
        return wire_library.LibraryEntry(
            incident_id=incident_id, title="503", service="edge", severity=Severity.SEV2, started_at=NOW,
            published_at=NOW, imported_from=self.imported, review_name="Incident Review", document=text, factors=(),
            learnings=(), actions=(), readers=readers, uses=(),
        )  # fmt: skip

    async def review_document(
        self, incident_id: int, kind: documents.DocumentKind = "internal"
    ) -> documents.ReviewDocument:
        await self._turn()
        self.calls.append(("review_document", (incident_id, kind)))
        return msgspec.structs.replace(self.document, document=kind)

    async def review_sections(self, incident_id: int) -> documents.ReviewSections:
        await self._turn()
        one = documents.ReviewSection(
            name="summary", title="Summary", guide="What happened, in three sentences.", external=False, text="",
            draft="It went on for 25 minutes.", version=0,
        )  # fmt: skip
        return documents.ReviewSections(incident_id=incident_id, sections=(one,))

    async def write_section(self, incident_id: int, body: wire_reviews.WriteSection) -> documents.ReviewSection:
        await self._mutate("write_section", incident_id, body)
        return (await self.review_sections(incident_id)).sections[0]

    async def review_checks(
        self, incident_id: int, kind: documents.DocumentKind = "internal"
    ) -> documents.ReviewChecklist:
        await self._turn()
        lacks = documents.ReviewCheck(rule="factors", text="two factors are missing", remedy="write them", refuses=True)
        look = documents.ReviewCheck(rule="question", text="nobody wrote what is open", remedy="write the section")
        return documents.ReviewChecklist(
            incident_id=incident_id, document=kind, checks=(look, lacks), ready=False, seen="abc"
        )  # fmt: skip

    async def publish_review(self, incident_id: int, body: documents.Publish) -> documents.PublishedDocument:
        await self._mutate("publish_review", incident_id, body)
        return documents.PublishedDocument(
            number=1, incident_id=incident_id, document=body.kind, at=NOW, by="ada", title="", checks=(), changes=()
        )  # fmt: skip


def _with_hits(one: wire_library.LibraryItem, word: str) -> wire_library.LibraryItem:
    at = one.text.lower().find(word)
    return msgspec.structs.replace(one, hits=((at, at + len(word)),)) if word and at >= 0 else one
