"""Incidents that are split, merged, merged back, and that resemble each other; both engines."""

import pytest

from incidentd.domain.people import Roster
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.life import Life
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life


@pytest.fixture
def life(store, service):
    return Life(store, default_process, Roster, lambda conn, rows: (), service.declare_in)


@pytest.fixture
def declare(service):
    async def do(title, *alert_ids):
        return await service.declare(wire_incidents.DeclareIncident(title=title, alert_ids=alert_ids), "ada")

    return do


@pytest.fixture
def status(service):
    async def do(incident_id, to, **values):
        return await service.change_status(incident_id, wire_incidents.ChangeStatus(to=to, **values), "ada", None)

    return do


@pytest.fixture
def related(service):
    async def do(incident_id):
        return [(one.kind, one.incident_id) for one in (await service.get(incident_id)).related]

    return do


async def texts(service, incident_id):
    return [one.text for one in (await service.timeline(incident_id)).entries]


async def test_a_part_becomes_an_incident_of_its_own_and_comes_back_by_a_merge(
    service, life, declare, status, related, raise_alert
):
    first, second = await raise_alert("CheckoutErrors"), await raise_alert("DiskFull")
    old = await declare("Payments fail", first, second)
    note = await service.add_note(old.id, wire_incidents.AddNote(text="the disk of db3 is full"), "lin")
    wanted = wire_life.SplitIncident(title="Disk full", alert_ids=(second,), entries=(note.seq,), reason="another host")
    new = await life.split(old.id, wanted, "ada")
    assert (new.title, new.alert_ids, new.severity, new.status) == ("Disk full", (second,), old.severity, "active")
    assert (await service.get(old.id)).incident.alert_ids == (first,)
    assert (await related(old.id), await related(new.id)) == ([("split_into", new.id)], [("split_from", old.id)])
    entries = (await service.timeline(new.id)).entries
    (copy,) = [one for one in entries if one.text == "the disk of db3 is full"]
    assert (copy.observed_at, copy.detail) == (note.observed_at, f"written by lin in INC-{old.id}")
    assert "the disk of db3 is full" in await texts(service, old.id)  # it stays where it was written
    back = await status(new.id, "merged", merged_into=old.id)
    assert back.merged_into == old.id
    assert (await service.get(old.id)).incident.alert_ids == (first, second)
    assert ("merged", new.id) in await related(old.id)
    told = await texts(service, old.id)
    assert [one for one in told if "disk of db3" in one] == ["the disk of db3 is full"]  # its copy has come back, too
    assert any(one.startswith("Split: DiskFull, a copy of 1 entry went to") for one in told)


async def test_what_was_written_in_a_merged_incident_is_seen_from_where_it_went(service, declare, status):
    target, middle, source = [await declare(title) for title in ("Payments fail", "Checkout slow", "Cart errors")]
    await service.add_note(source.id, wire_incidents.AddNote(text="errors since nine"), "lin")
    await status(source.id, "merged", merged_into=middle.id)
    assert f"INC-{source.id}: errors since nine" in await texts(service, middle.id)
    await status(middle.id, "merged", merged_into=target.id)
    assert f"INC-{source.id}: errors since nine" in await texts(service, target.id)
    await status(middle.id, "active")  # the merge is undone
    assert f"INC-{source.id}: errors since nine" not in await texts(service, target.id)
    assert f"INC-{source.id}: errors since nine" in await texts(service, middle.id)


async def test_an_undone_merge_gives_back_only_what_came(service, declare, status, raise_alert, events_of):
    mine, shared, other = [await raise_alert(name) for name in ("A", "B", "C")]
    target, source = await declare("Payments fail", mine, shared), await declare("Checkout slow", shared, other)
    await status(source.id, "merged", merged_into=target.id)
    assert (await service.get(target.id)).incident.alert_ids == (mine, shared, other)
    await status(source.id, "active")
    assert (await service.get(target.id)).incident.alert_ids == (mine, shared)
    assert (await service.get(source.id)).incident.alert_ids == (shared, other)
    came, went = await events_of(f"incident:{target.id}", "incident.absorbed", "incident.released")
    assert came.data["alert_ids"] == went.data["alert_ids"] == [other]


async def test_incidents_resemble_each_other_with_a_reason_until_that_is_taken_back(service, life, declare, related):
    old, new = await declare("Payments fail"), await declare("Payments fail again")
    await life.resemble(new.id, wire_life.Resembles(incident_id=old.id, why="the same error after a deploy"), "lin")
    (one,) = (await service.get(old.id)).related
    assert (one.kind, one.incident_id, one.why, one.by) == (
        "resembles", new.id, "the same error after a deploy", "lin",
    )  # fmt: skip
    assert await related(new.id) == [("resembles", old.id)]
    assert f"Resembles INC-{old.id}: Payments fail" in await texts(service, new.id)
    await life.resemble_no_more(old.id, new.id, "lin")
    assert (await related(old.id), await related(new.id)) == ([], [])
    with pytest.raises(NotFound):
        await life.resemble_no_more(old.id, new.id, "lin")


async def test_an_alert_of_a_closed_incident_offers_that_the_new_one_resembles_it(
    service, life, declare, status, raise_alert, clock
):
    alert = await raise_alert("DiskFull")
    old = await service.declare(
        wire_incidents.DeclareIncident(title="Disk full", severity=Severity.SEV5, alert_ids=(alert,)), "ada"
    )
    await status(old.id, "resolved", evidence="graph")
    clock.advance(60)
    new = await declare("Disk full again", alert)
    assert (await service.get(new.id)).related == ()  # the old one would be reopened
    await status(old.id, "closed", reason="too small")
    (offered,) = (await service.get(new.id)).related
    assert (offered.kind, offered.incident_id, offered.why) == ("recurrence", old.id, f"A-{alert} was part of it")
    assert (await service.get(old.id)).related == ()
    await life.resemble(new.id, wire_life.Resembles(incident_id=old.id, why="the same disk"), "ada")
    (said,) = (await service.get(new.id)).related
    assert said.kind == "resembles"


async def test_what_cannot_be_split_or_linked_is_refused(life, declare, status, raise_alert):
    alert = await raise_alert("DiskFull")
    incident, other = await declare("Payments fail"), await declare("Other", alert)
    for field, wanted in {
        "alert_ids": wire_life.SplitIncident(title="x", alert_ids=(alert,)),
        "report_ids": wire_life.SplitIncident(title="x", report_ids=(7,)),
        "entries": wire_life.SplitIncident(title="x", entries=(1,)),
    }.items():
        with pytest.raises(Invalid) as error:
            await life.split(incident.id, wanted, "ada")
        assert error.value.field == field
    with pytest.raises(Invalid, match="nothing is to go"):
        await life.split(incident.id, wire_life.SplitIncident(title="x"), "ada")
    for number in (incident.id, 99):
        with pytest.raises(Invalid):
            await life.resemble(incident.id, wire_life.Resembles(incident_id=number, why="w"), "ada")
    await status(other.id, "merged", merged_into=incident.id)
    with pytest.raises(Invalid, match=f"is merged into INC-{incident.id}"):
        await life.split(other.id, wire_life.SplitIncident(title="x", alert_ids=(alert,)), "ada")
