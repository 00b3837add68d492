"""The document of a review: the texts that people write for it, and what becomes of them."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Document, Read
from incidentd.services.contracts import Calls
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import reviews as wire_reviews

MEDIA = {"markdown": "text/markdown", "html": "text/html"}


async def list_sections(calls: Calls, call: Read) -> wire_documents.ReviewSections:
    return await calls.review.sections.list(call.id, call.actor)


async def write_section(
    calls: Calls, call: Call[wire_reviews.WriteSection, queries.Query]
) -> wire_documents.ReviewSection:
    return await calls.review.sections.write(call.id, call.body, call.actor)


async def check_review(calls: Calls, call: Call[Empty, queries.ReviewKind]) -> wire_documents.ReviewChecklist:
    return await calls.review.publishing.checks(call.id, call.query.kind, call.actor)


async def publish_review(
    calls: Calls, call: Call[wire_documents.Publish, queries.Query]
) -> wire_documents.PublishedDocument:
    return await calls.review.publishing.publish(call.id, call.body, call.actor)


async def list_documents(calls: Calls, call: Read) -> wire_documents.PublishedDocuments:
    return await calls.review.publishing.documents(call.id, call.actor)


async def get_document(
    calls: Calls, call: Call[Empty, queries.PublishedForm]
) -> wire_documents.PublishedText | Document:
    number, form = call.ids["document_id"], call.query.format
    if form == "json":
        found = await calls.review.publishing.document(call.id, number, call.actor)
        await calls.review.library.reading.mark(call.id, call.actor)
        return found
    text = await calls.review.publishing.published_text(call.id, number, form, call.actor)
    await calls.review.library.reading.mark(call.id, call.actor)
    return Document(MEDIA[form], text.encode("utf-8", "replace"))


async def preview_document(
    calls: Calls, call: Call[Empty, queries.ReviewPaper]
) -> wire_documents.ReviewDocument | Document:
    form = call.query.format
    found = await calls.review.documents.preview(call.id, call.query.kind, call.actor)
    if form == "json":
        return found
    return Document(MEDIA[form], (await calls.review.documents.text(found, form)).encode("utf-8", "replace"))
