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
        await daemon.advance(timedelta(minutes=5))
        body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
        await daemon.core.incidents.change_status(made.id, body, "ada", None)
    return made.id


async def test_a_review_begins_after_the_cool_down_and_only_once(daemon):
    daemon.process = default_process()
    incident_id = await resolved(daemon)
    workshops = daemon.core.reviews.workshops
    with pytest.raises(NotFound, match="it has not begun"):
        await workshops.get(incident_id, "ada")
    with pytest.raises(Refused, match="people rest first"):
        await workshops.start(incident_id, wire_reviews.StartReview(), "ada")
    await daemon.advance(HOUR)
    with pytest.raises(Refused, match="people rest first"):
        await workshops.start(incident_id, wire_reviews.StartReview(), "ada")
    await daemon.advance(60 * HOUR)
    with pytest.raises(Invalid, match="no person 'nobody'"):
        await workshops.start(incident_id, wire_reviews.StartReview(facilitator="nobody"), "ada")
    seen = await workshops.start(incident_id, wire_reviews.StartReview(facilitator="lin"), "ada")
    assert (seen.review.status, seen.review.state, seen.review.step) == ("in_review", "running", "ground_rules")
    assert (seen.review.facilitator, seen.drives, seen.joined) == ("lin", False, True)
    assert [one.person for one in seen.participants] == ["ada", "lin"]
    with pytest.raises(Conflict, match="has begun already"):
        await workshops.start(incident_id, wire_reviews.StartReview(), "lin")
    page = await workshops.list("held", 10, "")
    assert [one.incident_id for one in page.reviews] == [incident_id]
    assert page.total == 1


# ---------------------------------------------------------------- driven
def drive(**order):
    return wire_reviews.DriveReview(**order)


async def begun(daemon, *others, **start):
    """A review that ada drives, and who else takes part."""
    incident_id = await resolved(daemon, "SEV4")
    await daemon.core.reviews.workshops.start(incident_id, wire_reviews.StartReview(**start), "ada")
    for person in others:
        await daemon.core.reviews.acts.participate(incident_id, wire_reviews.Participate(present=True), person)
    return incident_id


async def test_its_facilitator_takes_everybody_along(daemon):
    incident_id = await begun(daemon, "lin")
    acts = daemon.core.reviews.acts
    with pytest.raises(Refused, match="ada drives") as refused:
        await acts.drive(incident_id, drive(step="next"), "lin", None)
    assert refused.value.remedy == "ask ada"
    with pytest.raises(Refused, match="do not take part"):
        await acts.drive(incident_id, drive(step="next"), "sam", None)
    seen = await acts.drive(incident_id, drive(step="next"), "ada", 1)
    assert (seen.review.step, seen.review.version) == ("walk", 2)
    with pytest.raises(Conflict, match="moved on") as conflict:
        await acts.drive(incident_id, drive(step="next"), "ada", 1)
    assert conflict.value.current.review.step == "walk"
    walked = await acts.drive(incident_id, drive(walk="next"), "ada", None)
    assert walked.review.version == 3
    with pytest.raises(Refused, match="forward only"):
        await acts.drive(incident_id, drive(walk="2020-01-01T00:00:00Z"), "ada", None)
    for bad in ("yesterday", "2026-03-01T14:05"):
        with pytest.raises(Invalid, match="is no moment"):
            await acts.drive(incident_id, drive(walk=bad), "ada", None)
    for bad in (drive(), drive(step="next", finish=True)):
        with pytest.raises(Invalid, match=r"nothing is asked|cannot be had at once"):
            await acts.drive(incident_id, bad, "ada", None)
    await acts.drive(incident_id, drive(step="accounts"), "ada", None)
    assert [one.data["walked"] for one in await daemon.events("review.walked")][-1] is True, "going on ends the walk"
    with pytest.raises(Refused, match="walked to its end"):
        await acts.drive(incident_id, drive(walk="next"), "ada", None)


async def test_its_timer_is_told_once_and_a_pause_keeps_what_is_left(daemon):
    incident_id = await begun(daemon)
    acts = daemon.core.reviews.acts
    await acts.drive(incident_id, drive(minutes=10), "ada", None)
    await daemon.advance(timedelta(minutes=4))
    paused = await acts.drive(incident_id, drive(pause=True), "ada", None)
    assert (paused.review.state, paused.review.left, paused.review.step_ends_at) == ("paused", 360.0, None)
    with pytest.raises(Refused, match="is paused"):
        await acts.drive(incident_id, drive(step="next"), "ada", None)
    await daemon.advance(timedelta(days=11))
    assert [one.title for _, one in daemon.sender.sent] == ["INC-1: the Incident Review is still paused"] * 2
    gone_on = await acts.drive(incident_id, drive(pause=False), "ada", None)
    assert gone_on.review.step_ends_at == daemon.clock.now() + timedelta(minutes=6)
    assert await daemon.events("review.step_over") == []
    await acts.drive(incident_id, drive(longer=5), "ada", None)
    await daemon.advance(timedelta(minutes=10))
    assert await daemon.events("review.step_over") == []
    await daemon.advance(timedelta(days=20))
    assert len(await daemon.events("review.step_over")) == 1
    told = (await daemon.core.incidents.timeline(incident_id)).entries
    assert [one.text for one in told if one.kind == "review"] == [
        "The Incident Review began, driven by ada", "The Incident Review goes on after 11 days",
    ]  # fmt: skip


async def test_what_is_said_is_kept_with_its_step(daemon):
    incident_id = await begun(daemon)
    acts = daemon.core.reviews.acts
    await acts.talk(incident_id, wire_reviews.WriteTalk(text="we thought it was the cache"), "ada")
    await acts.drive(incident_id, drive(step="next"), "ada", None)
    seen = await acts.talk(incident_id, wire_reviews.WriteTalk(text="the page was green"), "ada")
    assert [(one.step, one.by, one.text) for one in seen.talk] == [
        ("ground_rules", "ada", "we thought it was the cache"), ("walk", "ada", "the page was green"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="do not take part"):
        await acts.talk(incident_id, wire_reviews.WriteTalk(text="x"), "lin")
