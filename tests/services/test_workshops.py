"""The workshop of a review: begun after the rest, joined, driven."""

from datetime import timedelta

import pytest

from incidentd.domain.process import default_process
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reviews as wire_reviews

HOUR = timedelta(hours=1)


async def resolved(daemon, severity="SEV2"):
    made = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="503 at the balancer", severity=severity), "ada"
    )
    for to in ("mitigated", "resolved"):
        body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
        await daemon.core.incidents.change_status(made.id, body, "ada", None)
    return made.id


async def test_a_review_begins_after_the_cool_down_and_only_once(daemon):
    daemon.process = default_process()
    incident_id = await resolved(daemon)
    workshops = daemon.core.reviews.workshops
    with pytest.raises(NotFound, match="no review yet"):
        await workshops.get(incident_id, "ada")
    await daemon.advance(HOUR)
    with pytest.raises(Refused, match="people rest first"):
        await workshops.start(incident_id, wire_reviews.StartReview(), "ada")
    await daemon.advance(60 * HOUR)
    with pytest.raises(Invalid, match="no 'nobody' in the roster"):
        await workshops.start(incident_id, wire_reviews.StartReview(facilitator="nobody"), "ada")
    seen = await workshops.start(incident_id, wire_reviews.StartReview(facilitator="lin"), "ada")
    assert (seen.review.status, seen.review.state, seen.review.step) == ("in_review", "running", "ground_rules")
    assert (seen.review.facilitator, seen.drives, seen.joined) == ("lin", False, True)
    assert [one.person for one in seen.participants] == ["ada", "lin"]
    with pytest.raises(Conflict, match="has a review already"):
        await workshops.start(incident_id, wire_reviews.StartReview(), "lin")
    page = await workshops.list("held", 10, "")
    assert [one.incident_id for one in page.reviews] == [incident_id]
    assert page.total == 1
