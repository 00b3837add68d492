"""One act on many alerts: one transaction, an outcome for each, and what one refuses stops no other."""

from datetime import timedelta

import pytest

from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import incidents as wire_incidents

MINUTE = timedelta(minutes=1)


async def fire_some(daemon, *keys):
    for key in keys:
        await daemon.fire(key)
    await daemon.advance(31)
    return [(await daemon.alert(key)).id for key in keys]


async def act(daemon, what, ids, actor="ada", **more):
    return await daemon.core.bulk.alerts(wire_bulk.BulkAlerts(act=what, alert_ids=tuple(ids), **more), actor)


def outcomes(found):
    return [one.outcome for one in found.items]


async def test_acknowledging_many_stops_every_escalation_and_hand_back_resumes_them(daemon):
    daemon.sender.able["push"] = {"silent"}  # no limit: each message by itself
    ids = await fire_some(daemon, "disk", "cpu", "net")
    found = await act(daemon, "acknowledge", ids, note="all mine")
    assert outcomes(found) == ["done"] * 3
    assert {page.state for page in found.pages} == {"acknowledged"}
    assert {alert.page_state for alert in found.alerts} == {"acknowledged"}
    assert outcomes(await act(daemon, "acknowledge", ids)) == ["already"] * 3
    found = await act(daemon, "hand_back", ids)
    assert outcomes(found) == ["done"] * 3
    assert {page.state for page in found.pages} == {"open"}
    await daemon.advance(6 * MINUTE)
    assert daemon.sender.told().count(("lin", "push")) == 3


async def test_many_are_acknowledged_for_a_while_and_then_escalate_on(daemon):
    ids = await fire_some(daemon, "disk", "cpu")
    found = await act(daemon, "acknowledge", ids, until=daemon.clock.now() + 30 * MINUTE)
    assert outcomes(found) == ["done"] * 2
    assert {page.acknowledged_until for page in found.pages} == {daemon.clock.now() + 30 * MINUTE}
    assert outcomes(await act(daemon, "acknowledge", ids, until=daemon.clock.now() + 30 * MINUTE)) == ["already"] * 2
    changed = await act(daemon, "acknowledge", ids[:1], until=daemon.clock.now() + 90 * MINUTE)
    assert outcomes(changed) == ["done"]
    await daemon.advance(31 * MINUTE)
    assert sorted(page.state for page in await daemon.pages()) == ["acknowledged", "open"]


@pytest.mark.parametrize(
    ("what", "minutes", "says"),
    [("acknowledge", -1, "ends in the future"), ("acknowledge", 31 * 1440, "within 30 days"), ("resolve", 5, "no end")],
)
async def test_an_end_that_cannot_be_is_refused_and_nothing_is_done(daemon, what, minutes, says):
    ids = await fire_some(daemon, "disk")
    with pytest.raises(Invalid, match=says) as refused:
        await act(daemon, what, ids, until=daemon.clock.now() + minutes * MINUTE)
    assert refused.value.field == "until"
    assert [page.state for page in await daemon.pages()] == ["open"]


async def test_what_somebody_else_has_is_refused_alone(daemon):
    ids = await fire_some(daemon, "disk", "cpu")
    await daemon.core.pages.acknowledge((await daemon.pages())[0].id, "lin")
    found = await act(daemon, "acknowledge", [*ids, 999])
    assert outcomes(found) == ["refused", "done", "refused"]
    assert found.items[0].detail == "lin acknowledged P-1 first"
    assert found.items[2].detail == "there is no alert A-999"


async def test_an_alert_that_paged_nobody_is_refused(daemon):
    daemon.route(page=False)
    ids = await fire_some(daemon, "disk")
    found = await act(daemon, "acknowledge", ids)
    assert [(one.outcome, one.detail) for one in found.items] == [("refused", "no page about it is open")]


async def test_alerts_of_one_group_share_one_page(daemon):
    daemon.route(group_by=("service",))
    ids = await fire_some(daemon, "disk", "cpu")
    found = await act(daemon, "acknowledge", ids)
    assert outcomes(found) == ["done", "done"]
    assert len(found.pages) == 1
    assert len(await daemon.events("page.acknowledged")) == 1


async def test_linking_and_unlinking_is_one_entry_of_the_timeline(daemon):
    ids = await fire_some(daemon, "disk", "cpu", "net")
    incident = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="Down", alert_ids=(ids[0],)), "ada"
    )
    found = await act(daemon, "link", ids, incident_id=incident.id)
    assert outcomes(found) == ["already", "done", "done"]
    assert found.incident.alert_ids == tuple(ids)
    found = await act(daemon, "unlink", ids[1:], incident_id=incident.id)
    assert found.incident.alert_ids == (ids[0],)
    assert outcomes(await act(daemon, "unlink", ids[1:], incident_id=incident.id)) == ["already", "already"]
    told = [
        event.data["alert_ids"] for event in await daemon.events("incident.alert_unlinked") if "alert_ids" in event.data
    ]
    assert told == [ids[1:]]
    assert "ada took it off INC-1" in [step.text for step in (await daemon.trace("net")).steps]


async def test_resolving_ends_what_fires_and_the_rest_was_over(daemon):
    ids = await fire_some(daemon, "disk", "cpu")
    await daemon.resolve()
    await daemon.settle()
    assert outcomes(await act(daemon, "resolve", ids)) == ["already", "done"]
    await daemon.settle()
    assert (await daemon.alert("cpu")).status == "resolved"
    assert {page.state for page in await daemon.pages()} == {"resolved"}


async def test_the_incident_belongs_to_linking_only(daemon):
    ids = await fire_some(daemon, "disk")
    for what, more in (("link", {}), ("acknowledge", {"incident_id": 1})):
        with pytest.raises(Invalid) as refused:
            await act(daemon, what, ids, **more)
        assert refused.value.field == "incident_id"
    with pytest.raises(NotFound):
        await act(daemon, "link", ids, incident_id=7)
    assert await daemon.events("incident.alert_linked") == []


async def test_two_hundred_are_one_transaction(daemon):
    keys = [f"a{number}" for number in range(200)]
    daemon.route(group_by=("service",))
    ids = await fire_some(daemon, *keys)
    incident = await daemon.core.incidents.declare(wire_incidents.DeclareIncident(title="Down"), "ada")
    before = len(await daemon.events())
    assert outcomes(await act(daemon, "link", ids, incident_id=incident.id)) == ["done"] * 200
    assert len(await daemon.events()) == before + 201
