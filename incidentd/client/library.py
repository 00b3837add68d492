"""The learning library."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import library_import as wire_import


class LibraryCalls(Calls):
    """What stays of reviews."""

    async def import_review(self, body: wire_import.ImportReview) -> wire_import.ImportedReview:
        return await self._send("POST", "/v1/library/import", wire_import.ImportedReview, body)
