"""Documents of reviews as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.wire import review_documents as wire_documents

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
SECTION = wire_documents.ReviewSection(
    name="summary", title="Summary", guide="What happened", external=False, text="", draft="503", version=0
)
DOCUMENT = wire_documents.ReviewDocument(
    format=wire_documents.FORMAT, document="internal", title="503 at the balancer", name="Incident Review",
    reference="INC-1", facts=(wire_documents.Fact(name="Severity", text="SEV2"),),
    sections=(
        wire_documents.DocumentSection(
            id="summary", title="Summary", blocks=(wire_documents.Prose(text="503"), wire_documents.Remark(text="none"))
        ),
    ),
    foot="All times are UTC.", made_at=NOW,
)  # fmt: skip


class Sections:
    """One text that nobody has written."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, incident_id, actor):
        return wire_documents.ReviewSections(incident_id=incident_id, sections=(SECTION,))

    async def write(self, incident_id, body, actor):
        await self.fake.note("review.section", incident_id, body, actor)
        return SECTION


class Documents:
    """A document, and what it is as text."""

    def __init__(self, fake):
        self.fake = fake

    async def preview(self, incident_id, kind, actor):
        return DOCUMENT

    async def text(self, document, form):
        return f"{document.title} as {form}"


class Publishing:
    """One version was published."""

    CHECKS = wire_documents.ReviewChecklist(
        incident_id=1, document="internal", ready=True, seen="5eed",
        checks=(wire_documents.ReviewCheck(rule="source", text="Who says so?", remedy="ask"),),
        language={"hindsight": 1},
    )  # fmt: skip
    PUBLISHED = wire_documents.PublishedDocument(
        number=1, incident_id=1, document="internal", at=NOW, by="ada", title="503", checks=CHECKS.checks,
        changes=(wire_documents.SectionChange(section="Summary", added=("503",), removed=()),),
    )  # fmt: skip

    def __init__(self, fake):
        self.fake = fake

    async def checks(self, incident_id, kind, actor):
        return self.CHECKS

    async def publish(self, incident_id, body, actor):
        await self.fake.note("review.publish", incident_id, body, actor)
        return self.PUBLISHED

    async def documents(self, incident_id, actor):
        return wire_documents.PublishedDocuments(incident_id=incident_id, documents=(self.PUBLISHED,))

    async def document(self, incident_id, number, actor):
        return wire_documents.PublishedText(published=self.PUBLISHED, markdown="# 503", body=DOCUMENT)

    async def published_text(self, incident_id, number, form, actor):
        return f"503 as {form}"


def document_calls(fake):
    return {"sections": Sections(fake), "documents": Documents(fake), "publishing": Publishing(fake)}
