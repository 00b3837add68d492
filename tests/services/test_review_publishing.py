"""Publishing the document of a review: refused while it is none, kept as versions, read by whom it does not mislead."""

import msgspec
import pytest

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.storage import actions, factors, reviews
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.review_documents import Publish

FACTORS = (("the rule was stale", "technical"), ("nobody owned the rule", "organisational"), ("it was noon", "luck"))


@pytest.fixture
async def written(daemon):
    """`await written()` is an incident whose workshop is over."""
    daemon.process = default_process()

    async def make(some=FACTORS, **values):
        declared = wire_incidents.DeclareIncident(title="503 at the balancer", severity=Severity.SEV3)
        made = await daemon.core.incidents.declare(declared, "ada")
        for to in ("mitigated", "resolved"):
            body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await daemon.core.incidents.change_status(made.id, body, "ada", None)
        await daemon.advance(3600)
        await daemon.core.reviews.workshops.start(made.id, wire_reviews.StartReview(facilitator="lin"), "ada")

        def end(tx):
            for text, category in some:
                factors.add(
                    tx, incident_id=made.id, text=text, category=category, role="enabler", evidence=(), contexts=(),
                    author="ada",
                )  # fmt: skip
            reviews.change(
                tx, existing_review(tx.conn, made.id), **{"state": "written", "finished_at": tx.now} | values
            )

        await daemon.store.write(end)
        return made.id

    return make


async def test_what_is_no_review_yet_is_refused_with_all_that_it_lacks(daemon, written):
    incident_id, publishing = await written(FACTORS[:1], state="running"), daemon.core.reviews.publishing
    found = await publishing.checks(incident_id, "internal", "sam")
    assert not found.ready
    refusing = [one.rule for one in found.checks if one.refuses]
    assert refusing == ["held", "factors", "factors", "factors"]
    assert all(one.remedy for one in found.checks)
    assert {one.rule for one in found.checks if not one.refuses} >= {"section", "source"}
    with pytest.raises(Refused, match="workshop is not over yet; 1 factor of at least 3") as no:
        await publishing.publish(incident_id, Publish(), "ada")
    assert no.value.field == "state"
    assert (await publishing.documents(incident_id, "ada")).documents == ()
    with pytest.raises(NotFound, match="no document 1: none was published"):
        await publishing.document(incident_id, 1, "ada")


async def test_versions_are_kept_and_say_what_they_changed(daemon, written):
    incident_id, publishing = await written(), daemon.core.reviews.publishing
    seen = (await publishing.checks(incident_id, "internal", "ada")).seen
    first = await publishing.publish(incident_id, Publish(seen=seen), "ada")
    assert (first.number, first.by, first.changes) == (1, "ada", ())
    row = await daemon.store.read(lambda conn: existing_review(conn, incident_id))
    assert (row.state, row.published_at) == ("published", daemon.clock.now())

    text = wire_reviews.WriteSection(name="summary", text="We obviously should have seen it.")
    await daemon.core.reviews.sections.write(incident_id, text, "lin")
    with pytest.raises(Conflict, match="checklist is another one") as moved:
        await publishing.publish(incident_id, Publish(seen=seen), "ada")
    assert moved.value.current.language
    await daemon.advance(60)
    second = await publishing.publish(incident_id, Publish(), "lin")
    assert [(one.section, one.added, one.removed) for one in second.changes] == [
        ("Summary", ("We obviously should have seen it.",), ("*Nobody has written anything here.*",))
    ]
    row = await daemon.store.read(lambda conn: existing_review(conn, incident_id))
    assert row.published_at == first.at
    listed = (await publishing.documents(incident_id, "sam")).documents
    assert [one.number for one in listed] == [2, 1]
    old = await publishing.document(incident_id, 1, "sam")
    assert "obviously" not in old.markdown
    assert old.body.title == "503 at the balancer"
    assert (await publishing.published_text(incident_id, 1, "html", "sam")).startswith("<!doctype html>")
    assert await publishing.published_text(incident_id, 1, "markdown", "sam") == old.markdown
    told = [one.text for one in (await daemon.core.incidents.timeline(incident_id)).entries if one.kind == "review"]
    assert told[-2:] == ["The Incident Review was published", "The Incident Review was published, document 2 of it"]


async def test_customers_get_no_empty_page_and_change_nothing_of_the_review(daemon, written):
    incident_id, publishing = await written(), daemon.core.reviews.publishing
    with pytest.raises(Refused, match="no summary for customers"):
        await publishing.publish(incident_id, Publish(kind="external"), "ada")
    text = wire_reviews.WriteSection(name="external_summary", text="ada's rule was stale, see https://wiki.example/1")
    await daemon.core.reviews.sections.write(incident_id, text, "ada")
    made = await publishing.publish(incident_id, Publish(kind="external"), "ada")
    assert any("https://wiki.example/1" in one.text for one in made.checks)
    shown = await publishing.published_text(incident_id, made.number, "html", "sam")
    assert "An engineer&#x27;s rule was stale" in shown
    row = await daemon.store.read(lambda conn: existing_review(conn, incident_id))
    assert (row.state, row.published_at) == ("written", None)


@pytest.mark.both_engines
async def test_a_review_in_which_one_takes_part_hides_what_was_published_of_a_similar_incident(daemon, written):
    first = await written()
    await daemon.core.reviews.publishing.publish(first, Publish(), "ada")
    second = await written(state="running", similar=[{"id": first, "score": 80, "reasons": [], "chosen": "newest"}])
    for call in ("documents", "checks"):
        extra = ("internal",) if call == "checks" else ()
        with pytest.raises(Refused, match=f"INC-{second}"):
            await getattr(daemon.core.reviews.publishing, call)(first, *extra, "ada")
    assert (await daemon.core.reviews.publishing.documents(first, "sam")).documents[0].number == 1


async def test_the_log_has_which_actions_of_similar_incidents_are_open_still_when_it_is_published(daemon, written):
    first, day = await written(), daemon.clock.now().date()
    action = {"text": "Alert on it", "owner_team": "web", "owner": "", "due_on": day, "factor_id": None, "worse": ""}
    await daemon.store.write(lambda tx: actions.create(tx, incident_id=first, created_by="ada", **action))
    second = await written()
    await daemon.core.reviews.publishing.publish(second, Publish(), "ada")
    (event,) = await daemon.events("review.open_actions")
    assert (event.subject, event.data) == (f"incident:{second}", {"actions": [1], "incidents": [first]})


async def test_a_review_that_was_written_elsewhere_is_read_as_it_was_written(daemon, written):
    incident_id = await written()
    from incidentd.storage import imported_reviews

    await daemon.store.write(lambda tx: imported_reviews.add_document(tx, incident_id, "ada", "# Old\n\n- <b>one</b>"))
    publishing = daemon.core.reviews.publishing
    assert (await publishing.document(incident_id, 1, "sam")).body is None
    assert "<li>&lt;b&gt;one&lt;/b&gt;</li>" in await publishing.published_text(incident_id, 1, "html", "sam")
    assert msgspec.json.encode(await publishing.documents(incident_id, "sam"))
