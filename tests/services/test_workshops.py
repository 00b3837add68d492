"""The workshop of a review: begun after the rest, joined, driven."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.record_contracts import FactorQuery
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_records as records
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


@pytest.mark.both_engines
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


@pytest.mark.both_engines
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


@pytest.mark.both_engines
async def test_its_timer_is_told_once_and_a_pause_keeps_what_is_left(daemon):
    incident_id = await begun(daemon)
    acts = daemon.core.reviews.acts
    await acts.drive(incident_id, drive(minutes=10), "ada", None)
    await daemon.advance(timedelta(minutes=4))
    paused = await acts.drive(incident_id, drive(pause=True), "ada", None)
    assert (paused.review.state, paused.review.left, paused.review.step_ends_at) == ("paused", 360.0, None)
    with pytest.raises(Refused, match="is paused"):
        await acts.drive(incident_id, drive(step="next"), "ada", None)
    await daemon.advance(timedelta(days=2))
    await acts.participate(incident_id, say(present=True), "lin")
    await daemon.advance(timedelta(days=9))
    assert [one.title for _, one in daemon.sender.sent] == ["INC-1: the Incident Review is still paused"] * 2
    gone_on = await acts.drive(incident_id, drive(pause=False), "ada", None)
    assert gone_on.review.step_ends_at == daemon.clock.now() + timedelta(minutes=6)
    assert await daemon.events("review.step_over") == []
    await acts.drive(incident_id, drive(longer=5), "ada", None)
    await daemon.advance(timedelta(minutes=10))
    assert await daemon.events("review.step_over") == []
    daemon.clock.set(daemon.clock.now() + timedelta(minutes=1))
    await acts.participate(incident_id, say(done=True), "ada")  # just before it is told
    daemon.sender.clear()
    await daemon.advance(timedelta(days=5))
    assert [one.title for _, one in daemon.sender.sent] == [
        "INC-1: the Incident Review stands still at its step ground rules"
    ], "somebody forgot to pause it"
    assert len(await daemon.events("review.step_over")) == 1
    told = (await daemon.core.incidents.timeline(incident_id)).entries
    assert [one.text for one in told if one.kind == "review"] == [
        "The Incident Review began, driven by ada", "The Incident Review goes on after 11 days",
    ]  # fmt: skip
    await acts.drive(incident_id, drive(finish=True), "ada", None)
    assert [one for one in await daemon.armed() if one[0].startswith("review.")] == []


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


# ---------------------------------------------------------------- shown, ended, held again
def factor(text="the pool was small", category="technical"):
    return records.WriteFactor(text=text, category=category, role="enabler")


def say(**said):
    return wire_reviews.Participate(**said)


@pytest.mark.both_engines
async def test_factors_are_shown_when_everybody_is_done_and_late_ones_write_first(daemon):
    incident_id = await begun(daemon, "lin")
    desk = daemon.core.reviews
    acts = desk.acts
    await acts.drive(incident_id, drive(step="factors"), "ada", None)
    await desk.factors.write(incident_id, factor(), "ada")
    await acts.participate(incident_id, say(done=True), "ada")
    waiting = await desk.workshops.get(incident_id, "lin")
    assert (waiting.factors, waiting.factors_hidden, waiting.review.revealed_at) == ((), 1, None)
    assert [one.factors_in for one in waiting.participants] == [True, False]
    await acts.participate(incident_id, say(present=False), "lin")
    assert (await desk.workshops.get(incident_id, "lin")).review.revealed_at == daemon.clock.now()
    await daemon.advance(60)
    late = await acts.participate(incident_id, say(present=True), "sam")
    assert (late.factors, late.factors_hidden) == ((), 1)
    assert (await desk.factors.list(FactorQuery(), "sam")).factors == ()
    assert (await desk.factors.list(FactorQuery(), "kim")).total == 1, "who does not take part may read them"
    back = await acts.participate(incident_id, say(present=True), "lin")
    assert [one.text for one in back.factors] == ["the pool was small"], "who was there before has been shown them"
    await desk.factors.write(incident_id, factor("nobody owned it", "organisational"), "sam")
    done = await acts.participate(incident_id, say(done=True), "sam")
    assert [one.text for one in done.factors] == ["the pool was small", "nobody owned it"]
    assert done.review.unmasked_at is None
    assert (await acts.drive(incident_id, drive(step="next"), "ada", None)).review.unmasked_at == daemon.clock.now()
    revealed = await daemon.events("review.revealed")
    assert [one.data for one in revealed] == [{"factors": 1, "by_everybody": True}]


@pytest.mark.both_engines
async def test_its_end_takes_the_incident_to_learning_and_it_may_be_held_again(daemon):
    incident_id = await begun(daemon, "lin")
    desk = daemon.core.reviews
    await desk.factors.write(incident_id, factor(), "ada")
    with pytest.raises(Refused, match="under way"):
        await desk.acts.drive(incident_id, drive(reopen="x"), "ada", None)
    over = await desk.acts.drive(incident_id, drive(finish=True), "ada", None)
    assert (over.review.state, over.review.status, over.walk.walked) == ("written", "learning", True)
    assert (await desk.workshops.get(incident_id, "lin")).factors[0].text == "the pool was small"
    for late in (
        desk.acts.participate(incident_id, say(present=True), "sam"),
        desk.acts.talk(incident_id, wire_reviews.WriteTalk(text="x"), "ada"),
        desk.acts.answer(incident_id, wire_reviews.AnswerClosing(learned="yes", come_again="yes"), "ada"),
        desk.acts.drive(incident_id, drive(step="next"), "ada", None),
    ):
        with pytest.raises(Refused, match="is over"):
            await late
    again = await desk.acts.drive(incident_id, drive(reopen="sam's view is missing"), "ada", None)
    assert (again.review.state, again.review.step, again.review.status) == ("running", "ground_rules", "learning")
    told = (await daemon.core.incidents.timeline(incident_id)).entries
    assert [(one.text, one.detail) for one in told if one.kind == "review"][1:] == [
        ("The Incident Review was held", "ended at its step ground rules; 2 people took part"),
        ("The Incident Review is held again", "sam's view is missing"),
    ]  # fmt: skip


async def test_a_near_miss_and_a_closed_incident_stay_what_they_are(daemon):
    incidents, desk = daemon.core.incidents, daemon.core.reviews
    ends = {"false_alarm": "false_alarm", "closed": "learning"}
    for status, after in ends.items():
        made = await incidents.declare(wire_incidents.DeclareIncident(title="503", severity=Severity.SEV5), "ada")
        for to in ("resolved", "closed") if status == "closed" else (status,):
            body = wire_incidents.ChangeStatus(to=to, evidence="e", reason="r")
            await incidents.change_status(made.id, body, "ada", None)
        assert (await desk.workshops.start(made.id, wire_reviews.StartReview(), "ada")).review.status == status
        assert (await desk.acts.drive(made.id, drive(finish=True), "ada", None)).review.status == after
    active = await incidents.declare(wire_incidents.DeclareIncident(title="503", severity=Severity.SEV5), "ada")
    with pytest.raises(Invalid, match="not to be in_review"):
        await desk.workshops.start(active.id, wire_reviews.StartReview(), "ada")


# ---------------------------------------------------------------- who drives
@pytest.mark.both_engines
async def test_of_two_who_begin_it_at_once_one_wins(daemon):
    incident_id = await resolved(daemon, "SEV4")
    begin = daemon.core.reviews.workshops.start
    both = await asyncio.gather(
        *(begin(incident_id, wire_reviews.StartReview(), person) for person in ("ada", "lin")), return_exceptions=True
    )
    (won,) = [one for one in both if isinstance(one, wire_reviews.ReviewView)]
    (lost,) = [one for one in both if isinstance(one, Conflict)]
    assert lost.current.review == won.review
    assert len(await daemon.events("incident.review_started")) == 1


async def test_whoever_takes_part_takes_over_from_somebody_who_left(daemon):
    incident_id = await begun(daemon, "lin")
    acts = daemon.core.reviews.acts
    with pytest.raises(Refused, match="ada drives"):
        await acts.drive(incident_id, drive(facilitator="me"), "lin", None)
    with pytest.raises(Invalid, match="no person 'nobody'") as unknown:
        await acts.drive(incident_id, drive(facilitator="nobody"), "ada", None)
    assert unknown.value.field == "facilitator"
    await acts.participate(incident_id, say(present=False), "ada")
    taken = await acts.drive(incident_id, drive(facilitator="me"), "lin", None)
    assert (taken.review.facilitator, taken.drives) == ("lin", True)
    handed = await acts.drive(incident_id, drive(facilitator="sam"), "lin", None)
    assert [one.person for one in handed.participants] == ["ada", "lin", "sam"]
    roles = (await daemon.core.incidents.get(incident_id)).roles
    assert [(one.person, one.ends_at is None) for one in roles if one.role == "facilitator"] == [
        ("ada", False), ("lin", False), ("sam", True),
    ]  # fmt: skip
    told = (await daemon.core.incidents.timeline(incident_id)).entries
    assert ("lin is facilitator", "takes over from ada") in [(one.text, one.detail) for one in told]
    assert await daemon.core.reviews.workshops.get(incident_id, "kim")


@pytest.mark.both_engines
async def test_a_facilitator_who_was_involved_is_shown_and_holds_it_all_the_same(daemon):
    incident_id = await begun(daemon, "lin")
    acts = daemon.core.reviews.acts
    seen = await acts.drive(incident_id, drive(step="next"), "ada", None)
    assert (seen.facilitator_was_involved, seen.facilitator_faults) == (True, ("ada was involved",))
    await acts.talk(incident_id, wire_reviews.WriteTalk(text="x"), "lin")
    handed = await acts.drive(incident_id, drive(facilitator="lin"), "ada", None)
    assert (handed.facilitator_was_involved, handed.facilitator_faults) == (False, ()), "a review is no involvement"


# ---------------------------------------------------------------- the closing questions
@pytest.mark.both_engines
async def test_answers_are_counted_without_names(daemon):
    incident_id = await begun(daemon, "lin")
    desk = daemon.core.reviews

    def answer(**values):
        return wire_reviews.AnswerClosing(**({"learned": "yes", "come_again": "yes"} | values))

    first = await desk.acts.answer(incident_id, answer(text="zebra"), "ada")
    assert (first.closing.learned, first.closing.answered, first.closing.mine.text) == ({}, 1, "zebra")
    assert (await desk.workshops.get(incident_id, "lin")).closing == wire_reviews.Closing(answered=1)
    await desk.acts.answer(incident_id, answer(learned="no", text="zebra"), "ada")
    await desk.acts.participate(incident_id, say(present=False), "ada")
    seen = (await desk.acts.answer(incident_id, answer(text="apple"), "lin")).closing
    assert (seen.learned, seen.come_again, seen.texts) == ({"no": 1, "yes": 1}, {"yes": 2}, ("apple", "zebra"))
    assert {(one.actor, len(one.data)) for one in await daemon.events("review.answered")} == {("", 0)}
    with pytest.raises(Refused, match="do not take part"):
        await desk.acts.answer(incident_id, answer(), "sam")
