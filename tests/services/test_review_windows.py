"""The review window from what really happened: pages that arrived, what people did, and facts that come in late."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.own_notes import own_notes
from incidentd.wire import RaisePage
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import review_window as wire_review

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def practice(daemon):
    """The built-in practice; lin lives in Tokyo, where it is 18:00 now."""
    daemon.process = default_process()
    people = dict(daemon.roster.people)
    people["lin"] = replace(people["lin"], zone="Asia/Tokyo")
    daemon.roster = replace(daemon.roster, people=people)
    return daemon


async def declare(daemon, **values):
    body = wire_incidents.DeclareIncident(**{"title": "Payments fail", "severity": Severity.SEV1} | values)
    return await daemon.core.incidents.declare(body, "ada")


async def to(daemon, incident, status, actor="ada", **values):
    body = wire_incidents.ChangeStatus(to=status, evidence="graph", **values)
    return await daemon.core.incidents.change_status(incident.id, body, actor, None)


async def window_of(daemon, incident):
    return await daemon.core.review_windows.get(incident.id)


async def test_a_page_that_reached_somebody_at_night_moves_the_floor_and_says_why(practice):
    incident = await declare(practice)
    await practice.advance(8 * HOUR)  # 02:00 in Tokyo
    await practice.core.pages.raise_page(RaisePage(title="help", person="lin", incident_id=incident.id), "ada")
    await practice.settle()
    before = await window_of(practice, incident)
    assert (before.opens_at, before.standing) == (None, "")
    assert [one.text for one in before.nights] == ["lin was paged at 02:00 their time"]
    resolved = await to(practice, incident, "resolved")
    found = await window_of(practice, incident)
    assert found.opens_at == resolved.resolved_at + 48 * HOUR == resolved.review_opens_at
    assert (found.standing, found.nights) == ("waiting", before.nights)
    told = [one for one in (await practice.core.incidents.timeline(incident.id)).entries if one.kind == "window"]
    assert [one.detail for one in told] == ["+1 night: lin was paged at 02:00 their time"]
    await practice.advance(47 * HOUR)
    assert (await window_of(practice, incident)).status == "cooling"
    await practice.advance(2 * HOUR)
    assert (await window_of(practice, incident)).standing == "open"


async def test_what_comes_to_light_late_moves_it_while_it_cools(practice):
    incident = await declare(practice)
    await practice.advance(HOUR)
    await practice.core.incidents.add_note(incident.id, wire_incidents.AddNote(text="disk full"), "lin")
    await practice.advance(9 * HOUR)  # 04:00 in Tokyo
    resolved = await to(practice, incident, "resolved")
    assert (await window_of(practice, incident)).nights == ()
    await practice.advance(3 * HOUR)
    note = next(one for one in await practice.events("incident.note"))
    body = wire_life.CorrectTime(what="observed_at", at=note.at + 7 * HOUR, why="by the log", seq=note.seq)
    moved = await practice.core.life.correct(incident.id, body, "ada", None)
    assert moved.review_opens_at == resolved.review_opens_at + DAY
    found = await window_of(practice, incident)
    assert [one.text for one in found.nights] == ["lin wrote in the timeline at 02:00 their time"]
    back = await practice.core.life.correct(incident.id, replace(body, at=note.at), "ada", None)
    assert back.review_opens_at == resolved.review_opens_at
    assert len(await practice.events("incident.review_window")) == 3


async def test_what_may_be_held_is_not_taken_away_for_a_night_that_comes_to_light_then(practice):
    incident = await declare(practice, severity=Severity.SEV3)
    await practice.advance(HOUR)
    await to(practice, incident, "resolved")
    await practice.advance(20 * MINUTE)
    opened = await window_of(practice, incident)
    assert opened.status == "review_ready"
    seen_at = incident.started_at - 2 * HOUR
    body = wire_life.CorrectTime(what="started_at", at=seen_at - HOUR, why="by the log")
    await practice.core.life.correct(incident.id, body, "ada", None)
    note = wire_incidents.AddNote(text="disk full", observed_at=seen_at - 40 * MINUTE)  # before seven in UTC
    await practice.core.incidents.add_note(incident.id, note, "sam")
    assert (await window_of(practice, incident)).opens_at == opened.opens_at
    role = wire_incidents.AssignRole(role="facilitator", person="sam")
    await practice.core.incidents.assign_role(incident.id, role, "ada", None)
    assert (await window_of(practice, incident)).facilitator_faults == ("sam was involved",)


async def test_each_episode_has_its_own_nights_and_a_severity_may_need_none(practice):
    incident = await declare(practice)
    await practice.advance(8 * HOUR)
    await practice.core.incidents.add_note(incident.id, wire_incidents.AddNote(text="disk full"), "lin")
    await to(practice, incident, "resolved")
    await practice.advance(HOUR)
    assert (await to(practice, incident, "active", reason="back")).review_opens_at is None
    await practice.advance(10 * HOUR)  # in the morning there
    again = await to(practice, incident, "resolved", actor="lin")
    assert again.review_opens_at == again.resolved_at + DAY
    low = wire_incidents.SetSeverity(severity=Severity.SEV5, reason="cosmetic")
    lowered = await practice.core.incidents.set_severity(incident.id, low, "ada", None)
    assert (lowered.review_opens_at, lowered.review_due_at) == (None, None)
    assert (await window_of(practice, incident)).business_days is None
    entries = (await practice.core.incidents.timeline(incident.id)).entries
    assert entries[-1].text == "No Incident Review is owed"


# ------------------------------------------------------------------ opening early
async def cooling(daemon):
    """An incident that kept lin up at two in the morning, half an hour after its resolve."""
    incident = await declare(daemon)
    await daemon.advance(8 * HOUR)
    await daemon.core.incidents.add_note(incident.id, wire_incidents.AddNote(text="disk full"), "lin")
    await to(daemon, incident, "resolved")
    await daemon.advance(30 * MINUTE)
    return incident


def answer(daemon, incident, actor, word, why=""):
    body = wire_review.AnswerOpening(answer=word, why=why)
    return daemon.core.review_windows.answer(incident.id, body, actor)


def ask(daemon, incident, actor, reason="the vendor leaves tomorrow"):
    return daemon.core.review_windows.ask(incident.id, wire_review.AskOpening(reason=reason), actor)


async def test_a_second_person_opens_it_early_and_that_stays_seen(practice):
    incident = await cooling(practice)
    asked = await ask(practice, incident, "ada")
    assert (asked.standing, asked.openings[-1].state) == ("waiting", "asked")
    with pytest.raises(Conflict, match="ada asks for that already"):
        await ask(practice, incident, "sam")
    with pytest.raises(Refused, match="second person"):
        await answer(practice, incident, "ada", "granted")
    with pytest.raises(Refused, match="only ada"):
        await answer(practice, incident, "sam", "withdrawn")
    assert (await window_of(practice, incident)).openings[-1].state == "asked"
    before = await window_of(practice, incident)
    found = await answer(practice, incident, "sam", "granted", why="it is short")
    assert (found.status, found.standing, found.opens_at) == ("review_ready", "open", practice.clock.now())
    assert found.due_at == before.due_at
    assert found.openings[-1].text == "opened 48 h early by sam, asked by ada: the vendor leaves tomorrow"
    (warning,) = found.not_rested
    assert warning == "lin wrote in the timeline at 02:00 their time, and has had no whole night since"
    entries = (await practice.core.incidents.timeline(incident.id)).entries
    told = next(one for one in entries if "opened 48 h early" in one.text)
    assert told.by == "sam"
    assert "it is short" in told.detail
    assert "no whole night" in told.detail
    note = wire_incidents.AddNote(text="seen later", observed_at=incident.started_at + MINUTE)
    await practice.core.incidents.add_note(incident.id, note, "lin")  # the window is reckoned again, and stays open
    assert (await window_of(practice, incident)).opens_at == found.opens_at
    with pytest.raises(Invalid, match="nobody asks"):
        await answer(practice, incident, "sam", "granted")


@pytest.mark.both_engines
async def test_declined_and_withdrawn_leave_the_floor_and_may_be_asked_again(practice):
    incident = await cooling(practice)
    floor = (await window_of(practice, incident)).opens_at
    await ask(practice, incident, "ada")
    found = await answer(practice, incident, "sam", "declined", why="lin sleeps")
    assert (found.opens_at, found.standing) == (floor, "waiting")
    assert found.openings[-1].text.endswith("(declined by sam: lin sleeps)")
    await ask(practice, incident, "sam")
    await answer(practice, incident, "sam", "withdrawn")
    await practice.advance(49 * HOUR)
    with pytest.raises(Invalid, match="may be held already"):
        await ask(practice, incident, "ada")


# ------------------------------------------------------------------ who is told
@pytest.mark.both_engines
async def test_its_owner_is_told_when_it_opens_is_due_and_late_and_nobody_else(practice):
    incident = await declare(practice)
    role = wire_incidents.AssignRole(role="review_owner", person="sam")
    await practice.core.incidents.assign_role(incident.id, role, "ada", None)
    await to(practice, incident, "resolved")
    practice.sender.clear()
    await practice.advance(25 * HOUR)
    listed = practice.core.incidents.list
    assert [one.review_standing for one in (await listed("open", "", 9, "", "due")).incidents] == ["open"]
    await practice.advance(6 * DAY)
    assert [one.review_standing for one in (await listed("open", "", 9, "", "late")).incidents] == ["late"]
    assert "reviews-late" in await practice.alarm_codes()
    assert (await listed("open", "", 9, "", "soon")).total == 0
    await practice.advance(7 * DAY)
    told = [one for _, one in practice.sender.sent if "Incident Review" in one.title]
    assert {one.recipient for one in told} == {"sam"}
    assert [title.partition("Incident Review ")[2].partition(" Mon")[0] for title in (one.title for one in told)] == [
        "may be held now, until", "is due soon: until", "is late: it was due by", "is late: it was due by",
    ]  # fmt: skip
    await to(practice, incident, "in_review", actor="sam")
    practice.sender.clear()
    await practice.advance(20 * DAY)
    assert [one for _, one in practice.sender.sent if "Incident Review" in one.title] == []
    assert (await listed("open", "", 9, "", "due")).total == 0


# ------------------------------------------------------------------ private notes
@pytest.mark.both_engines
async def test_notes_are_their_authors_alone_and_leave_no_trace(practice):
    incident = await declare(practice)
    notes = practice.core.own_notes
    before = len(await practice.events())
    saved = await notes.put(incident.id, wire_review.SaveNotes(text="I had not slept"), "ada", 0)
    assert saved.version == 1
    with pytest.raises(Conflict) as stale:
        await notes.put(incident.id, wire_review.SaveNotes(text="other"), "ada", 0)
    assert stale.value.current.text == "I had not slept"
    await notes.put(incident.id, wire_review.SaveNotes(text="I had not slept well"), "ada", 1)
    assert (await notes.get(incident.id, "lin")).text == ""
    assert len(await practice.events()) == before
    exported = await practice.core.life.export(incident.id, "ada")
    assert "slept" not in repr(exported)
    assert await practice.store.read(lambda conn: own_notes(conn, incident.id, "ada")) == "I had not slept well"
    await notes.put(incident.id, wire_review.SaveNotes(text=""), "ada", 2)
    assert (await notes.get(incident.id, "ada")).version == 0
    with pytest.raises(NotFound):
        await notes.get(99, "ada")
