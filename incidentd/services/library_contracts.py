"""What the socket API asks of the learning library; a part of `workshop_contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import


class ImportCalls(Protocol):
    async def take(self, body: wire_import.ImportReview, actor: str) -> wire_import.ImportedReview: ...


class FollowupCalls(Protocol):
    async def get(self, incident_id: int, actor: str) -> wire_followups.Followups: ...
    async def answer(
        self, incident_id: int, body: wire_followups.AnswerFollowup, actor: str
    ) -> wire_followups.Followups: ...


class LibraryCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the library, by topic."""

    imports: ImportCalls
    followups: FollowupCalls
