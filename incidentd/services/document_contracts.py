"""What the socket API asks of the documents of reviews; a part of `workshop_contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import review_documents as wire_documents
from incidentd.wire import reviews as wire_reviews


class SectionCalls(Protocol):
    async def list(self, incident_id: int, actor: str) -> wire_documents.ReviewSections: ...
    async def write(
        self, incident_id: int, body: wire_reviews.WriteSection, actor: str
    ) -> wire_documents.ReviewSection: ...


class PublishingCalls(Protocol):
    async def checks(
        self, incident_id: int, kind: wire_documents.DocumentKind, actor: str
    ) -> wire_documents.ReviewChecklist: ...
    async def publish(
        self, incident_id: int, body: wire_documents.Publish, actor: str
    ) -> wire_documents.PublishedDocument: ...
    async def documents(self, incident_id: int, actor: str) -> wire_documents.PublishedDocuments: ...
    async def document(self, incident_id: int, number: int, actor: str) -> wire_documents.PublishedText: ...
    async def published_text(self, incident_id: int, number: int, form: str, actor: str) -> str: ...


class DocumentCalls(Protocol):
    async def preview(
        self, incident_id: int, kind: wire_documents.DocumentKind, actor: str
    ) -> wire_documents.ReviewDocument: ...
    async def text(self, document: wire_documents.ReviewDocument, form: str) -> str: ...
