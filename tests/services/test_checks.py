"""Checks of several sources as callers see them, and pauses, which are the daemon's own."""

import asyncio

import pytest

from incidentd.domain.checks import CheckResult, CheckState, CheckStatus
from incidentd.plugin import BadRequest
from incidentd.pluginhost.host import Checked
from incidentd.services.checks import Checks, LentPauses
from incidentd.services.errors import Conflict, Invalid, NotFound


class Host:
    def __init__(self, *checks):
        self.known = list(checks)

    async def checks(self):
        return self.known

    async def forget(self, instance, name):
        if instance == "prober":
            raise BadRequest(f"{name} stands in the configuration", field="check", status=409)
        self.known = [one for one in self.known if (one.source, one.state.name) != (instance, name)]


def checked(source, name, *, root=False, **values):
    state = CheckState(**{"name": name, "kind": "heartbeat", "status": CheckStatus.UP, "expects": "every 1h"} | values)
    return Checked(source=source, type="heartbeat", root=root, state=state)


@pytest.fixture
def checks(daemon, clock):
    host = Host(
        checked(
            "hb",
            "backup",
            root=True,
            alert_key="backup",
            ping_path="/ping/x",
            recent=(CheckResult(at=clock.now(), outcome="success"),),
        ),
        checked("hb2", "relay", ping_path="/ping/y"),
        checked("prober", "backup", kind="http", status=CheckStatus.DOWN),
    )
    return Checks(daemon.store, host, lambda: "https://incidents.example")


@pytest.mark.both_engines
async def test_a_list_may_be_narrowed(checks):
    async def names(kind="", status=""):
        return [f"{one.source}/{one.name}" for one in (await checks.list(kind, status)).checks]

    assert await names() == ["hb/backup", "hb2/relay", "prober/backup"]
    assert await names(kind="http") == ["prober/backup"]
    assert await names(status="up") == ["hb/backup", "hb2/relay"]
    assert await names(status="paused") == []


async def test_a_check_has_a_short_name_where_it_is_the_only_one(checks):
    assert (await checks.get("relay")).source == "hb2"
    assert (await checks.get("hb/backup")).recent[0].outcome == "success"
    with pytest.raises(Invalid) as caught:
        await checks.get("backup")
    assert caught.value.remedy == "write one of hb/backup, prober/backup"
    with pytest.raises(NotFound):
        await checks.get("hb/relay")


async def test_where_pings_go(checks):
    assert (await checks.url("hb/backup")).url == "https://incidents.example/ping/x"
    assert (await checks.url("relay")).url == "https://incidents.example/in/hb2/ping/y"
    with pytest.raises(Invalid, match="takes no pings"):
        await checks.url("prober/backup")


async def test_the_alert_that_fires_is_named(daemon, checks):
    assert (await checks.get("hb/backup")).alert_id is None
    await daemon.fire("backup", source="hb")
    assert (await checks.get("hb/backup")).alert_id == (await daemon.alert("backup", "hb")).id
    await daemon.resolve("backup", source="hb")
    assert (await checks.get("hb/backup")).alert_id is None


async def test_a_pause_is_durable_and_its_events_say_who(daemon, checks, clock):
    paused = await checks.pause("relay", "it moves", "ada")
    assert (paused.status, paused.paused.by, paused.paused.note, paused.since) == (
        "paused",
        "ada",
        "it moves",
        clock.now(),
    )
    assert list(await LentPauses(lambda: daemon.store, "hb2").current()) == ["relay"]
    assert await LentPauses(lambda: daemon.store, "hb").current() == {}
    with pytest.raises(Conflict, match="paused already"):
        await checks.pause("relay", "", "lin")
    assert (await checks.resume("relay", "lin")).status == "up"
    with pytest.raises(Conflict, match="not paused"):
        await checks.resume("relay", "lin")
    events = await daemon.events("check.paused", "check.resumed")
    assert [(one.kind, one.subject, one.actor) for one in events] == [
        ("check.paused", "check:hb2/relay", "ada"),
        ("check.resumed", "check:hb2/relay", "lin"),
    ]


@pytest.mark.both_engines
async def test_of_two_who_pause_at_once_one_is_told(daemon, checks):
    outcomes = await asyncio.gather(
        checks.pause("relay", "", "ada"), checks.pause("relay", "", "lin"), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1
    assert len(await daemon.events("check.paused")) == 1


@pytest.mark.both_engines
async def test_a_deleted_check_is_gone_with_its_pause_and_its_event_says_who(daemon, checks):
    await checks.pause("relay", "it moves", "ada")
    assert (await checks.delete("relay", "lin")).status == "paused"
    with pytest.raises(NotFound):
        await checks.get("relay")
    assert await LentPauses(lambda: daemon.store, "hb2").current() == {}
    assert [(event.subject, event.actor) for event in await daemon.events("check.deleted")] == [
        ("check:hb2/relay", "lin")
    ]


async def test_a_check_of_the_configuration_is_not_deleted(daemon, checks):
    with pytest.raises(Conflict, match="stands in the configuration"):
        await checks.delete("prober/backup", "ada")
    assert await daemon.events("check.deleted") == []
