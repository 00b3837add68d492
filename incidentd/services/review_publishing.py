"""Publishing the document of a review: what to look at before, the versions that were published, and their readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from incidentd.domain.factors import ready
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.reports import OWED
from incidentd.domain.review_changes import changes
from incidentd.domain.review_checks import Asked, checklist
from incidentd.domain.reviews import Review, State
from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.services.review_followups import arm_followups
from incidentd.services.review_material import made, material
from incidentd.services.review_papers import text_of, unmasked
from incidentd.services.review_wording import wording_of
from incidentd.services.similar_answers import link_open_actions
from incidentd.storage import factors, reports, review_documents, reviews
from incidentd.storage.review_documents import Published
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_documents as wire_documents

Mark = Callable[[int, str], Awaitable[None]]


class ReviewPublishing:
    """Implements `document_contracts.PublishingCalls`. `mark` counts who reads a version, and never says who."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster], mark: Mark) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._mark = mark

    async def checks(
        self, incident_id: int, kind: wire_documents.DocumentKind, actor: str
    ) -> wire_documents.ReviewChecklist:
        """What to look at before it is published. Raises `NotFound`, and `Refused` for whom it is hidden from."""
        return (await self._read(incident_id, kind, actor))[1]

    async def publish(
        self, incident_id: int, body: wire_documents.Publish, actor: str
    ) -> wire_documents.PublishedDocument:
        """Keep the document as it stands as a version that anybody may read.

        Raises `NotFound`, `Refused` with what is missing, and `Conflict` with the list when it is not the one `seen`.
        """
        document, found = await self._read(incident_id, body.kind, actor)
        if body.seen and body.seen != found.seen:
            raise Conflict("the checklist is another one meanwhile", current=found, field="seen")
        if lacking := [one for one in found.checks if one.refuses]:
            told = "; ".join(one.text for one in lacking)
            raise Refused(f"it cannot be published yet: {told}", field=lacking[0].field, remedy=lacking[0].remedy)
        process = self._process()
        markdown, html = await asyncio.gather(
            *(asyncio.to_thread(text_of, process, document, form) for form in ("markdown", "html"))
        )

        def command(tx: Tx) -> wire_documents.PublishedDocument:
            row = existing_review(tx.conn, incident_id, lock=True)
            if row.held:
                raise Refused("its workshop is held again", field="state", remedy="finish it first")
            number = review_documents.add(
                tx, incident_id=incident_id, kind=body.kind, by=actor, title=document.title, markdown=markdown,
                html=html, body=document, checks=found.checks,
            )  # fmt: skip
            _mark_published(tx, row, body.kind)
            data = {"kind": body.kind, "number": number, "review_name": row.review_name}
            tx.emit("incident.review_published", row.subject, data, actor=actor)
            link_open_actions(tx, incident_id, actor)
            return _listed(review_documents.of_incident(tx.conn, incident_id))[0]

        return await self._store.write(command)

    async def documents(self, incident_id: int, actor: str) -> wire_documents.PublishedDocuments:
        """The versions that were published, the newest first, each with what it changed. Raises as `checks` does."""
        found = await self._store.read(lambda conn: _versions(conn, incident_id, actor))
        return wire_documents.PublishedDocuments(incident_id=incident_id, documents=_listed(found))

    async def document(self, incident_id: int, number: int, actor: str) -> wire_documents.PublishedText:
        """One of them with its text. Raises as `checks` does, and `NotFound` for a number that there is not."""
        _, listed, one = await self._version(incident_id, number, actor)
        return wire_documents.PublishedText(published=listed, markdown=one.markdown, body=one.body)

    async def published_text(self, incident_id: int, number: int, form: str, actor: str) -> str:
        """One of them as `markdown` or `html`, just as it was published."""
        process, _, one = await self._version(incident_id, number, actor)
        if form == "markdown":
            return one.markdown
        if one.html or one.body is not None:
            return one.html
        return await asyncio.to_thread(text_of, process, _elsewhere(one), form)

    async def _version(
        self, incident_id: int, number: int, actor: str
    ) -> tuple[Process, wire_documents.PublishedDocument, Published]:
        found = await self._store.read(lambda conn: _versions(conn, incident_id, actor))
        await self._mark(incident_id, actor)
        if not 1 <= number <= len(found):
            there = f"there are {len(found)}" if found else "none was published"
            raise NotFound(
                f"INC-{incident_id} has no document {number}: {there}",
                remedy=f"incidentctl review history INC-{incident_id}",
            )
        return self._process(), _listed(found)[len(found) - number], found[number - 1]

    async def _read(
        self, incident_id: int, kind: wire_documents.DocumentKind, actor: str
    ) -> tuple[wire_documents.ReviewDocument, wire_documents.ReviewChecklist]:
        """The document and its checklist, of one instant."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> tuple[wire_documents.ReviewDocument, Asked]:
            row = existing_review(conn, incident_id)
            unmasked(conn, incident_id, actor)
            found = material(Seen(conn=conn, now=now, process=process, roster=roster), row)
            lacks = ready(factors.of_incident(conn, incident_id))
            owed = [f"R-{one.id}" for one in reports.of_incident(conn, incident_id) if one.state in OWED]
            return made(found, kind), Asked(
                material=found, lacks=lacks, owed=owed, lint=wording_of(conn, process, roster)
            )

        document, asked = await self._store.read(read)
        return document, await asyncio.to_thread(checklist, asked, kind)


def _mark_published(tx: Tx, row: Review, kind: wire_documents.DocumentKind) -> None:
    if kind == "external":
        return
    first = row.published_at or tx.now
    arm_followups(tx, reviews.change(tx, row, state=State.PUBLISHED, published_at=first))


def _versions(conn: Connection, incident_id: int, actor: str) -> list[Published]:
    existing_review(conn, incident_id)
    unmasked(conn, incident_id, actor)
    return review_documents.of_incident(conn, incident_id)


def _listed(found: list[Published]) -> tuple[wire_documents.PublishedDocument, ...]:
    """The newest first, each compared with the last one of its kind before it."""
    before: dict[str, str] = {}
    listed = []
    for one in found:
        listed.append(
            wire_documents.PublishedDocument(
                number=one.number,
                incident_id=one.incident_id,
                document=one.kind,
                at=one.at,
                by=one.by,
                title=one.title,
                checks=one.checks,
                changes=changes(before[one.kind], one.markdown) if one.kind in before else (),
            )
        )
        before[one.kind] = one.markdown
    return tuple(reversed(listed))


def _elsewhere(one: Published) -> wire_documents.ReviewDocument:
    """A document of which only the text is known."""
    text = wire_documents.DocumentSection(
        id="document", title="As it was written", blocks=(wire_documents.Prose(text=one.markdown),)
    )
    reference = f"INC-{one.incident_id}"
    return wire_documents.ReviewDocument(
        format=wire_documents.FORMAT,
        document=one.kind,
        title=one.title or reference,
        name="",
        reference=reference,
        facts=(),
        sections=(text,),
        foot="It was written elsewhere.",
        made_at=one.at,
    )
