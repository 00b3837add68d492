"""Maintenance windows, on both engines, with the clock moved from one due act to the next."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.people import Service, Team
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import quieting as wire_quieting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(daemon):
    """Team web (lin, sam) owns the shop; ada is paged for it."""
    services = {"shop": Service(name="shop", team="web"), "web": Service(name="web")}
    teams = {"web": Team(name="web", members=("lin", "sam"))}
    daemon.roster = msgspec.structs.replace(daemon.roster, services=services, teams=teams)
    return daemon


async def plan(daemon, *services, lasts=HOUR, starts_in=None, actor="lin", **more):
    begin = None if starts_in is None else daemon.clock.now() + starts_in
    body = wire_quieting.PlanMaintenance(
        plan=wire_quieting.MaintenancePlan(services=services or ("shop",), text="new database", **more),
        starts_at=begin,
        ends_at=(begin or daemon.clock.now()) + lasts,
    )
    return await daemon.core.maintenance.plan(body, actor)


def notes(daemon, handle="lin"):
    return [one.title for _, one in daemon.sender.sent if one.kind == "update" and one.recipient == handle]


async def test_alerts_are_recorded_and_page_nobody_and_what_still_fires_is_told_at_once(shop):
    window = await plan(shop)
    assert (window.name, window.status) == ("M-1", "active")
    await shop.advance(5 * MINUTE)
    await shop.fire()
    await shop.advance(50 * MINUTE)
    assert shop.sender.told() == []
    (reason,) = (await shop.alert()).hidden_by
    assert (reason.kind, reason.subject, reason.until) == ("maintenance", "maintenance:1", window.ends_at)
    assert (await shop.verdict()).startswith(
        "Nobody was paged: in maintenance of shop: M-1 (new database, by lin until "
    )
    await shop.advance(5 * MINUTE)
    assert shop.sender.told() == [("ada", "push")]
    kinds = [one.kind for one in await shop.events("alert.in_maintenance", "alert.out_of_maintenance")]
    assert kinds == ["alert.in_maintenance", "alert.out_of_maintenance"]


async def test_owners_and_those_on_call_hear_of_it_in_time_and_once(shop):
    await plan(shop, starts_in=48 * HOUR, lasts=2 * HOUR)
    await shop.advance(24 * HOUR - MINUTE)
    assert shop.sender.sent == []
    await shop.advance(30 * HOUR)
    for handle in ("lin", "sam", "ada"):
        titles = [title.removeprefix("Maintenance M-1 of shop ") for title in notes(shop, handle)]
        assert titles == [
            "starts at 2026-03-04 09:00 UTC", "starts at 2026-03-04 09:00 UTC", "has started", "is over"
        ], handle  # fmt: skip
    kinds = [one.kind for one in await shop.events() if one.kind.startswith("maintenance.")]
    assert kinds == ["maintenance.planned", "maintenance.announced", "maintenance.announced", "maintenance.started",
                     "maintenance.ended"]  # fmt: skip
    assert all(one.urgency == "low" for _, one in shop.sender.sent)


async def test_overrun_is_said_before_and_at_the_end_and_offers_more_time(shop):
    await plan(shop)
    await shop.fire()
    await shop.advance(45 * MINUTE)
    soon = [one for _, one in shop.sender.sent if "ends at" in one.title and one.recipient == "lin"]
    assert "Firing under it: 1 alert: disk." in soon[0].body
    assert "incidentctl maintenance extend M-1 30m" in soon[0].body
    await shop.advance(15 * MINUTE)
    over = [one for _, one in shop.sender.sent if "is over" in one.title and one.recipient == "lin"]
    assert "Still firing at the end: 1 alert: disk." in over[0].body
    (event,) = await shop.events("maintenance.ended")
    assert event.data["firing"] == 1


async def test_more_time_moves_the_end_and_after_the_end_another_window_continues(shop):
    await plan(shop)
    await shop.fire()
    await shop.advance(50 * MINUTE)
    longer = await shop.core.maintenance.extend(1, wire_quieting.ExtendMaintenance(by=1800), "lin")
    assert (longer.id, longer.ends_at - longer.starts_at) == (1, 90 * MINUTE)
    await shop.advance(30 * MINUTE)
    assert shop.sender.told() == []
    await shop.advance(20 * MINUTE)
    assert len(shop.sender.told()) >= 1
    another = await shop.core.maintenance.extend(1, wire_quieting.ExtendMaintenance(by=1800), "lin")
    assert (another.id, another.continues) == (2, 1)
    assert (await shop.core.maintenance.get(1)).ends_at == longer.ends_at


async def test_ended_by_hand_it_is_over_and_called_off_it_never_was(shop):
    await plan(shop)
    await shop.fire()
    await shop.advance(10 * MINUTE)
    ended = await shop.core.maintenance.end(1, "sam")
    assert (ended.status, ended.ended_by) == ("over", "sam")
    await shop.settle()
    assert shop.sender.told() == [("ada", "push")]
    with pytest.raises(Conflict):
        await shop.core.maintenance.end(1, "sam")
    await plan(shop, starts_in=HOUR)
    await shop.core.maintenance.end(2, "sam")
    await shop.advance(MINUTE)  # the limit of ada's phone
    assert notes(shop)[-1] == "Maintenance M-2 of shop was called off"
    await shop.advance(3 * HOUR)
    assert len(await shop.events("maintenance.started")) == 1
    assert not [kind for kind, _ in await shop.armed() if kind.startswith("maintenance")]


async def test_only_its_services_only_below_and_not_what_is_spared(shop):
    await plan(shop, below="critical", spared=("alertname=~Data.*",))
    cases = {
        "low": ({"severity": "warning"}, True),
        "high": ({"severity": "critical"}, False),
        "unknown": ({"severity": "weird"}, False),
        "none": ({}, False),
        "DataLoss": ({"severity": "info"}, False),
        "other": ({"severity": "warning", "service": "web"}, False),
    }
    for key, (labels, _) in cases.items():
        await shop.fire(key, labels={"alertname": key, "service": "shop", **labels})
    await shop.advance(MINUTE)
    for key, (_, hidden) in cases.items():
        assert bool((await shop.alert(key)).hidden_by) == hidden, key


async def test_an_open_page_stays_and_a_window_that_starts_hides_updates(shop):
    await shop.fire()
    await shop.advance(MINUTE)
    await shop.core.pages.acknowledge(1, "ada")
    await plan(shop, lasts=10 * HOUR)
    await shop.advance(9 * HOUR)
    assert (await shop.page()).state == "acknowledged"
    assert not [title for title in notes(shop, "ada") if "disk" in title]


async def test_a_restart_over_its_start_or_its_end_changes_nothing(shop):
    await plan(shop, starts_in=HOUR)
    await shop.advance(59 * MINUTE)
    await shop.fire()
    await shop.settle()
    shop.clock.advance(30 * MINUTE)  # the flush and the start come due while the process is down
    await shop.restart()
    await shop.fire_timers()
    await shop.settle()
    assert shop.sender.told() == []
    shop.clock.advance(HOUR)
    await shop.restart()
    await shop.settle()
    assert shop.sender.told() == [("ada", "push")]
    assert len(await shop.events("maintenance.ended")) == 1


async def test_maintenance_recurs(shop):
    when = wire_quieting.Recurrence(every="daily 11:00-12:00")
    work = wire_quieting.MaintenancePlan(services=("shop",), text="backup")
    rule = await shop.core.recurring.set(wire_quieting.SetRecurring(when=when, maintenance=work), "lin")
    (window,) = (await shop.core.maintenance.list("planned")).windows
    assert (rule.kind, window.rule, window.text) == ("maintenance", rule.id, "backup")
    await shop.advance(window.starts_at + 5 * MINUTE - shop.clock.now())
    await shop.fire()
    await shop.advance(30 * MINUTE)
    assert shop.sender.told() == []
    assert "M-1 of R-1 (backup, by lin" in await shop.verdict()
    await shop.core.recurring.end(rule.id, "lin")
    await shop.settle()
    assert shop.sender.told() == [("ada", "push")]
    assert (await shop.core.maintenance.list("current")).windows == ()


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"services": ("shp",)}, "services"),
        ({"below": "awful"}, "below"),
        ({"spared": ("nonsense",)}, "spared"),
        ({"lasts": -HOUR}, "ends_at"),
        ({"lasts": timedelta(days=40)}, "ends_at"),
    ],
)
async def test_bad_input_is_refused_and_leaves_nothing(shop, changes, field):
    services = changes.get("services", ())
    with pytest.raises(Invalid) as error:
        await plan(shop, *services, **{name: value for name, value in changes.items() if name != "services"})
    assert error.value.field == field
    assert await shop.events() == []
    assert await shop.armed() == []


async def test_lists_and_what_is_not_there(shop):
    await plan(shop)
    await plan(shop, starts_in=HOUR)

    async def ids(state):
        return [one.id for one in (await shop.core.maintenance.list(state)).windows]

    assert await ids("current") == [1, 2]
    assert (await ids("active"), await ids("planned"), await ids("over")) == ([1], [2], [])
    await shop.advance(90 * MINUTE)
    assert (await ids("active"), await ids("over")) == ([2], [1])
    with pytest.raises(Invalid):
        await ids("gone")
    for call in (shop.core.maintenance.get(9), shop.core.maintenance.end(9, "ada")):
        with pytest.raises(NotFound):
            await call


# ------------------------------------------------------------------ previews
async def preview(daemon, **body):
    found = await daemon.core.hiding.preview(wire_quieting.PreviewHiding(**body))
    return [one.name for one in found.alerts], [(one.name, one.until is None) for one in found.past]


@pytest.mark.both_engines
async def test_a_preview_shows_now_and_the_last_seven_days(shop):
    await shop.fire("old", labels={"alertname": "old", "service": "shop"})
    await shop.advance(HOUR)
    await shop.resolve("old", labels={"alertname": "old", "service": "shop"})
    await shop.fire()
    await shop.advance(MINUTE)
    work = wire_quieting.MaintenancePlan(services=("shop",), text="x")
    assert await preview(shop, maintenance=work) == (["disk"], [("disk", True), ("old", False)])
    assert await preview(shop, matchers=("alertname=old",)) == ([], [("old", False)])
    never = wire_quieting.Recurrence(every="daily 01:00-01:05")
    assert await preview(shop, matchers=("service=shop",), when=never) == (["disk"], [])
    shop.clock.advance(timedelta(days=8))
    assert await preview(shop, maintenance=work) == (["disk"], [("disk", True)])


@pytest.mark.both_engines
async def test_what_hid_is_remembered(shop):
    window = await plan(shop)
    await shop.fire()
    await shop.advance(5 * MINUTE)
    assert await preview(shop, subject=f"maintenance:{window.id}") == (["disk"], [("disk", True)])
    await shop.advance(2 * HOUR)
    assert await preview(shop, subject=f"maintenance:{window.id}") == ([], [("disk", False)])
    with pytest.raises(Invalid):
        await preview(shop, subject="page:1")
    with pytest.raises(Invalid):
        await preview(shop)
    with pytest.raises(Invalid):
        await preview(shop, inhibit="nope")
    with pytest.raises(Invalid):
        await preview(shop, dependency="shop")
