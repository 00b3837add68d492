"""The review of an earlier incident, as somebody sees it who is reviewing one like it."""

import pytest

from incidentd.domain.incidents import Status
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.existing_reviews import existing_review
from incidentd.services.review_masks import masked_from
from incidentd.storage import reviews
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews


@pytest.fixture
async def reviewed(daemon):
    """`await reviewed()` has one more incident whose review is held by ada and lin; lin joined it."""
    daemon.process = default_process()

    async def make(**values):
        declared = wire_incidents.DeclareIncident(title="503 at the balancer", severity=Severity.SEV3)
        made = await daemon.core.incidents.declare(declared, "ada")
        for to in (Status.MITIGATED, Status.RESOLVED):
            body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await daemon.core.incidents.change_status(made.id, body, "ada", None)
        await daemon.advance(3600)
        start = wire_reviews.StartReview(facilitator="lin")
        await daemon.core.reviews.workshops.start(made.id, start, "ada")
        if values:
            await daemon.store.write(lambda tx: reviews.change(tx, existing_review(tx.conn, made.id), **values))
        return made.id

    return make


async def test_the_review_of_a_similar_incident_shows_no_conclusions_until_ones_factors_are_in(daemon, reviewed):
    first = await reviewed(state="published", sections={"summary": "a stale rule"})
    listed = [{"id": first, "score": 80, "reasons": [], "chosen": "newest"}]
    second = await reviewed(similar=listed)
    workshops = daemon.core.reviews.workshops
    hidden = await workshops.get(first, "ada")
    assert (hidden.masked_by, hidden.sections, hidden.similar.locked) == (second, {}, True)
    assert f"INC-{second}" in hidden.similar.why
    outside = await workshops.get(first, "sam")
    assert (outside.masked_by, outside.sections) == (None, {"summary": "a stale rule"})
    assert (await workshops.get(second, "ada")).masked_by is None

    now = daemon.clock.now()
    await daemon.store.write(lambda tx: reviews.change_member(tx, second, "ada", factors_in_at=now))
    assert (await workshops.get(first, "ada")).sections == {"summary": "a stale rule"}
    assert (await workshops.get(first, "lin")).masked_by == second
    await daemon.store.write(lambda tx: reviews.change_member(tx, second, "lin", left_at=now))
    assert await daemon.store.read(lambda conn: masked_from(conn, "lin")) == {}


@pytest.mark.both_engines
async def test_a_workshop_that_is_over_hides_nothing_any_more(daemon, reviewed):
    first = await reviewed(state="published")
    second = await reviewed(similar=[{"id": first, "score": 80, "reasons": [], "chosen": "oldest"}])
    assert await daemon.store.read(lambda conn: masked_from(conn, "ada")) == {first: second}
    await daemon.store.write(lambda tx: reviews.change(tx, existing_review(tx.conn, second), state="written"))
    assert await daemon.store.read(lambda conn: masked_from(conn, "ada")) == {}
