"""The documents of reviews."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import reviews as wire_reviews


class ReviewDocumentCalls(Calls):
    """What people write for the document of a review, and the document itself."""

    async def review_sections(self, incident_id: int) -> wire_documents.ReviewSections:
        return await self._get(f"/v1/incidents/{incident_id}/review/sections", wire_documents.ReviewSections)

    async def write_section(self, incident_id: int, body: wire_reviews.WriteSection) -> wire_documents.ReviewSection:
        path = f"/v1/incidents/{incident_id}/review/sections"
        return await self._send("PUT", path, wire_documents.ReviewSection, body)

    async def review_checks(
        self, incident_id: int, kind: wire_documents.DocumentKind = "internal"
    ) -> wire_documents.ReviewChecklist:
        query = query_string(kind=kind)
        return await self._get(f"/v1/incidents/{incident_id}/review/checks{query}", wire_documents.ReviewChecklist)

    async def publish_review(self, incident_id: int, body: wire_documents.Publish) -> wire_documents.PublishedDocument:
        path = f"/v1/incidents/{incident_id}/review/publish"
        return await self._send("POST", path, wire_documents.PublishedDocument, body)

    async def published_documents(self, incident_id: int) -> wire_documents.PublishedDocuments:
        return await self._get(f"/v1/incidents/{incident_id}/review/documents", wire_documents.PublishedDocuments)

    async def published_document(self, incident_id: int, number: int) -> wire_documents.PublishedText:
        return await self._get(f"/v1/incidents/{incident_id}/review/documents/{number}", wire_documents.PublishedText)

    async def review_document(
        self, incident_id: int, kind: wire_documents.DocumentKind = "internal"
    ) -> wire_documents.ReviewDocument:
        """As it stands now."""
        query = query_string(kind=kind)
        return await self._get(f"/v1/incidents/{incident_id}/review/document{query}", wire_documents.ReviewDocument)
