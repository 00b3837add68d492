"""The texts of a review's document that people write, each with a version of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_external import outward
from incidentd.domain.review_sections import SECTIONS, drafts
from incidentd.domain.reviews import Review
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_views import Seen
from incidentd.services.review_masks import masked_from
from incidentd.services.review_material import material
from incidentd.storage import reviews
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire.review_documents import ReviewSection, ReviewSections
from incidentd.wire.reviews import WriteSection


class ReviewSectionTexts:
    """Implements `document_contracts.SectionCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def list(self, incident_id: int, actor: str) -> ReviewSections:
        """Every section there can be, with what the records offer for it while it is empty. Raises `NotFound`."""
        now, process, roster = self._store.clock.now(), self._process(), self._roster()

        def read(conn: Connection) -> ReviewSections:
            row = existing_review(conn, incident_id)
            if incident_id in masked_from(conn, actor):
                return _listed(row, {}, {})
            found = material(Seen(conn=conn, now=now, process=process, roster=roster), row)
            offered = drafts(found.view, found.detail, found.voices())
            fit = outward(found)
            offered |= {name: fit(text) for name, text in offered.items() if SECTIONS[name].external}
            return _listed(row, row.sections, offered)

        return await self._store.read(read)

    async def write(self, incident_id: int, body: WriteSection, actor: str) -> ReviewSection:
        """Write one anew; "" removes it. Raises `NotFound`, `Invalid`, and `Conflict` with what stands there now."""
        if body.name not in SECTIONS:
            raise Invalid(f"there is no section {body.name!r}", field="name", remedy=f"one of {', '.join(SECTIONS)}")

        def command(tx: Tx) -> ReviewSection:
            row = existing_review(tx.conn, incident_id, lock=True)
            version = row.section_versions.get(body.name, 0)
            if body.version is not None and body.version != version:
                current = _section(row, body.name, row.sections, {})
                raise Conflict(f"somebody else has written {body.name} meanwhile", current=current, field="version")
            texts = {**row.sections, body.name: body.text}
            if not body.text.strip():
                del texts[body.name]
            versions = {**row.section_versions, body.name: version + 1}
            row = reviews.change(tx, row, sections=texts, section_versions=versions)
            data = {"name": body.name, "version": version + 1, "text": texts.get(body.name, "")}
            tx.emit("review.section_written", row.subject, data, actor=actor)
            return _section(row, body.name, texts, {})

        return await self._store.write(command)


def _listed(row: Review, texts: Mapping[str, str], offered: Mapping[str, str]) -> ReviewSections:
    return ReviewSections(
        incident_id=row.incident_id, sections=tuple(_section(row, name, texts, offered) for name in SECTIONS)
    )


def _section(row: Review, name: str, texts: Mapping[str, str], offered: Mapping[str, str]) -> ReviewSection:
    about, text = SECTIONS[name], texts.get(name, "")
    return ReviewSection(
        name=name,
        title=about.title,
        guide=about.guide,
        external=about.external,
        text=text,
        draft="" if text else offered.get(name, ""),
        version=row.section_versions.get(name, 0),
    )
