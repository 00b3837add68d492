"""Alerts of a service wait while what it depends on is broken: on both engines, with the clock moved."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.people import Service
from incidentd.domain.routing import Route

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(daemon):
    """checkout depends on payments, payments on db."""
    services = {
        "checkout": Service(name="checkout", depends_on=("payments",)),
        "payments": Service(name="payments", depends_on=("db",)),
        "db": Service(name="db"),
    }
    daemon.roster = msgspec.structs.replace(daemon.roster, services=services)
    daemon.sender.able["push"] = {"silent"}  # no limit: each message by itself
    return daemon


async def fire(daemon, service, severity="critical", **values):
    await daemon.fire(service, labels={"alertname": service, "service": service, "severity": severity}, **values)


def named(daemon):
    return [name for name in ("checkout", "payments", "db") if any(name in m.title for _, m in daemon.sender.sent)]


async def test_an_alert_below_waits_and_its_view_and_trace_say_why(shop):
    await fire(shop, "db")
    await fire(shop, "checkout", "warning")
    await shop.advance(5 * MINUTE)
    assert named(shop) == ["db"]
    (reason,) = (await shop.alert("checkout")).hidden_by
    assert (reason.kind, reason.subject, reason.name) == ("dependency", "alert:1", "A-1")
    assert reason.until == (await shop.alert_row("checkout")).changes[-1] + 10 * MINUTE
    assert reason.text.startswith(
        "held because checkout depends on payments depends on db, where A-1 db fires "
        '(rule severity="critical"); told at 2026-'
    )
    assert (await shop.verdict("checkout")) == f"Nobody was paged: {reason.text}."
    assert (await shop.alert("db")).hidden_by == ()
    (shown,) = [one for one in await shop.core.reader.alerts() if one.labels["alertname"] == "checkout"]
    assert shown.inhibited_by == (1,)


async def test_after_the_limit_it_is_told_whatever_still_fires_above(shop):
    await fire(shop, "db")
    await fire(shop, "checkout")
    await shop.advance(10 * MINUTE - timedelta(seconds=1))
    assert named(shop) == ["db"]
    await shop.advance(31)
    assert named(shop) == ["checkout", "db"]
    assert [one.kind for one in await shop.events("alert.held", "alert.released")] == ["alert.held", "alert.released"]
    await shop.advance(timedelta(hours=3))
    assert len(await shop.events("alert.held")) == 1


async def test_when_the_upstream_ends_what_still_fires_is_told(shop):
    await fire(shop, "payments")
    await fire(shop, "checkout")
    await shop.advance(2 * MINUTE)
    await shop.resolve("payments")
    await shop.advance(30)
    assert named(shop) == ["checkout", "payments"]


@pytest.mark.both_engines
async def test_only_page_worthy_alerts_hold_others(shop):
    await fire(shop, "db", "warning")
    await fire(shop, "checkout")
    await shop.advance(MINUTE)
    assert "checkout" in named(shop)


async def test_an_alert_whose_route_pages_nobody_holds_nothing(shop):
    quiet = Route(id="root/0", matchers=shop.process.dependencies.source, page=False)
    shop.route(routes=(msgspec.structs.replace(quiet, page=False),))
    await fire(shop, "db")
    await fire(shop, "checkout", "warning")
    await shop.advance(MINUTE)
    assert named(shop) == ["checkout"]


async def test_what_is_stored_but_not_routed_holds_after_a_restart(shop):
    await fire(shop, "checkout")
    await shop.settle()
    shop.clock.advance(MINUTE)  # the process is down while the flush comes due
    await fire(shop, "db")
    await shop.restart()
    await shop.fire_timers()  # the flush runs before anything is routed
    assert await shop.pages() == ()
    assert [one.kind for one in (await shop.alert("checkout")).hidden_by] == ["dependency"]
    await shop.advance(10 * MINUTE)
    assert "checkout" in named(shop)


async def test_an_alert_that_flaps_is_not_held(shop):
    await fire(shop, "db")
    for _ in range(4):
        await fire(shop, "checkout")
        await shop.advance(10)
        await shop.resolve("checkout")
        await shop.advance(10)
    await fire(shop, "checkout")
    await shop.advance(MINUTE)
    assert (await shop.alert("checkout")).flapping
    assert "checkout" in named(shop)


async def test_a_reload_that_takes_the_dependency_away_counts(shop):
    await fire(shop, "db")
    await fire(shop, "checkout")
    await shop.advance(MINUTE)
    shop.roster = msgspec.structs.replace(shop.roster, services={})
    await shop.advance(6 * MINUTE)
    assert "checkout" in named(shop)
