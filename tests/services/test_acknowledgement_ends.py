"""Acknowledgements that end by themselves: with the alert, or when their time is up."""

from datetime import timedelta

import pytest

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.process import Process
from incidentd.domain.routing import Route
from incidentd.domain.time_intervals import ClockSpan, Period
from incidentd.services.errors import Conflict, Invalid

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def paged(daemon):
    await daemon.fire()
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push")]


@pytest.mark.both_engines
async def test_an_alert_that_fires_again_pages_anew_and_says_so(daemon):
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.advance(MINUTE)
    await daemon.resolve()
    await daemon.advance(HOUR)
    assert (await daemon.alert()).acknowledged_by == "ada", "of the episode that is over"
    await daemon.fire()
    await daemon.settle()
    assert (await daemon.alert()).acknowledged_by == ""
    daemon.sender.clear()
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push")]
    texts = [step.text for step in (await daemon.trace()).steps]
    assert any(text.startswith("Fires again (episode 2), so the acknowledgement of ada is over; ") for text in texts)
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."


@pytest.mark.both_engines
async def test_it_pages_anew_in_a_group_that_others_hold_open(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire("cpu")
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.resolve()
    await daemon.advance(20 * MINUTE)
    daemon.sender.clear()
    await daemon.fire()
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push")]
    page = await daemon.page()
    assert (page.id, page.state, page.acknowledged_by) == (1, "open", "")
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "The page starts again: disk ended after ada acknowledged it, and fires again" in texts
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."


async def test_what_joins_an_acknowledged_page_for_the_first_time_is_an_update_as_ever(daemon):
    daemon.route(group_by=("service",))
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    daemon.sender.clear()
    await daemon.fire("cpu")
    await daemon.advance(6 * MINUTE)
    assert daemon.sender.told() == []
    assert daemon.sender.told("update") == [("ada", "push")]


async def test_what_flaps_does_not_page_anew_at_each_change(daemon):
    daemon.route(group_by=("service",))
    await daemon.fire("cpu")
    await paged(daemon)
    for _ in range(3):
        await daemon.resolve()
        await daemon.advance(10)
        await daemon.fire()
        await daemon.advance(10)
    await daemon.core.pages.acknowledge(1, "ada")
    daemon.sender.clear()
    for _ in range(8):
        await daemon.resolve()
        await daemon.advance(40)
        await daemon.fire()
        await daemon.advance(40)
    assert (await daemon.alert()).flapping
    assert daemon.sender.told() == []


async def test_a_source_that_says_it_is_taken_in_the_new_episode_counts(daemon):
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada")
    await daemon.resolve()
    await daemon.advance(HOUR)
    daemon.sender.clear()
    await daemon.fire()
    await daemon.acknowledge_at_source()
    await daemon.advance(HOUR)
    assert daemon.sender.told() == []
    assert (await daemon.alert()).acknowledged_by == "grace"


# ------------------------------------------------------------------ for a while
async def test_an_acknowledgement_for_a_while_runs_out_and_the_escalation_goes_on(daemon):
    await paged(daemon)
    until = daemon.clock.now() + 2 * HOUR
    page = await daemon.core.pages.acknowledge(1, "ada", until=until)
    assert page.acknowledged_until == until
    daemon.sender.clear()
    await daemon.advance(2 * HOUR - timedelta(seconds=1))
    assert daemon.sender.told() == []
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")], "the step it was acknowledged at"
    page = await daemon.page()
    assert (page.state, page.acknowledged_by, page.acknowledged_until) == ("open", "", None)
    assert (await daemon.alert()).acknowledged_by == ""
    texts = [step.text for step in (await daemon.trace()).steps]
    assert f"ada acknowledged by api; the escalation stops until {until:%Y-%m-%dT%H:%M:%SZ}" in texts
    assert "The acknowledgement of ada has run out, and it still fires: the escalation goes on" in texts
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."
    daemon.sender.clear()
    await daemon.advance(5 * MINUTE)
    assert ("lin", "push") in daemon.sender.told()


async def test_it_runs_out_while_the_daemon_is_off(daemon):
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + HOUR)
    daemon.sender.clear()
    daemon.clock.advance(3 * HOUR)
    await daemon.restart()
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push")]


async def test_what_ended_before_needs_no_second_page(daemon):
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + HOUR)
    await daemon.resolve()
    await daemon.advance(2 * HOUR)
    assert daemon.sender.told() == [("ada", "push")]
    assert await daemon.armed() == []


