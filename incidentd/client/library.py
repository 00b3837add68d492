"""The learning library."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures
from incidentd.wire import library_import as wire_import


class LibraryCalls(Calls):
    """What stays of reviews."""

    async def import_review(self, body: wire_import.ImportReview) -> wire_import.ImportedReview:
        return await self._send("POST", "/v1/library/import", wire_import.ImportedReview, body)

    async def followups(self, incident_id: int) -> wire_followups.Followups:
        return await self._get(f"/v1/incidents/{incident_id}/review/followups", wire_followups.Followups)

    async def answer_followup(self, incident_id: int, body: wire_followups.AnswerFollowup) -> wire_followups.Followups:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/followups", wire_followups.Followups, body)

    async def search_library(self, q: str = "", **query: str | int) -> wire_library.LibraryPage:
        """`query` as the route takes it: kind, category, role, theme, service, severity, since ... limit, cursor."""
        return await self._get(f"/v1/library/search{query_string(q=q, **query)}", wire_library.LibraryPage)

    async def read_library(self, incident_id: int) -> wire_library.LibraryEntry:
        """A published review; to read it counts the caller among its readers."""
        return await self._get(f"/v1/library/reviews/{incident_id}", wire_library.LibraryEntry)

    async def uses(self, subject: str = "") -> wire_library.Uses:
        return await self._get(f"/v1/library/uses{query_string(subject=subject)}", wire_library.Uses)

    async def record_use(self, body: wire_library.RecordUse) -> wire_library.Use:
        return await self._send("POST", "/v1/library/uses", wire_library.Use, body)

    async def suggested_uses(self, incident_id: int) -> wire_library.SuggestedUses:
        return await self._get(f"/v1/incidents/{incident_id}/suggested-uses", wire_library.SuggestedUses)

    async def library_figures(self, since: str = "", until: str = "") -> wire_figures.LibraryFigures:
        """Of incidents that began in a time; RFC 3339, "" for no bound."""
        query = query_string(since=since, until=until)
        return await self._get(f"/v1/library/figures{query}", wire_figures.LibraryFigures)

    async def digest(self) -> wire_library.Digest:
        return await self._get("/v1/library/digest", wire_library.Digest)
