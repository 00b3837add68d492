"""The document of a review as it stands now: for its readers-to-be, before it is published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.configuration.review_templates import BadTemplate, render
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_masks import told
from incidentd.services.errors import Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.services.review_masks import masked_from
from incidentd.services.review_material import made, material
from incidentd.storage.store import Store
from incidentd.wire.review_documents import DocumentKind, ReviewDocument


class ReviewPapers:
    """Implements `document_contracts.DocumentCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def preview(self, incident_id: int, kind: DocumentKind, actor: str) -> ReviewDocument:
        """The document as it stands. Raises `NotFound`, and `Refused` for somebody who may not know it yet."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> ReviewDocument:
            row = existing_review(conn, incident_id)
            unmasked(conn, incident_id, actor)
            return made(material(Seen(conn=conn, now=now, process=process, roster=roster), row), kind)

        return await self._store.read(read)

    async def text(self, document: ReviewDocument, form: str) -> str:
        """It as `markdown` or `html`, by the team's templates. Raises `Refused` when one of them fails."""
        return await asyncio.to_thread(text_of, self._process(), document, form)


def unmasked(conn: Connection, incident_id: int, actor: str) -> None:
    """Raises `Refused` where a review in which `actor` takes part hides what was concluded of this incident."""
    if (masked_by := masked_from(conn, actor).get(incident_id)) is not None:
        remedy = f"incidentctl review show INC-{masked_by}"
        raise Refused(told(masked_by), field="id", remedy=remedy)


def text_of(process: Process, document: ReviewDocument, form: str) -> str:
    """A document as text. Raises `Refused` when a template of the team fails."""
    name = f"{document.document}.{'html' if form == 'html' else 'md'}"
    try:
        return render(name, document, process.review_papers.templates)
    except BadTemplate as error:
        remedy = "`incidentd check` names the file and the line of what is wrong"
        raise Refused(f"the template {error}", field="format", remedy=remedy) from None
