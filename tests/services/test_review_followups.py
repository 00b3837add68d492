"""Did it change how people work? Asked once after 30 and once after 90 days, answered for oneself, shown in numbers."""

from datetime import timedelta

import pytest

from incidentd.services.errors import Invalid
from incidentd.services.review_followups import arm_followups
from incidentd.storage import event_log, reviews
from incidentd.wire import followups as wire_followups
from incidentd.wire import library_import as wire_import

DAY = timedelta(days=1)
FILE = "---\ntitle: It was slow\ndate: 2024-03-01\nseverity: SEV3\n---\n"


def stored(tx, incident_id):
    review = reviews.get(tx.conn, incident_id)
    assert review is not None
    return review


async def published(daemon, *people):
    """A review that ends now, with those who took part."""
    made = await daemon.core.reviews.library.imports.take(wire_import.ImportReview(name="r/a.md", text=FILE), "ada")

    def publish(tx):
        for person in people:
            reviews.join(tx, made.incident_id, person)
        review = reviews.change(tx, stored(tx, made.incident_id), published_at=tx.now, imported_from="")
        arm_followups(tx, review)
        arm_followups(tx, review)

    await daemon.store.write(publish)
    return made.incident_id


async def test_who_took_part_is_asked_once_after_30_and_90_days(daemon):
    incident_id = await published(daemon, "ada", "lin", "gone")
    asked = daemon.core.reviews.library.followups
    before = await asked.get(incident_id, "ada")
    assert [one.due_at - daemon.clock.now() for one in before.rounds] == [30 * DAY, 90 * DAY]
    await daemon.advance(31 * DAY)
    notes = [note for _, note in daemon.sender.sent if note.kind == "update"]
    assert sorted(note.recipient for note in notes) == ["ada", "lin"]
    assert notes[0].title == f"Did something from the Incident Review of INC-{incident_id} change how you work?"
    assert f'incidentctl learn answer INC-{incident_id} --days 30 partly "..."' in notes[0].body
    await daemon.advance(120 * DAY)
    assert len([note for _, note in daemon.sender.sent if note.kind == "update"]) == 4

    def arm(tx):
        arm_followups(tx, stored(tx, incident_id))

    await daemon.store.write(arm)
    await daemon.advance(120 * DAY)
    assert len([note for _, note in daemon.sender.sent if note.kind == "update"]) == 4


@pytest.mark.both_engines
async def test_an_answer_is_ones_own_may_be_changed_and_is_shown_in_numbers_only(daemon):
    incident_id = await published(daemon, "ada", "lin")
    calls = daemon.core.reviews.library.followups
    partly = wire_followups.AnswerFollowup(days=30, changed="partly", text=" I look at the queue first ")
    with pytest.raises(Invalid, match="you were not asked"):
        await calls.answer(incident_id, partly, "ada")
    await daemon.advance(31 * DAY)
    await calls.answer(incident_id, wire_followups.AnswerFollowup(days=30, changed="no"), "ada")
    await calls.answer(incident_id, partly, "ada")
    first, second = (await calls.get(incident_id, "lin")).rounds
    assert (first.asked, first.answered, first.counts) == (2, 1, {"yes": 0, "partly": 1, "no": 0})
    assert first.texts == ("I look at the queue first",)
    assert (first.mine.changed, second.mine) == ("", None)
    assert (await calls.get(incident_id, "ada")).rounds[0].mine.changed == "partly"
    events = await daemon.store.read(lambda conn: event_log.of_subjects(conn, [f"incident:{incident_id}"]))
    answered = [one for one in events if one.kind == "review.followup_answered"]
    assert [(one.actor, one.data) for one in answered] == [("", {"days": 30})] * 2
    with pytest.raises(Invalid, match="you were not asked"):
        await calls.answer(incident_id, partly, "sam")
