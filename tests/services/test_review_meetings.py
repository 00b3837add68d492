"""The meeting of a review: proposed by what is known of people, invited to, moved, reminded of and called off."""

from datetime import time, timedelta

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from incidentd.domain.duty_changes import Absence
from incidentd.domain.people import Layer, Rotation, Schedule, Unit
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.storage import duty_changes
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_meeting as wire_meeting

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def incident(daemon):
    """ada led a SEV1 with lin, it is over since Monday noon; ada carries the pager on Tuesdays, sam was not there."""
    daemon.process = replace(default_process(), facilitators=("sam",))
    tuesday = daemon.clock.now().date() + DAY
    rotation = Rotation(people=("ada", "sam"), start=tuesday, handover=time(0), unit=Unit.DAYS)
    first = Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))
    daemon.roster = replace(daemon.roster, schedules={"first": first})
    body = wire_incidents.DeclareIncident(title="Payments fail", severity=Severity.SEV1)
    found = await daemon.core.incidents.declare(body, "ada")
    await daemon.core.incidents.add_note(found.id, wire_incidents.AddNote(text="disk full"), "lin")
    await daemon.advance(3 * HOUR)
    change = wire_incidents.ChangeStatus(to="resolved", evidence="graph")
    return await daemon.core.incidents.change_status(found.id, change, "ada", None)


def schedule(daemon, incident, at, actor="ada", **more):
    body = wire_meeting.ScheduleMeeting(starts_at=at, **more)
    return daemon.core.meetings.schedule(incident.id, body, actor)


def invitations(daemon):
    return [one for _, one in daemon.sender.sent if "Incident Review" in one.title]


async def test_times_are_proposed_inside_the_window_and_say_whom_they_do_not_suit(daemon, incident):
    away = Absence(
        id=0, person="lin", starts_at=incident.resolved_at, ends_at=incident.resolved_at + 3 * DAY, reason="trip",
        by="lin", at=incident.resolved_at,
    )  # fmt: skip
    await daemon.store.write(lambda tx: duty_changes.add(tx, away))
    found = await daemon.core.meetings.propose(incident.id, 60, ())
    assert [one.person for one in found.invited] == ["ada", "lin"]
    assert {one.person: one.part for one in found.invited} == {"ada": "owner", "lin": "took_part"}
    assert all(found.opens_at <= one.starts_at and one.ends_at <= found.due_at for one in found.times)
    friday = ["Fri 09:00", "Fri 11:00", "Fri 13:00"]  # on each other day lin is away, or ada carries the pager
    assert [f"{one.starts_at:%a %H:%M}" for one in found.times] == friday
    assert {one.unsuited for one in found.times} == {()}
    assert found.times[0].why.startswith("in everybody's working hours")
    best = found.facilitators[0]
    assert (best.person, best.listed, best.faults) == ("sam", True, ())


