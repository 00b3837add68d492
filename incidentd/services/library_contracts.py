"""What the socket API asks of the learning library; a part of `workshop_contracts`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from incidentd.domain.severity import Severity
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures
from incidentd.wire import library_import as wire_import


class LibraryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for in the library; what is left out sorts out nothing."""

    q: str = ""
    kind: str = "all"
    category: str | None = None
    role: str | None = None
    theme: str = ""
    service: str = ""
    severity: Severity | None = None
    since: datetime | None = None
    until: datetime | None = None
    incident: int | None = None
    used: bool = False
    limit: int = 100
    cursor: str = ""


class ImportCalls(Protocol):
    async def take(self, body: wire_import.ImportReview, actor: str) -> wire_import.ImportedReview: ...


class FollowupCalls(Protocol):
    async def get(self, incident_id: int, actor: str) -> wire_followups.Followups: ...
    async def answer(
        self, incident_id: int, body: wire_followups.AnswerFollowup, actor: str
    ) -> wire_followups.Followups: ...


class SearchCalls(Protocol):
    async def search(self, query: LibraryQuery, actor: str) -> wire_library.LibraryPage: ...


class ReadingCalls(Protocol):
    async def read(self, incident_id: int, actor: str) -> wire_library.LibraryEntry: ...
    async def mark(self, incident_id: int, actor: str) -> None: ...


class UseCalls(Protocol):
    async def record(self, body: wire_library.RecordUse, actor: str) -> wire_library.Use: ...
    async def list(self, subject: str, actor: str) -> wire_library.Uses: ...
    async def suggested(self, incident_id: int, actor: str) -> wire_library.SuggestedUses: ...


class FigureCalls(Protocol):
    async def get(self, since: datetime | None, until: datetime | None, actor: str) -> wire_figures.LibraryFigures: ...


class DigestCalls(Protocol):
    async def preview(self) -> wire_library.Digest: ...


class LibraryCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the library, by topic."""

    imports: ImportCalls
    followups: FollowupCalls
    search: SearchCalls
    reading: ReadingCalls
    uses: UseCalls
    figures: FigureCalls
    digests: DigestCalls
