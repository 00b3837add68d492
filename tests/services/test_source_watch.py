"""A source that is expected to send and falls silent, over restarts and with several nodes."""

from datetime import timedelta

import pytest

from incidentd.services.source_watch import OWN_SOURCE, SILENT
from incidentd.services.vital_signs import vital_signs

MINUTE = timedelta(minutes=1)
KEY = "silent:prom"


@pytest.fixture
def watched(daemon):
    """A daemon that expects prom every five minutes. `hear` is what its sink does."""
    daemon.expected = {"prom": 5 * MINUTE}

    def expect():
        daemon.core.sources._expected = lambda: daemon.expected

    async def hear():
        await daemon.fire()
        daemon.core.traffic.heard("prom", 1)

    async def live(by):
        """Look every half minute, as a daemon does more often."""
        for _ in range(int(by / timedelta(seconds=30))):
            await daemon.core.sources.work()
            await daemon.advance(30)
        await daemon.core.sources.work()
        await daemon.settle()

    daemon.expect, daemon.hear, daemon.live = expect, hear, live
    expect()
    return daemon


async def status(daemon):
    alert = await daemon.alert(KEY, OWN_SOURCE)
    return alert.status if alert is not None else None


async def test_a_source_that_falls_silent_pages_and_its_next_signal_ends_it(watched):
    await watched.hear()
    await watched.live(5 * MINUTE)
    assert await status(watched) == "firing"
    alert = await watched.alert(KEY, OWN_SOURCE)
    assert alert.labels == {"alertname": "SourceSilent", "source": "prom", "severity": "critical"}
    assert alert.summary.startswith("prom is silent: no signal since 20")
    await watched.live(MINUTE)
    assert watched.sender.told()
    await watched.hear()
    await watched.live(MINUTE)
    assert await status(watched) == "resolved"


async def test_a_source_that_sends_is_left_alone(watched):
    for _ in range(10):
        await watched.hear()
        await watched.live(4 * MINUTE)
    assert await status(watched) is None


async def test_one_that_never_sent_is_missed_from_the_start_on(watched):
    await watched.live(4 * MINUTE)
    assert await status(watched) is None
    await watched.live(MINUTE)
    assert (await watched.alert(KEY, OWN_SOURCE)).summary == (
        "prom is silent: no signal yet, one is expected every 300 s"
    )


async def test_after_a_downtime_it_has_its_whole_time(watched, clock):
    await watched.hear()
    await watched.live(MINUTE)
    clock.advance(60 * MINUTE)
    await watched.restart()
    watched.expect()
    await watched.live(4 * MINUTE)
    assert await status(watched) is None
    await watched.live(MINUTE)
    assert await status(watched) == "firing"


@pytest.mark.both_engines
async def test_what_another_node_heard_counts(watched, make_store, clock):
    await watched.hear()
    await watched.live(MINUTE)
    other = watched.core_on(watched.store, node="n2")
    other.sources._expected = lambda: watched.expected
    for _ in range(8):
        clock.advance(2 * MINUTE)
        other.traffic.heard("prom", 1)
        await other.sources.work()
        await watched.fire_timers()
    assert await status(watched) is None
    assert (await watched.core.sources.last_signals())["prom"] == clock.now()


async def test_no_longer_watched_is_no_longer_missed(watched):
    await watched.live(6 * MINUTE)
    assert await status(watched) == "firing"
    watched.expected = {}
    await watched.live(MINUTE)
    assert await status(watched) == "resolved"
    assert SILENT not in [kind for kind, _ in await watched.armed()]


@pytest.mark.both_engines
async def test_a_busy_source_is_written_down_every_five_seconds_only(watched, clock):
    await watched.hear()
    await watched.core.sources.work()
    first = await watched.store.read(lambda conn: conn.exec_driver_sql("SELECT at FROM sources_heard").scalar_one())
    clock.advance(2)
    watched.core.traffic.heard("prom", 100)
    await watched.core.sources.work()
    again = await watched.store.read(lambda conn: conn.exec_driver_sql("SELECT at FROM sources_heard").scalar_one())
    assert first == again
    assert watched.core.traffic.per_minute("prom") == 101


async def test_a_daemon_that_works_shows_it_and_one_that_is_late_does_not(daemon, clock):
    assert await vital_signs(daemon.store) == []
    await daemon.fire()
    await daemon.route_all()  # a timer waits for the end of group_wait
    clock.advance(60 + 29)
    assert await vital_signs(daemon.store) == []
    clock.advance(2)
    (wrong,) = await vital_signs(daemon.store)
    assert wrong.startswith("timers are late: one was due at")
    await daemon.fire_timers()
    assert await vital_signs(daemon.store) == []
    clock.advance(121)
    assert any("messages do not move" in wrong for wrong in await vital_signs(daemon.store))
    await daemon.send_due()
    await daemon.fire_timers()
    assert await vital_signs(daemon.store) == []
    await daemon.store.close()
    assert await vital_signs(daemon.store) == ["the store cannot be written: StoreClosed"]
