"""From a signal to a page: dedup, order, grouping in time, and what is said when nobody is paged."""

from datetime import timedelta

import pytest

from incidentd.domain.signals import Signal, SignalKind

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def test_a_firing_alert_pages_the_first_step_after_group_wait(daemon):
    await daemon.fire()
    await daemon.advance(29)
    assert daemon.sender.sent == []
    assert await daemon.verdict() == "Nobody was paged yet: its group waits to see what else fires."
    await daemon.advance(1)
    assert daemon.sender.told() == [("ada", "push")]
    _, message = daemon.sender.sent[0]
    assert message.title == "disk · shop"
    assert message.reason == "named in the policy; step 1 of policy default"
    assert message.address == "ada@push"
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."


async def test_repeats_are_one_alert_and_one_page(daemon):
    for _ in range(5):
        await daemon.fire()
        await daemon.advance(20)
    assert (await daemon.alert()).count == 5
    assert daemon.sender.told() == [("ada", "push")]
    assert len(await daemon.pages()) == 1


@pytest.mark.both_engines
async def test_the_same_key_of_two_sources_is_two_alerts(daemon):
    await daemon.fire(source="a")
    await daemon.fire(source="b")
    assert (await daemon.alert(source="a")).id != (await daemon.alert(source="b")).id


async def test_one_submission_may_say_several_things_about_one_key(daemon):
    said = [
        Signal(key="disk", kind=kind, labels={"alertname": "disk"})
        for kind in (SignalKind.FIRING, SignalKind.RESOLVED, SignalKind.FIRING, SignalKind.FIRING)
    ]
    await daemon.core.intake.submit("prom", said)
    row = await daemon.alert_row()
    assert (row.status, row.count, row.episode) == ("firing", 4, 2)


async def test_an_end_without_a_beginning_is_kept_and_pages_nobody(daemon):
    await daemon.resolve()
    await daemon.advance(HOUR)
    alert = await daemon.alert()
    assert (alert.status, alert.service, alert.resolved_at) == ("resolved", "shop", alert.first_seen)
    assert daemon.sender.sent == []
    assert await daemon.verdict() == "Nobody was paged: its end came without a beginning."


async def test_a_beginning_overtaken_by_its_end_changes_nothing(daemon):
    began = daemon.clock.now() - 5 * MINUTE
    await daemon.resolve(starts_at=began, ends_at=daemon.clock.now())
    await daemon.advance(2)
    await daemon.fire(starts_at=began)
    await daemon.advance(HOUR)
    assert (await daemon.alert()).status == "resolved"
    assert daemon.sender.sent == []
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "An older message (firing) arrived late and changed nothing" in texts


async def test_a_beginning_after_an_unknown_end_pages(daemon):
    await daemon.resolve(ends_at=daemon.clock.now() - MINUTE)
    await daemon.fire(starts_at=daemon.clock.now())
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]


async def test_what_is_still_sent_long_after_its_end_fires_again(daemon):
    """Two Prometheus replicas: one says it ended, the other goes on. Better one page too many than a lost alert."""
    began = daemon.clock.now()
    await daemon.fire(starts_at=began)
    await daemon.advance(60)
    await daemon.resolve(starts_at=began, ends_at=daemon.clock.now())
    for _ in range(6):
        await daemon.advance(60)
        await daemon.fire(starts_at=began)
    await daemon.advance(60)
    assert (await daemon.alert()).status == "firing"
    assert len(daemon.sender.told()) == 2


async def test_an_older_end_does_not_end_what_fires_now(daemon):
    await daemon.fire(starts_at=daemon.clock.now())
    await daemon.resolve(starts_at=daemon.clock.now() - HOUR, ends_at=daemon.clock.now() - 50 * MINUTE)
    await daemon.advance(31)
    assert (await daemon.alert()).status == "firing"
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_start_far_ahead_can_be_resolved(daemon):
    await daemon.fire(starts_at=daemon.clock.now() + timedelta(days=3650))
    await daemon.advance(60)
    await daemon.resolve(ends_at=daemon.clock.now())
    await daemon.advance(1)
    alert = await daemon.alert()
    assert alert.status == "resolved"
    assert alert.starts_at <= alert.resolved_at <= daemon.clock.now()


