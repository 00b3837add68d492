"""The loops themselves, once really running; and what health counts."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd.services.health import HealthView
from incidentd.services.workers import Loop
from incidentd.storage import claims, timers
from incidentd.wire import AdapterHealth

HOUR = timedelta(hours=1)


@pytest.fixture
def health(daemon):
    """`await health()`; a list of adapters and of notes may be given."""

    async def ask(adapters=(), notes=()):
        view = HealthView(
            daemon.store, adapters=lambda: adapters, lag_ms=lambda: 1.26, notes=lambda: notes, config_files=lambda: ()
        )
        return await view.health()

    return ask


async def test_a_quiet_daemon_is_well(health):
    shown = await health()
    assert (shown.status, shown.problems, shown.loop_lag_ms) == ("ok", (), 1.3)
    assert shown.rss_mib > 1


async def test_health_speaks_while_the_database_does_not(daemon, health, monkeypatch):
    await daemon.fire("a")
    daemon.store.backend.reach.lost(OSError("no route to host"))
    shown = await health(notes=[OwnAlarm("configuration-odd", "a note")])
    assert shown.status == "degraded"
    assert "has not answered since" in shown.problems[0]
    assert "no route to host; senders are refused" in shown.problems[0]
    assert shown.problems[1:] == ("a note",)
    assert [one.code for one in shown.alarms] == ["store-down", "configuration-odd"]
    daemon.store.backend.reach.answered()
    assert (await health()).alerts_firing == 1
    with monkeypatch.context() as patch:  # the connection broke, and nobody knows yet whether another can be had
        patch.setattr(daemon.store.backend, "read", broken)
        assert (await health()).problems[0].startswith("the store does not answer; senders are refused")


async def broken(query):
    raise OSError("connection reset")


async def test_what_health_counts(daemon, health):
    await daemon.fire("a")
    await daemon.fire("b")
    shown = await health()
    assert (shown.alerts_firing, shown.alerts_unrouted, shown.timers_due) == (2, 2, 0)
    await daemon.route_all()
    daemon.clock.advance(30)
    shown = await health()
    assert (shown.alerts_unrouted, shown.timers_due) == (0, 2)
    await daemon.fire_timers()
    assert (await health()).deliveries_waiting == 4  # two are due, two wait for their turn
    daemon.sender.always = {"push": PermanentFailure("revoked"), "phone": PermanentFailure("no")}
    await daemon.send_due()
    shown = await health()
    assert shown.deliveries_failed_24h >= 4
    assert shown.status == "degraded"
    (told,) = [one for one in shown.alarms if one.code == "messages-failed"]
    assert "failed for good in the last 24 h" in told.text
    daemon.clock.advance(25 * HOUR)
    assert (await health()).deliveries_failed_24h == 0


async def test_a_page_that_nobody_answers_is_a_problem(daemon, health):
    await daemon.fire()
    await daemon.advance(2 * HOUR)
    assert (await daemon.page()).state == "exhausted"
    (told,) = [one for one in (await health()).alarms if one.code == "pages-exhausted"]
    assert "1 pages went through every step" in told.text


@pytest.mark.both_engines
async def test_a_failing_timer_and_a_failing_adapter_are_problems(daemon, health):
    await daemon.store.write(lambda tx: timers.arm(tx, "no.such.kind", "thing:1", tx.now))
    await daemon.fire_timers()
    broken = AdapterHealth(
        instance="push", type="ntfy", role="notifier", state="quarantined", detail="HTTP 500", failures=5,
        last_ok_at=None, last_error_at=None,
    )  # fmt: skip
    shown = await health((broken,), (OwnAlarm("configuration-odd", "roster: nobody in team web"),))
    assert shown.timers_failing == 1
    assert shown.problems == (
        "roster: nobody in team web",
        "notifier push is quarantined: HTTP 500",
        "1 timers failed and are tried again: see the log for timer_failed",
    )
    assert [one.code for one in shown.alarms] == ["configuration-odd", "notifier-down", "timers-failing"]
    assert [one.text for one in shown.alarms] == list(shown.problems)
    assert shown.alarms[1].title == "A way to people does not work"
    assert (shown.alarms[1].severity, shown.alarms[1].runbook) == ("critical", "incidentctl runbook notifier-down")


@pytest.mark.parametrize(
    ("role", "state", "code"),
    [
        ("source", "failed", "source-down"),
        ("channel", "missing", "channel-down"),
        ("plugin", "failed", "plugin-broken"),
        ("notifier", "degraded", "plugin-degraded"),
    ],
)
async def test_an_instance_that_is_not_well_has_a_code_by_what_it_is_for(health, role, state, code):
    one = AdapterHealth(
        instance="x", type="x", role=role, state=state, detail="no", failures=1, last_ok_at=None, last_error_at=None
    )
    assert [alarm.code for alarm in (await health((one,))).alarms] == [code]


async def test_timers_that_pile_up_are_told(daemon, health):
    def arm(tx):
        for number in range(201):
            timers.arm(tx, "page.step", f"page:{number}", tx.now)

    await daemon.store.write(arm)
    assert [one.code for one in (await health()).alarms] == ["timers-late"]


async def test_what_waits_for_a_notifier_that_rests_is_told(daemon, health):
    resting = AdapterHealth(
        instance="push", type="ntfy", role="notifier", state="quarantined", detail="paused", failures=5,
        last_ok_at=None, last_error_at=None,
    )  # fmt: skip
    daemon.sender.always["push"] = TemporaryFailure("later")
    await daemon.fire()
    await daemon.advance(60)
    assert (await health((resting,))).problems == ("notifier push is quarantined: 1 message waits for it: paused",)
    well = msgspec.structs.replace(resting, state="ok", detail="")
    assert (await health((well,))).adapters[0].detail == ""


@pytest.mark.both_engines
async def test_the_running_loops_page_without_being_told(daemon):
    daemon.route(group_wait=timedelta(0))
    sent = asyncio.Event()

    async def during(instance, notification):
        sent.set()

    daemon.sender.during = during
    await daemon.core.start()
    await daemon.fire()
    await asyncio.wait_for(sent.wait(), 10)
    await daemon.core.close()
    assert daemon.sender.told() == [("ada", "push")]
    await daemon.start()
    assert [row.state for row in await daemon.deliveries()][:1] == ["sent"]


async def test_a_loop_goes_on_after_a_failure(monkeypatch):
    monkeypatch.setattr("incidentd.services.workers._ERROR_PAUSE", 0.001)
    rounds, again = [], asyncio.Event()

    async def work():
        rounds.append(1)
        if len(rounds) == 1:
            raise OSError("the database is away")
        again.set()

    loop = Loop("test", work)
    loop.start()
    await asyncio.wait_for(again.wait(), 5)
    await loop.stop()
    assert len(rounds) >= 2


async def test_a_loop_that_was_woken_during_its_round_runs_again():
    rounds, enough = [], asyncio.Event()

    async def work():
        rounds.append(1)
        if len(rounds) == 1:
            loop.wake()
        else:
            enough.set()
        return 1000.0

    loop = Loop("test", work)
    loop.start()
    await asyncio.wait_for(enough.wait(), 0.5)  # sooner than the poll
    await loop.stop()


@pytest.mark.both_engines
async def test_a_claimed_message_counts_as_waiting(daemon, health):
    daemon.route(group_wait=timedelta(0))
    await daemon.fire()
    await daemon.route_all()
    before = (await health()).deliveries_waiting
    await daemon.store.write(lambda tx: claims.claim(tx, "n", HOUR, 10))
    assert (await health()).deliveries_waiting == before
