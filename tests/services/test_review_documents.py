"""The document of a review: the texts that people write for it, and who may read it when."""

import pytest

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.storage import reviews
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.reviews import WriteSection


@pytest.fixture
async def held(daemon):
    """`await held()` is an incident whose review is held by ada and lin."""
    daemon.process = default_process()

    async def make(**values):
        declared = wire_incidents.DeclareIncident(title="ada saw 503 at the balancer", severity=Severity.SEV3)
        made = await daemon.core.incidents.declare(declared, "ada")
        for to in ("mitigated", "resolved"):
            body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await daemon.core.incidents.change_status(made.id, body, "ada", None)
        await daemon.advance(3600)
        await daemon.core.reviews.workshops.start(made.id, wire_reviews.StartReview(facilitator="lin"), "ada")
        if values:
            await daemon.store.write(lambda tx: reviews.change(tx, existing_review(tx.conn, made.id), **values))
        return made.id

    return make


@pytest.mark.both_engines
async def test_texts_are_written_with_a_version_of_their_own(daemon, held):
    incident_id, sections = await held(), daemon.core.reviews.sections
    with pytest.raises(NotFound, match="no incident"):
        await sections.write(99, WriteSection(name="summary", text="x"), "ada")
    with pytest.raises(Invalid, match="no section 'rca'") as refused:
        await sections.write(incident_id, WriteSection(name="rca", text="x"), "ada")
    assert "summary, impact" in refused.value.remedy
    first = await sections.write(incident_id, WriteSection(name="summary", text="one", version=0), "ada")
    assert (first.text, first.version) == ("one", 1)
    with pytest.raises(Conflict, match="somebody else has written summary") as conflict:
        await sections.write(incident_id, WriteSection(name="summary", text="two", version=0), "lin")
    assert (conflict.value.current.text, conflict.value.current.version) == ("one", 1)
    await sections.write(incident_id, WriteSection(name="hard", text="the graph", version=0), "lin")
    assert (await sections.write(incident_id, WriteSection(name="summary", text=" ", version=1), "lin")).text == ""
    view = await daemon.core.reviews.workshops.get(incident_id, "sam")
    assert view.sections == {"hard": "the graph"}
    events = [one for one in await daemon.events() if one.kind == "review.section_written"]
    assert [(one.actor, one.data["name"], one.data["version"]) for one in events] == [
        ("ada", "summary", 1), ("lin", "hard", 1), ("lin", "summary", 2),
    ]  # fmt: skip


async def test_drafts_come_from_the_records_and_name_nobody(daemon, held):
    incident_id = await held()
    found = {one.name: one for one in (await daemon.core.reviews.sections.list(incident_id, "ada")).sections}
    assert found["summary"].draft.startswith("A colleague saw 503 at the balancer: SEV3.")
    assert (found["summary"].text, found["summary"].version, found["surprises"].draft) == ("", 0, "")


async def test_what_is_still_one_persons_own_is_in_no_document(daemon, held):
    """Factors before the reveal, accounts before they are shared, what was said, and who wrote what nobody signed."""
    incident_id, reviews_desk = await held(), daemon.core.reviews
    await reviews_desk.accounts.write(incident_id, wire_records.WriteAccount(saw="secret account"), "ada")
    factor = wire_records.WriteFactor(text="secret factor", category="luck", role="risk")
    await reviews_desk.factors.write(incident_id, factor, "ada")
    await reviews_desk.acts.talk(incident_id, wire_reviews.WriteTalk(text="secret talk"), "ada")
    closing = wire_reviews.AnswerClosing(learned="no", come_again="no", text="secret answer")
    await reviews_desk.acts.answer(incident_id, closing, "ada")

    async def texts(actor):
        made = [await reviews_desk.papers.preview(incident_id, kind, actor) for kind in ("internal", "external")]
        offered = await reviews_desk.sections.list(incident_id, actor)
        found = await reviews_desk.publishing.checks(incident_id, "internal", actor)
        return "".join([*[await reviews_desk.papers.text(one, "markdown") for one in made], repr(offered), repr(found)])

    for actor in ("ada", "lin", "sam"):
        assert "secret" not in await texts(actor)
    await daemon.store.write(lambda tx: reviews.change(tx, existing_review(tx.conn, incident_id), state="written"))
    shared = await texts("sam")
    assert "secret account" in shared
    assert "secret factor" in shared
    assert "secret talk" not in shared
    assert "secret answer" not in shared


async def test_the_document_as_it_stands_is_hidden_from_whom_it_would_tell_what_to_write(daemon, held):
    first = await held(state="published", sections={"summary": "a stale rule that ada knew"})
    papers = daemon.core.reviews.papers
    made = await papers.preview(first, "internal", "ada")
    text = await papers.text(made, "markdown")
    assert "a stale rule that the facilitator knew" not in text
    assert "a stale rule that a colleague knew" in text
    assert (await papers.text(made, "html")).startswith("<!doctype html>")
    second = await held(similar=[{"id": first, "score": 80, "reasons": [], "chosen": "newest"}])
    with pytest.raises(Refused, match=f"INC-{second}"):
        await papers.preview(first, "external", "ada")
    assert [one.text for one in (await daemon.core.reviews.sections.list(first, "ada")).sections if one.text] == []
    assert (await papers.preview(first, "internal", "sam")).reference == f"INC-{first}"