async def test_an_alert_that_is_not_sent_again_expires_and_comes_back(daemon):
    began = daemon.clock.now()
    await daemon.fire(starts_at=began, ends_at=began + 4 * MINUTE)
    await daemon.advance(3 * MINUTE)
    await daemon.fire(starts_at=began, ends_at=daemon.clock.now() + 4 * MINUTE)
    await daemon.advance(3 * MINUTE)
    assert (await daemon.alert()).status == "firing"
    await daemon.advance(2 * MINUTE)
    alert = await daemon.alert()
    assert (alert.status, alert.resolved_at) == ("resolved", began + 7 * MINUTE)
    assert any("Not sent again" in step.text for step in (await daemon.trace()).steps)
    assert daemon.sender.told("resolved") == [("ada", "push"), ("lin", "push")]
    daemon.sender.clear()
    await daemon.fire(starts_at=began, ends_at=daemon.clock.now() + 4 * MINUTE)
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push")]
    assert (await daemon.alert_row()).episode == 2


@pytest.mark.both_engines
async def test_nothing_expires_while_its_sender_has_had_no_chance_to_speak(daemon):
    """After an outage of the daemon every end has passed; senders need a moment to say what still fires."""
    began = daemon.clock.now()
    for key in ("disk", "gone"):
        await daemon.fire(key, starts_at=began, ends_at=began + 4 * MINUTE)
    await daemon.advance(60)
    daemon.sender.clear()
    daemon.clock.advance(HOUR)
    await daemon.restart()
    await daemon.advance(60)
    await daemon.fire("disk", starts_at=began, ends_at=daemon.clock.now() + 4 * MINUTE)
    await daemon.advance(90)
    assert (await daemon.alert("disk")).status == "firing"
    assert (await daemon.alert("gone")).status == "resolved"
    assert (await daemon.alert_row("disk")).episode == 1
    assert {message.title for _, message in daemon.sender.sent if message.kind == "resolved"} == {"gone · shop"}


async def test_an_alert_that_comes_back_is_a_new_episode_and_pages_again(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge((await daemon.page()).id, "ada")
    await daemon.resolve()
    await daemon.advance(20 * MINUTE)
    assert (await daemon.alert()).acknowledged_by == "ada"
    await daemon.fire()
    await daemon.advance(1)
    assert (await daemon.alert()).acknowledged_by == ""
    assert await daemon.verdict() == "Nobody was paged yet: its group waits to see what else fires."
    assert (await daemon.alert()).page_id is None
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "push")]
    assert [page.state for page in await daemon.pages()] == ["resolved", "open"]
    assert await daemon.verdict() == "ada was paged; nobody has acknowledged yet."
    assert (await daemon.alert()).page_id == (await daemon.page()).id


async def test_what_ends_before_group_wait_pages_nobody_and_the_trace_says_why(daemon):
    await daemon.fire("disk")
    await daemon.fire("cpu", labels={"alertname": "disk", "service": "shop", "host": "b"})
    await daemon.advance(20)
    await daemon.resolve("disk")
    await daemon.resolve("cpu")
    await daemon.advance(HOUR)
    assert daemon.sender.sent == []
    assert await daemon.pages() == ()
    assert await daemon.verdict() == "Nobody was paged: every alert ended before anybody was to be told."
    assert await daemon.armed() == []


async def test_an_alert_that_begins_and_ends_between_two_looks_of_the_router(daemon):
    await daemon.fire()
    await daemon.resolve()
    await daemon.advance(HOUR)
    assert daemon.sender.sent == []
    assert await daemon.verdict() == "Nobody was paged: it ended before it was routed."


