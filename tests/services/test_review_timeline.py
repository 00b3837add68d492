"""The timeline of a review: the log, customers' messages, and what people add; walked forward only."""

from datetime import timedelta

import pytest

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.plugin.support import Received
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.existing_reviews import existing_review
from incidentd.storage import reviews
from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import reports as wire_reports
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import reviews as wire_reviews

MINUTE = timedelta(minutes=1)


async def lived(daemon):
    """An incident of 60 minutes: detection is said to be at 53 min, an alert fired at 41; silence until the end."""
    daemon.process = default_process()
    incidents, start = daemon.core.incidents, daemon.clock.now()
    made = await incidents.declare(
        wire_incidents.DeclareIncident(title="503", severity=Severity.SEV3, started_at=start), "ada"
    )
    await daemon.advance(41 * MINUTE)
    await daemon.fire("balancer")
    alert = await daemon.alert("balancer")
    await incidents.link_alerts(made.id, [alert.id], "ada")
    await daemon.core.attempts.attempt(made.id, facts.Try(text="rollback"), "ada")
    await daemon.advance(19 * MINUTE)
    late = wire_incidents.AddNote(text="Users saw it", observed_at=start + 2 * MINUTE, kind="observation")
    await daemon.advance(60 * MINUTE)
    await incidents.add_note(made.id, late, "lin")
    for to in ("mitigated", "resolved"):
        body = wire_incidents.ChangeStatus(to=to, evidence="graph", at=start + 60 * MINUTE)
        await incidents.change_status(made.id, body, "ada", None)
    told = wire_life.CorrectTime(what="detected_at", at=start + 53 * MINUTE, why="from the chat")
    await daemon.core.life.correct(made.id, told, "lin", None)
    return made.id, start


def texts(walk):
    return [one.entry.text for one in walk.moments]


async def test_what_does_not_fit_and_what_is_missing_is_named(daemon):
    incident_id, start = await lived(daemon)
    found = await daemon.core.reviews.timelines.timeline(incident_id)
    assert tuple(dict.fromkeys(one.kind for one in found.doubts if one.kind != "gap")) == (
        "contradiction",
        "memory",
        "unknown",
    )
    said = " | ".join(one.text for one in found.doubts)
    assert "Detection is said to be 53 min after the start, but" in said
    assert "fired 41 min after the start" in said
    assert "Nothing is known of 39 min" in said
    assert "Nothing is told of the time before it started" in said
    assert "Written 1 h 58 min after it happened, from memory: Users saw it" in said
    assert "It is not known what came of what was tried: rollback" in said
    assert not any(one.entry.kind == "status" and one.entry.observed_at > start + 60 * MINUTE for one in found.moments)