@pytest.mark.both_engines
async def test_people_are_invited_with_an_appointment_moved_reminded_and_told_of_its_end(daemon, incident):
    daemon.sender.clear()
    opens = incident.review_opens_at
    with pytest.raises(Refused, match="people rest first") as early:
        await schedule(daemon, incident, opens - MINUTE)
    assert "open-early" in early.value.remedy
    at = opens + 47 * HOUR  # Thursday
    meeting = await schedule(daemon, incident, at, facilitator="sam", place="room 4")
    assert {one.person: one.part for one in meeting.invited} == {
        "ada": "owner", "lin": "took_part", "sam": "facilitator",
    }  # fmt: skip
    with pytest.raises(Conflict, match="already"):
        await schedule(daemon, incident, at)
    await daemon.settle()
    sent = invitations(daemon)
    assert sorted(one.recipient for one in sent) == ["ada", "lin", "sam"]
    assert "room 4" in sent[0].body
    (event,) = Calendar.from_ical(sent[0].calendar).walk("VEVENT")
    assert (str(event["UID"]), event["SEQUENCE"], event.decoded("DTSTART")) == (meeting.uid, 0, at)
    assert "METHOD:REQUEST" in sent[0].calendar
    said = wire_meeting.AnswerMeeting(answer="no", comment="dentist")
    answered = await daemon.core.meetings.answer(incident.id, said, "lin")
    assert {one.person: one.answer for one in answered.invited}["lin"] == "no"
    with pytest.raises(Invalid, match="not invited"):
        await daemon.core.meetings.answer(incident.id, said, "zoe")
    moved = await daemon.core.meetings.move(
        incident.id, wire_meeting.MoveMeeting(starts_at=at + DAY), "ada", meeting.version
    )
    assert (moved.uid, moved.sequence, moved.ends_at) == (meeting.uid, 1, at + DAY + HOUR)
    assert {one.answer for one in moved.invited} == {""}
    with pytest.raises(Conflict):
        await daemon.core.meetings.move(incident.id, wire_meeting.MoveMeeting(minutes=90), "ada", meeting.version)
    await daemon.core.meetings.answer(incident.id, said, "lin")
    await daemon.settle()
    daemon.sender.clear()
    await daemon.advance(at + DAY - daemon.clock.now() - 30 * MINUTE)
    reminded = [one for one in invitations(daemon) if one.title.startswith("Incident Review of") and not one.calendar]
    assert sorted(one.recipient for one in reminded) == ["ada", "ada", "sam", "sam"]  # a day and an hour before
    daemon.sender.clear()
    off = await daemon.core.meetings.cancel(incident.id, wire_meeting.CancelMeeting(why="ill"), "ada", None)
    assert (off.state, off.sequence) == ("cancelled", 2)
    await daemon.settle()
    assert all("METHOD:CANCEL" in one.calendar for one in invitations(daemon))
    assert "STATUS:CANCELLED" in await daemon.core.meetings.calendar(incident.id)
    texts = [one.text for one in (await daemon.core.incidents.timeline(incident.id)).entries if one.kind == "window"]
    assert [text.split(":")[0] for text in texts[-3:]] == [
        "Incident Review scheduled", "Incident Review moved", "Incident Review cancelled",
    ]  # fmt: skip
    again = await schedule(daemon, incident, at + 4 * DAY)
    assert (again.uid, again.sequence, again.state) == (meeting.uid, 3, "scheduled")


async def test_a_time_with_faults_is_taken_and_they_are_shown(daemon, incident):
    sunday = incident.review_opens_at + 4 * DAY + 12 * HOUR + 30 * MINUTE
    meeting = await schedule(daemon, incident, sunday, facilitator="lin")
    assert meeting.facilitator_faults == ("lin was involved",)
    assert {one.text for one in meeting.unsuited} == {"sleeps at Sun 00:30 in UTC"}
    past = wire_meeting.MoveMeeting(starts_at=incident.resolved_at - MINUTE)
    with pytest.raises(Invalid, match="over"):
        await daemon.core.meetings.move(incident.id, past, "ada", None)


@pytest.mark.both_engines
async def test_it_stands_in_the_feed_of_those_invited(daemon, incident):
    at = incident.review_opens_at + DAY
    await schedule(daemon, incident, at)
    url = (await daemon.core.feeds.url("person", "lin")).url
    document = await daemon.core.feeds.read(url.rpartition("/")[2])
    found = [one for one in Calendar.from_ical(document).walk("VEVENT") if "Incident Review" in str(one["SUMMARY"])]
    assert [one.decoded("DTSTART") for one in found] == [at]


async def test_without_a_window_there_is_nothing_to_meet_for(daemon):
    body = wire_incidents.DeclareIncident(title="Slow", severity=Severity.SEV5)
    found = await daemon.core.incidents.declare(body, "ada")
    with pytest.raises(Invalid, match="no window"):
        await daemon.core.meetings.propose(found.id, 60, ())
    with pytest.raises(Invalid, match="no Incident Review to meet for"):
        await schedule(daemon, found, daemon.clock.now() + DAY)
    with pytest.raises(NotFound, match="no meeting"):
        await daemon.core.meetings.get(found.id)