async def test_alerts_with_equal_group_labels_share_a_page(daemon):
    for host in "abc":
        await daemon.fire(host, labels={"alertname": "disk", "service": "shop", "host": host})
    await daemon.advance(31)
    assert daemon.sender.told() == [("ada", "push")]
    assert daemon.sender.sent[0][1].title == "disk · shop (+2)"
    assert len((await daemon.page()).alert_ids) == 3


async def test_later_alerts_of_a_group_are_told_after_group_interval(daemon):
    await daemon.fire("a", labels={"alertname": "disk", "service": "shop", "host": "a"})
    await daemon.advance(40)
    await daemon.fire("b", labels={"alertname": "disk", "service": "shop", "host": "b"})
    await daemon.advance(4 * MINUTE)
    assert daemon.sender.told("update") == []
    await daemon.advance(MINUTE)
    assert daemon.sender.told("update") == [("ada", "push")]
    update = next(message for _, message in daemon.sender.sent if message.kind == "update")
    assert update.body.startswith("1 more in this group, 2 firing in all:")
    assert update.thread == daemon.sender.sent[0][1].thread


async def test_what_still_fires_is_said_again_after_repeat_interval(daemon):
    await daemon.fire()
    await daemon.advance(31)
    await daemon.core.pages.acknowledge((await daemon.page()).id, "ada")
    await daemon.advance(4 * HOUR)
    assert daemon.sender.told("update") == [("ada", "push")]
    assert "Acknowledged by ada." in daemon.sender.sent[-1][1].body
    await daemon.advance(4 * HOUR)
    assert len(daemon.sender.told("update")) == 2


async def test_a_silent_look_does_not_put_the_reminder_off(daemon):
    await daemon.fire("a", labels={"alertname": "disk", "service": "shop", "host": "a"})
    await daemon.advance(31)
    await daemon.core.pages.acknowledge((await daemon.page()).id, "ada")
    await daemon.advance(HOUR)
    await daemon.fire("b", labels={"alertname": "disk", "service": "shop", "host": "b"})
    await daemon.route_all()
    await daemon.resolve("b", labels={"alertname": "disk", "service": "shop", "host": "b"})
    await daemon.advance(3 * HOUR)
    assert daemon.sender.told("update") == [("ada", "push")]


async def test_new_alerts_of_a_group_reach_somebody_though_the_acknowledger_was_never_written_to(daemon):
    await daemon.fire("a", labels={"alertname": "disk", "service": "shop", "host": "a"})
    await daemon.advance(31)
    await daemon.core.pages.acknowledge((await daemon.page()).id, "sam")
    await daemon.fire("b", labels={"alertname": "disk", "service": "shop", "host": "b"})
    await daemon.advance(5 * MINUTE)
    assert len(daemon.sender.told("update")) == 1


async def test_group_wait_zero_pages_with_the_routing(daemon):
    daemon.route(group_wait=timedelta(0))
    await daemon.fire()
    await daemon.route_all()
    await daemon.send_due()
    assert daemon.sender.told() == [("ada", "push")]


async def test_a_large_group_gives_a_short_message(daemon):
    labels = {"alertname": "disk", "service": "s" * 300, "severity": "v" * 300}
    signals = [
        Signal(key=f"k{n}", kind=SignalKind.FIRING, labels=labels | {"n": str(n)}, annotations={"summary": "x" * 5000})
        for n in range(500)
    ]
    await daemon.core.intake.submit("prom", signals)
    await daemon.advance(31)
    message = daemon.sender.sent[0][1]
    assert len(message.title) <= 250
    assert message.title.endswith("(+499)")
    assert len(message.body) < 8000
    assert "and 490 more" in message.body
    assert len((await daemon.page()).alert_ids) == 500


async def test_a_routing_backlog_is_worked_off(daemon):
    signals = [Signal(key=f"k{n}", kind=SignalKind.FIRING, labels={"alertname": f"a{n}"}) for n in range(900)]
    await daemon.core.intake.submit("prom", signals)
    await daemon.route_all()
    assert len(await daemon.events("alert.fired")) == 900