@pytest.mark.both_engines
async def test_the_same_person_may_say_another_end_or_none(daemon):
    await paged(daemon)
    now = daemon.clock.now()
    await daemon.core.pages.acknowledge(1, "ada", until=now + HOUR)
    page = await daemon.core.pages.acknowledge(1, "ada", until=now + 2 * HOUR)
    assert page.acknowledged_until == now + 2 * HOUR
    again = await daemon.core.pages.acknowledge(1, "ada", via="link")
    assert again == page, "a second click on the link changes nothing"
    assert (await daemon.core.pages.acknowledge(1, "ada")).acknowledged_until is None
    daemon.sender.clear()
    await daemon.advance(3 * HOUR)
    assert daemon.sender.told() == []
    with pytest.raises(Conflict, match="ada acknowledged P-1 first"):
        await daemon.core.pages.acknowledge(1, "lin", until=daemon.clock.now() + HOUR)


@pytest.mark.parametrize("after", [timedelta(0), -HOUR, timedelta(days=31)])
async def test_an_end_that_makes_no_sense_is_refused(daemon, after):
    await paged(daemon)
    with pytest.raises(Invalid, match="in the future") as caught:
        await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + after)
    assert caught.value.field == "until"
    assert (await daemon.page()).state == "open"
    with pytest.raises(Invalid):
        await daemon.core.alerts.acknowledge(1, "ada", "", daemon.clock.now() + after)


async def test_by_the_alert_it_runs_out_too(daemon):
    await paged(daemon)
    await daemon.core.alerts.acknowledge(1, "ada", "", daemon.clock.now() + HOUR)
    daemon.sender.clear()
    await daemon.advance(HOUR)
    assert daemon.sender.told() == [("ada", "push")]


async def test_one_that_is_handed_back_runs_out_no_more(daemon):
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + HOUR)
    await daemon.core.pages.acknowledge(1, "ada", until=daemon.clock.now() + 2 * HOUR)
    page = await daemon.core.pages.hand_back(1, "ada", "", None)
    assert (page.state, page.acknowledged_until) == ("open", None)
    assert ("page.ack_lapsed", "page:1") not in await daemon.armed()
    daemon.sender.clear()
    await daemon.advance(5 * MINUTE)
    assert ("lin", "push") in daemon.sender.told(), "it goes on where it stood, whatever the end was changed to"


async def test_a_page_without_alerts_runs_out_too(daemon):
    from incidentd import wire

    page = await daemon.core.pages.raise_page(wire.RaisePage(title="look", service="shop"), "lin")
    await daemon.settle()
    await daemon.core.pages.acknowledge(page.id, "ada", until=daemon.clock.now() + HOUR)
    daemon.sender.clear()
    await daemon.advance(HOUR)
    assert daemon.sender.told() == [("ada", "push")]


@pytest.mark.both_engines
async def test_one_that_runs_out_while_the_route_is_muted_waits(daemon):
    now = daemon.clock.now()
    minute = now.hour * 60 + now.minute
    below = Route(id="root/0", matchers=(parse_matcher("service=shop"),), mute_time_intervals=("x",))
    nights = (Period(times=(ClockSpan(minute + 30, minute + 180),)),)
    daemon.process = Process(version="x", route=Route(id="root", routes=(below,)), time_intervals={"x": nights})
    await paged(daemon)
    await daemon.core.pages.acknowledge(1, "ada", until=now + HOUR)
    daemon.sender.clear()
    await daemon.advance(3 * HOUR - timedelta(seconds=32))
    assert daemon.sender.told() == []
    assert ((await daemon.page()).state, (await daemon.page()).next_step_at) == ("open", now + 3 * HOUR)
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]


async def test_flapping_holds_the_group_when_the_time_is_up_and_the_next_change_pages(daemon):
    for _ in range(4):
        await daemon.fire()
        await daemon.advance(40)
        await daemon.resolve()
        await daemon.advance(20)
    page = await daemon.page()
    assert page.state in ("open", "acknowledged")
    await daemon.core.pages.acknowledge(page.id, "ada", until=daemon.clock.now() + MINUTE)
    await daemon.advance(2 * MINUTE)
    daemon.sender.clear()
    await daemon.fire()
    await daemon.advance(6 * MINUTE)
    assert daemon.sender.told()[:1] == [("ada", "push")]
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "The page starts again: the acknowledgement of ada has run out" in texts
