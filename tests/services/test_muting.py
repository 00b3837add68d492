"""Routes that are muted by time intervals, on both engines, with the clock moved from one due act to the next."""

from datetime import timedelta

import pytest

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.domain.time_intervals import ClockSpan, Period

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def span(clock, begin, end):
    """From `begin` to `end` after the present minute, on the wall in UTC."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = ((clock.now() + at - day) // MINUTE for at in (begin, end))
    return (Period(times=(ClockSpan(first, last),)),)


def mute(daemon, begin=timedelta(0), end=HOUR, key="mute_time_intervals", **values):
    """One route below the root, muted by (or active in) an interval."""
    below = Route(id="root/0", name="shop", matchers=(parse_matcher("service=shop"),), **values | {key: ("nights",)})
    daemon.process = Process(
        version="test",
        route=Route(id="root", routes=(below,)),
        time_intervals={"nights": span(daemon.clock, begin, end)},
    )


def unmute(daemon):
    below = Route(id="root/0", matchers=(parse_matcher("service=shop"),))
    daemon.process = Process(version="edited", route=Route(id="root", routes=(below,)))


async def test_a_muted_route_tells_nobody_until_the_exact_end(daemon):
    mute(daemon)
    ends = daemon.clock.now() + HOUR
    await daemon.fire()
    await daemon.advance(HOUR - timedelta(seconds=1))
    assert daemon.sender.sent == []
    assert await daemon.verdict() == f"Nobody was paged: muted by interval nights until {ends:%Y-%m-%dT%H:%M:%SZ}."
    (reason,) = (await daemon.alert()).hidden_by
    assert (reason.kind, reason.name, reason.until) == ("mute", "nights", ends)
    assert reason.text == f"muted by interval nights until {ends:%Y-%m-%dT%H:%M:%SZ}"
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]
    assert (await daemon.alert()).hidden_by == ()
    kinds = [event.kind for event in await daemon.events("group.muted", "group.unmuted", "page.started")]
    assert kinds == ["group.muted", "group.unmuted", "page.started"]


async def test_what_ended_meanwhile_pages_nobody(daemon):
    mute(daemon)
    await daemon.fire()
    await daemon.advance(30 * MINUTE)
    await daemon.resolve()
    await daemon.advance(2 * HOUR)
    assert daemon.sender.sent == []
    assert await daemon.armed() == []
    assert "Nobody was paged: every alert ended" in [step.text for step in (await daemon.trace()).steps][-1]


async def test_what_joins_during_a_mute_is_recorded_and_told_with_the_rest(daemon):
    mute(daemon, group_by=("service",))
    await daemon.fire()
    await daemon.advance(20 * MINUTE)
    await daemon.fire("cpu")
    await daemon.advance(20 * MINUTE)
    assert (await daemon.verdict("cpu")).startswith("Nobody was paged: muted by interval nights")
    await daemon.advance(20 * MINUTE)
    ((_, message),) = daemon.sender.sent
    assert "disk" in message.body
    assert "cpu" in message.body


async def test_outside_of_its_active_intervals_a_route_tells_nobody(daemon):
    mute(daemon, begin=HOUR, end=2 * HOUR, key="active_time_intervals")
    await daemon.fire()
    await daemon.advance(HOUR - timedelta(seconds=1))
    assert daemon.sender.sent == []
    assert "outside of interval nights" in await daemon.verdict()
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]


async def test_an_escalation_waits_for_the_end_and_goes_on(daemon):
    mute(daemon, begin=2 * MINUTE, end=HOUR)
    await daemon.fire()
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]
    daemon.sender.clear()
    await daemon.advance(HOUR - timedelta(seconds=31))
    assert daemon.sender.told() == []
    page = await daemon.page()
    assert (page.state, page.next_step_at) == ("open", daemon.clock.now() + timedelta(seconds=1))
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "phone"), ("lin", "push")], "ada's second method waited too"
    texts = [step.text for step in (await daemon.trace()).steps]
    assert any(text.startswith("The escalation waits: its route is muted by interval nights") for text in texts)
    assert any("its route is no longer muted, and nobody has acknowledged" in text for text in texts)


async def test_a_person_may_escalate_during_a_mute(daemon):
    mute(daemon, begin=2 * MINUTE, end=HOUR)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    daemon.sender.clear()
    await daemon.core.pages.escalate(1, "ada", None)
    await daemon.settle()
    assert daemon.sender.told() == [("lin", "push")]


async def test_an_acknowledged_page_stays_acknowledged_and_ends_with_its_alerts(daemon):
    mute(daemon, begin=2 * MINUTE, end=HOUR)
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.advance(30 * MINUTE)
    await daemon.resolve()
    await daemon.settle()
    assert (await daemon.page()).state == "resolved"
    assert await daemon.armed() == []


async def test_restarts_and_a_clock_that_jumps_lose_nothing(daemon):
    mute(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    await daemon.restart()
    await daemon.advance(MINUTE)
    assert daemon.sender.sent == []
    assert len(await daemon.events("group.muted")) == 1, "a restart says it no second time"
    daemon.clock.advance(5 * HOUR)
    await daemon.restart()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_reload_that_deletes_the_interval_tells_at_once(daemon):
    mute(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    unmute(daemon)
    await daemon.reload()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_reload_that_deletes_the_interval_lets_an_escalation_go_on(daemon):
    mute(daemon, begin=2 * MINUTE, end=HOUR)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    daemon.sender.clear()
    unmute(daemon)
    await daemon.reload()
    await daemon.settle()
    assert daemon.sender.told() == [("lin", "push")]


async def test_an_interval_that_is_edited_while_the_daemon_is_off_counts_from_the_start(daemon):
    mute(daemon)
    await daemon.fire()
    await daemon.advance(10 * MINUTE)
    mute(daemon, end=20 * MINUTE)
    await daemon.restart()
    await daemon.settle()
    assert daemon.sender.sent == []
    assert len(await daemon.events("group.muted")) == 2, "the new end is said"
    await daemon.advance(20 * MINUTE)
    assert daemon.sender.told() == [("ada", "push")]


async def test_one_mute_right_after_another_holds_on(daemon):
    mute(daemon)
    nights = span(daemon.clock, timedelta(0), 20 * MINUTE) + span(daemon.clock, 20 * MINUTE, HOUR)
    daemon.process = Process(version="two", route=daemon.process.route, time_intervals={"nights": nights})
    await daemon.fire()
    await daemon.advance(HOUR - timedelta(seconds=1))
    assert daemon.sender.sent == []
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_silenced_alert_stays_silent_when_the_mute_ends(daemon):
    from incidentd.wire import silences as wire_silences

    mute(daemon)
    body = wire_silences.SetSilence(
        matchers=("alertname=disk",), ends_at=daemon.clock.now() + 2 * HOUR, comment="planned work"
    )
    await daemon.core.silences.set(body, "ada")
    await daemon.fire()
    await daemon.advance(2 * HOUR - MINUTE)
    assert daemon.sender.told() == []
    assert "silenced by" in await daemon.verdict()
    await daemon.advance(2 * MINUTE)
    assert daemon.sender.told() == [("ada", "push")]


async def test_an_alert_on_a_muted_and_another_route_is_not_called_muted(daemon):
    muted = Route(id="root/0", continue_=True, mute_time_intervals=("nights",))
    daemon.process = Process(
        version="test",
        route=Route(id="root", routes=(muted, Route(id="root/1", policy="web"))),
        time_intervals={"nights": span(daemon.clock, timedelta(0), HOUR)},
    )
    await daemon.fire()
    await daemon.advance(31)
    assert daemon.sender.told() == [("sam", "mail")]
    assert (await daemon.alert()).hidden_by == ()
    await daemon.advance(HOUR)
    assert ("ada", "push") in daemon.sender.told()


@pytest.mark.both_engines
async def test_readers_and_the_route_test_say_what_mutes(daemon):
    mute(daemon)
    await daemon.fire()
    await daemon.advance(31)
    (active,) = await daemon.core.reader.alerts()
    assert active.muted_by == ("nights",)
    found = await daemon.core.routes.test({"service": "shop"})
    (end,) = found.ends
    assert (end.muted.name, end.muted.kind) == ("nights", "mute")
    assert end.muted.until == daemon.clock.now() + HOUR - timedelta(seconds=31)
