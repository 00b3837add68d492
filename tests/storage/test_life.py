"""Corrections by appending, and measures from the log, on both engines."""

from datetime import timedelta

import pytest

from incidentd.domain.people import Roster
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.life import Life
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life


def rules(incident):
    return {one.rule for one in incident.violations}


@pytest.fixture
def life(store, service):
    return Life(store, default_process, Roster, lambda conn, rows: (), service.declare_in)


@pytest.fixture
def correct(life):
    async def do(incident_id, what, at, **values):
        body = wire_life.CorrectTime(what=what, at=at, why="the graph shows it", **values)
        return await life.correct(incident_id, body, "lin", None)

    return do


@pytest.fixture
def status(service):
    async def do(incident_id, to, **values):
        return await service.change_status(incident_id, wire_incidents.ChangeStatus(to=to, **values), "ada", None)

    return do


async def test_a_corrected_time_keeps_what_was_said_first_and_is_judged_again(
    service, life, correct, status, clock, events_of
):
    incident = await service.declare(wire_incidents.DeclareIncident(title="Payments fail"), "ada")
    start = clock.now()
    clock.advance(600)
    await status(incident.id, "mitigated", evidence="graph")
    clock.advance(600)
    await status(incident.id, "resolved", evidence="graph")
    log = await events_of(f"incident:{incident.id}")
    late = await correct(incident.id, "mitigated_at", start + timedelta(minutes=24))
    assert (late.mitigated_at, late.version) == (start + timedelta(minutes=24), 4)
    assert "time-order" in rules(late)  # resolved at 20
    right = await correct(incident.id, "mitigated_at", start + timedelta(minutes=8))
    assert "time-order" not in rules(right)
    entries = (await service.timeline(incident.id)).entries
    (moved,) = [one for one in entries if one.text == "active → mitigated"]
    assert moved.observed_at == start + timedelta(minutes=8)
    assert "its time was corrected" in moved.detail
    assert "by lin: the graph shows it" in moved.detail
    assert [one.kind for one in entries].count("edit") == 2
    assert (await events_of(f"incident:{incident.id}"))[: len(log)] == log  # nothing was rewritten
    assert [one.to_mitigate for one in (await life.measures(incident.id, None)).episodes] == [480]
    clock.advance(60)
    await correct(incident.id, "mitigated_at", start + timedelta(minutes=9))
    assert (await life.measures(incident.id, None)).episodes[0].to_mitigate == 540
    before = await life.measures(incident.id, log[-1].at)  # what was known a minute ago
    assert (before.episodes[0].to_mitigate, before.corrections) == (480, 2)


async def test_a_corrected_resolve_moves_the_review_window_and_its_timers(service, correct, status, clock):
    wanted = wire_incidents.DeclareIncident(title="Payments fail", severity=Severity.SEV1)
    incident = await service.declare(wanted, "ada")
    clock.advance(3600)
    resolved = await status(incident.id, "resolved", evidence="graph")
    moved = await correct(incident.id, "resolved_at", clock.now() - timedelta(minutes=30))
    assert resolved.review_opens_at - moved.review_opens_at == timedelta(minutes=30)
    earlier = await correct(incident.id, "started_at", clock.now() - timedelta(hours=3))
    assert earlier.started_at == clock.now() - timedelta(hours=3)
    assert (await service.get(incident.id)).incident == earlier


async def test_an_entry_is_moved_to_when_it_was_observed(service, correct, clock):
    incident = await service.declare(wire_incidents.DeclareIncident(title="Payments fail"), "ada")
    note = await service.add_note(incident.id, wire_incidents.AddNote(text="errors rise"), "ada")
    await correct(incident.id, "observed_at", clock.now() - timedelta(minutes=5), seq=note.seq)
    entries = (await service.timeline(incident.id)).entries
    assert (entries[0].seq, entries[0].text) == (note.seq, "errors rise")
    assert any("when this was observed: errors rise" in one.text for one in entries)


async def test_what_cannot_be_corrected_is_refused_with_a_remedy(service, life, correct, clock):
    incident = await service.declare(wire_incidents.DeclareIncident(title="Payments fail"), "ada")
    now = clock.now()
    with pytest.raises(Invalid, match="episode 1 was not mitigated") as error:
        await correct(incident.id, "mitigated_at", now)
    assert "--at TIME" in error.value.remedy
    for field, values in {
        "at": {"what": "started_at", "at": now + timedelta(hours=1)},
        "episode": {"what": "started_at", "at": now, "episode": 2},
        "seq": {"what": "observed_at", "at": now, "seq": 99999},
    }.items():
        with pytest.raises(Invalid) as error:
            await correct(incident.id, **values)
        assert error.value.field == field
    with pytest.raises(Invalid, match="already"):
        await correct(incident.id, "started_at", incident.started_at)
    with pytest.raises(NotFound):
        await life.measures(99, None)
    body = wire_life.CorrectTime(what="started_at", at=now - timedelta(hours=1), why="w")
    with pytest.raises(Conflict):
        await life.correct(incident.id, body, "lin", 7)


async def test_measures_are_read_from_alerts_pages_and_roles(service, life, raise_alert, clock):
    alert = await raise_alert("CheckoutErrors")
    clock.advance(120)
    incident = await service.declare(wire_incidents.DeclareIncident(title="Payments fail", alert_ids=(alert,)), "ada")
    clock.advance(60)
    lead = wire_incidents.AssignRole(role="mitigation_lead", person="ada")
    await service.assign_role(incident.id, lead, "ada", None)
    clock.advance(60)
    measures = await life.measures(incident.id, None)
    detail = await service.get(incident.id)
    assert measures.role_gap_minutes == detail.role_gap_minutes
    assert measures.role_gap_minutes["mitigation_lead"] == 1
    assert measures.noticed_by in (f"A-{alert}", "ada")
