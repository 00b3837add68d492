"""The routes of the documents of reviews; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import review_documents as handlers
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import reviews as wire_reviews

_MEDIA = tuple(handlers.MEDIA.values())

REVIEW_DOCUMENT_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/incidents/{id}/review/sections",
        handlers.list_sections,
        wire_documents.ReviewSections,
        "The texts of the document, with drafts from the records",
    ),
    Route(
        method="PUT",
        path="/v1/incidents/{id}/review/sections",
        handler=handlers.write_section,
        role=Role.RESPONDER,
        answer=wire_documents.ReviewSection,
        summary="Write a text of the document",
        body=wire_reviews.WriteSection,
    ),
    Route(
        method="GET",
        path="/v1/incidents/{id}/review/document",
        handler=handlers.preview_document,
        role=Role.VIEWER,
        answer=wire_documents.ReviewDocument,
        summary="The document as it stands, as JSON, Markdown or HTML",
        query=queries.ReviewPaper,
        documents=_MEDIA,
    ),
    get(
        "/v1/incidents/{id}/review/checks",
        handlers.check_review,
        wire_documents.ReviewChecklist,
        "What to look at before it is published",
        query=queries.ReviewKind,
    ),
    created(
        "/v1/incidents/{id}/review/publish",
        handlers.publish_review,
        wire_documents.PublishedDocument,
        "Publish the document as it stands",
        body=wire_documents.Publish,
    ),
    get(
        "/v1/incidents/{id}/review/documents",
        handlers.list_documents,
        wire_documents.PublishedDocuments,
        "The versions that were published, and what each changed",
    ),
    Route(
        method="GET",
        path="/v1/incidents/{id}/review/documents/{document_id}",
        handler=handlers.get_document,
        role=Role.VIEWER,
        answer=wire_documents.PublishedText,
        summary="A published version, as JSON, Markdown or HTML",
        query=queries.PublishedForm,
        documents=_MEDIA,
    ),
)
