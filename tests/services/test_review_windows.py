"""The review window from what really happened: pages that arrived, what people did, and facts that come in late."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.wire import RaisePage
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


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