@pytest.mark.both_engines
async def test_people_add_to_it_from_before_it_began(daemon):
    incident_id, start = await lived(daemon)
    timelines = daemon.core.reviews.timelines
    before = await timelines.add(
        incident_id,
        wire_timeline.WriteEntry(at=start - 60 * 24 * MINUTE, text="The add-on was replaced", evidence="commit 4f1"),
        "lin",
    )
    found = await timelines.timeline(incident_id)
    assert texts(found)[0] == "The add-on was replaced"
    assert not any("before it started" in one.text for one in found.doubts)
    alert = next(one.entry for one in found.moments if one.entry.kind == "alert")
    decided = wire_timeline.WriteEntry(
        seq=alert.seq, kind="decision", text="Roll back?", cues="503 everywhere", goals="traffic", options="wait"
    )
    decision = await timelines.add(incident_id, decided, "ada")
    await timelines.group(incident_id, wire_timeline.GroupEntries(seqs=(alert.seq,), group="first look"), "ada")
    await timelines.group(incident_id, wire_timeline.GroupEntries(seqs=(alert.seq,), group="the alert"), "lin")
    moment = next(one for one in (await timelines.timeline(incident_id)).moments if one.entry.seq == alert.seq)
    assert (moment.group, moment.decision, [one.id for one in moment.notes]) == ("the alert", True, [decision.id])
    edited = await timelines.edit(incident_id, decision.id, wire_timeline.EditEntry(goals="all traffic"), "lin", 1)
    assert (edited.goals, edited.cues, edited.version) == ("all traffic", "503 everywhere", 2)
    with pytest.raises(Conflict, match="changed meanwhile"):
        await timelines.edit(incident_id, decision.id, wire_timeline.EditEntry(goals="x"), "ada", 1)
    await timelines.withdraw(incident_id, before.id, "lin")
    assert texts(await timelines.timeline(incident_id))[0] != "The add-on was replaced"
    with pytest.raises(NotFound, match="nobody added an entry"):
        await timelines.withdraw(incident_id, before.id, "lin")
    events = await daemon.events("review.entry_added", "review.entry_edited", "review.entry_withdrawn")
    assert [one.data.get("text") for one in events][:2] == ["The add-on was replaced", "Roll back?"]
    assert events[2].data["before"]["goals"] == "traffic"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (wire_timeline.WriteEntry(text="x"), "seq"),
        (wire_timeline.WriteEntry(text=" ", seq=1), "text"),
        (wire_timeline.WriteEntry(text="x", seq=99_999), "seq"),
        (wire_timeline.WriteEntry(text="x", kind="source", seq=1), "evidence"),
        (wire_timeline.WriteEntry(text="x", cues="y", seq=1), "kind"),
    ],
)
async def test_what_cannot_be_added_is_named(daemon, wanted, field):
    incident_id, _ = await lived(daemon)
    with pytest.raises(Invalid) as no:
        await daemon.core.reviews.timelines.add(incident_id, wanted, "ada")
    assert no.value.field == field
    future = wire_timeline.WriteEntry(text="x", at=daemon.clock.now() + 60 * MINUTE)
    with pytest.raises(Invalid, match="in the future"):
        await daemon.core.reviews.timelines.add(incident_id, future, "ada")


@pytest.mark.both_engines
async def test_what_is_ahead_is_counted_and_not_told(daemon):
    incident_id, start = await lived(daemon)
    await daemon.advance(60 * MINUTE)  # a SEV3 may be looked at as soon as it has been watched
    reviewing = daemon.core.reviews
    seen = await reviewing.workshops.start(incident_id, wire_reviews.StartReview(), "ada")
    assert (seen.walk.moments, seen.walk.doubts) == ((), ())
    everything = seen.walk.ahead

    def walked(tx):
        row = existing_review(tx.conn, incident_id)
        reviews.change(tx, row, walked_to=start + 41 * MINUTE)

    await daemon.store.write(walked)
    hidden = wire_timeline.WriteEntry(text="Later than the walk", at=start + 55 * MINUTE)
    made = await reviewing.timelines.add(incident_id, hidden, "lin")
    seen = await reviewing.workshops.get(incident_id, "ada")
    assert max(one.entry.observed_at for one in seen.walk.moments) <= start + 41 * MINUTE
    assert len(seen.walk.moments) + seen.walk.ahead == everything + 1
    assert "Later than the walk" not in str(seen)
    (event,) = await daemon.events("review.entry_added")
    assert event.data == {"id": made.id, "kind": "note", "seq": None}


@pytest.mark.both_engines
async def test_messages_of_customers_are_moments(daemon):
    incident_id, _ = await lived(daemon)
    reports = daemon.core.support
    for number, text in enumerate(("It is\x1b[2J down\nfor all", "out of office"), 1):
        message = Received(id=f"m{number}", thread="t1", sender="eve@example.org", text=text, automatic=number == 2)
        await reports.intake.receive("mail", message)
    for to in ("acknowledged", "triaging"):
        await reports.reports.change_state(1, wire_reports.ChangeReport(to=to), "ada", None)
    link = wire_reports.ChangeReport(to="linked", incident_id=incident_id)
    await reports.reports.change_state(1, link, "ada", None)
    found = await daemon.core.reviews.timelines.timeline(incident_id)
    came = [one.entry for one in found.moments if one.entry.kind == "report"]
    assert [(one.text, one.full, one.by) for one in came] == [
        ("R-1 wrote by mail: It is\x1b[2J down for all", "It is\x1b[2J down\nfor all", "")
    ]  # as it came: clients show it through the display sanitiser
