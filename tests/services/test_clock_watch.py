"""The clock is set back: nobody waits longer for a page, and what has a time of day keeps it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from incidentd.clock import SystemClock
from incidentd.plugin.values import TemporaryFailure
from incidentd.services.clock_watch import STEPPED, ClockWatch
from incidentd.storage import schema, timers

DAY = timedelta(days=1)


@pytest.fixture
async def daemon(daemon):
    """Ada is paged, bob five minutes later."""
    people = [daemon.person("ada", "push"), daemon.person("bob", "push")]
    daemon.roster = daemon.roster_of(people, [daemon.policy("default", (300, "ada"), (300, "bob"), repeat=0)])
    return daemon


async def due(daemon):
    found = await daemon.store.read(lambda conn: conn.execute(select(schema.timers)).all())
    return {row.kind: row.due_at for row in found}


def recipients(daemon):
    return [one.recipient for _, one in daemon.sender.sent]


@pytest.mark.both_engines
async def test_a_wait_takes_as_long_as_it_would_have(daemon):
    await daemon.fire("disk")
    await daemon.advance(60)
    assert recipients(daemon) == ["ada"]
    watch = ClockWatch(daemon.store)
    daemon.clock.set(daemon.clock.now() - DAY)
    await watch.stepped(-DAY)
    alone = daemon.store.engine == "sqlite"  # elsewhere other nodes have clocks of their own
    await daemon.advance(271)
    assert recipients(daemon) == (["ada", "bob"] if alone else ["ada"])
    (event,) = await daemon.events(STEPPED)
    assert event.data["seconds"] == -86_400
    assert (event.data["timers"] > 0) is alone
    assert [one.code for one in watch.problems()] == ["clock-stepped"]


async def test_messages_that_wait_for_another_try_do_not_wait_for_a_day(daemon):
    daemon.sender.script["push"] = [TemporaryFailure("busy")]
    await daemon.fire("disk")
    await daemon.advance(30)
    assert recipients(daemon) == ["ada"]
    daemon.clock.set(daemon.clock.now() - DAY)
    await ClockWatch(daemon.store).stepped(-DAY)
    await daemon.advance(6)
    assert recipients(daemon) == ["ada", "ada"]


async def test_an_alert_that_joins_its_group_is_told_at_the_next_interval(daemon):
    await daemon.fire("disk")
    await daemon.advance(60)
    daemon.clock.set(daemon.clock.now() - DAY)
    await ClockWatch(daemon.store).stepped(-DAY)
    assert (await due(daemon))["group.flush"] - daemon.clock.now() < timedelta(hours=5)


async def test_what_people_named_a_time_for_keeps_it(daemon):
    named = daemon.clock.now() + timedelta(hours=2)
    await daemon.store.write(lambda tx: timers.arm(tx, "silence.end", "silence:1", named))
    daemon.clock.set(daemon.clock.now() - timedelta(hours=1))
    await ClockWatch(daemon.store).stepped(-timedelta(hours=1))
    assert (await due(daemon))["silence.end"] == named


@pytest.mark.both_engines
async def test_a_step_is_told_once_and_for_an_hour(daemon):
    steady = [timedelta(0)]
    wall = SystemClock()
    daemon.store.clock = wall
    watch = ClockWatch(daemon.store, lambda: steady[0])
    await watch.start()
    assert watch.problems() == []
    steady[0] -= timedelta(hours=1)  # as if the wall had run ahead of it
    await watch.work()
    assert "set forward by 1 h 0 min 0 s" in watch.problems()[0].text
    steady[0] += timedelta(seconds=1)
    before = watch.problems()
    await watch.work()
    assert watch.problems() == before
    steady[0] += timedelta(hours=1, seconds=1)
    assert watch.problems() == []


async def test_a_clock_that_was_set_back_while_the_daemon_was_away_is_seen_at_the_start(daemon):
    await daemon.fire("disk")
    await daemon.advance(60)
    daemon.clock.set(daemon.clock.now() - DAY)
    daemon.store.clock = daemon.clock
    watch = ClockWatch(daemon.store)
    await watch.start()
    assert watch.problems() == [], "a clock of a test is made to jump"
