"""The outbox: every message goes out at least once under one idempotency key, whatever breaks in between."""

import asyncio
from datetime import timedelta

import pytest

from incidentd import wire
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.services import delivery
from incidentd.services.delivery import IN_FLIGHT
from incidentd.services.delivery_outcomes import MAX_ATTEMPTS, backoff
from incidentd.services.errors import Invalid
from incidentd.services.outbox import LEASE, Claimed
from incidentd.storage import claims

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
several_nodes = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # a process owns its SQLite file


@pytest.fixture
async def page(daemon):
    """A page whose first message is due."""
    daemon.roster = daemon.roster_of([daemon.person("ada", "push")], [daemon.policy("default", (3600, "ada"))])
    daemon.route(group_wait=timedelta(0))
    await daemon.fire()
    await daemon.route_all()
    return await daemon.page()


async def one(daemon):
    (row,) = await daemon.deliveries()
    return row


def keys(daemon):
    return {message.idempotency_key for _, message in daemon.sender.sent}


def test_backoff_grows_to_ten_minutes_and_heeds_the_vendor():
    waits = [backoff(attempt, None).total_seconds() for attempt in range(1, 13)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (5, 600)
    assert backoff(1, 90) == timedelta(seconds=90)
    assert backoff(1, 10**9) == HOUR
    assert backoff(1, -5) == timedelta(seconds=5)


async def test_a_temporary_failure_is_tried_again_with_the_same_key(daemon, page):
    daemon.sender.script["push"] = [TemporaryFailure("busy"), TemporaryFailure("busy", 60)]
    await daemon.settle()
    assert (await one(daemon)).state == "pending"
    await daemon.advance(4)
    assert len(daemon.sender.sent) == 1
    await daemon.advance(1)
    assert len(daemon.sender.sent) == 2
    await daemon.advance(59)
    assert len(daemon.sender.sent) == 2
    await daemon.advance(1)
    assert [message.attempt for _, message in daemon.sender.sent] == [1, 2, 3]
    assert len(keys(daemon)) == 1
    row = await one(daemon)
    assert (row.state, row.error, row.sent_at) == ("sent", "", daemon.clock.now())
    texts = [step.text for step in (await daemon.trace()).steps]
    assert "page to ada by push did not go out (attempt 1): busy; tried again" in texts
    assert "page to ada by push was sent at attempt 3" in texts


async def test_a_vendor_that_never_answers_is_given_up(daemon, page):
    daemon.sender.always["push"] = TemporaryFailure("busy")
    await daemon.advance(HOUR * 2)
    assert len(daemon.sender.sent) >= MAX_ATTEMPTS
    first = (await daemon.deliveries())[0]
    assert (first.state, first.attempt) == ("failed", MAX_ATTEMPTS)
    assert first.error == f"gave up after {MAX_ATTEMPTS} attempts: busy"
    assert "no message has got through" in await daemon.verdict()
    assert (await daemon.page()).notified == ()


async def test_a_permanent_failure_uses_the_next_method_at_once(daemon):
    daemon.sender.always["push"] = PermanentFailure("revoked")
    await daemon.fire()
    await daemon.advance(30)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]
    assert [row.state for row in await daemon.deliveries()] == ["failed", "sent"]
    assert (await daemon.page()).notified == ("ada",)


async def test_an_unclear_outcome_is_sent_again_with_the_same_key(daemon, page):
    daemon.sender.script["push"] = [RuntimeError("connection reset")]
    await daemon.advance(5)
    assert len(daemon.sender.sent) == 2
    assert len(keys(daemon)) == 1


async def test_an_error_that_no_plugin_meant_to_be_read_is_kept_as_its_name_only(daemon, page):
    daemon.sender.script["push"] = [RuntimeError("https://user:secret@vendor.example/token")]
    await daemon.settle()
    row = (await daemon.deliveries())[0]
    assert row.error == "unclear whether it arrived: RuntimeError"
    assert "secret" not in str(await daemon.events())


async def test_a_notifier_that_hangs_holds_up_no_other(daemon):
    crowd = [daemon.person(f"p{number}", "stuck") for number in range(IN_FLIGHT + 8)]
    everybody = [one.handle for one in crowd]
    daemon.roster = daemon.roster_of(
        [*crowd, daemon.person("sam", "mail")], [daemon.policy("default", (300, *everybody, "sam"))]
    )
    released = asyncio.Event()

    async def hang(instance, notification):
        if instance == "stuck":
            await released.wait()

    daemon.sender.during = hang
    await daemon.core.pages.raise_page(wire.RaisePage(title="all hands", service="default"), "ada")
    worker = daemon.core.deliveries
    for _ in range(5):  # rounds: each takes what there is room for
        await worker._work()
    await asyncio.sleep(0.05)
    tried = [instance for instance, _ in daemon.sender.sent]
    assert tried.count("mail") == 1
    assert tried.count("stuck") == IN_FLIGHT
    assert await worker._work() is None  # it waits for room, and does not spin
    released.set()
    await asyncio.gather(*worker._sending)
    await daemon.settle()
    assert [instance for instance, _ in daemon.sender.sent].count("stuck") == IN_FLIGHT + 8
    assert len({one.idempotency_key for _, one in daemon.sender.sent}) == IN_FLIGHT + 9


async def test_whoever_may_have_got_a_message_hears_of_the_end(daemon, page):
    daemon.sender.script["push"] = [RuntimeError("connection reset")]
    await daemon.settle()
    await daemon.resolve()
    await daemon.advance(MINUTE)
    assert [(row.kind, row.state) for row in await daemon.deliveries()] == [("page", "unknown"), ("resolved", "sent")]


async def test_whoever_was_never_reached_hears_nothing_of_the_end(daemon, page):
    daemon.sender.script["push"] = [TemporaryFailure("busy")]
    await daemon.settle()
    await daemon.resolve()
    await daemon.advance(MINUTE)
    assert [(row.kind, row.state) for row in await daemon.deliveries()] == [("page", "cancelled")]


async def test_a_message_between_two_attempts_is_shown_to_have_failed_for_now(daemon, page):
    async def shown():
        return [one.state for one in (await daemon.core.pages.get(1, "ada")).deliveries]

    assert await shown() == ["pending"]
    daemon.sender.script["push"] = [TemporaryFailure("busy"), RuntimeError("the answer was lost")]
    await daemon.settle()
    assert await shown() == ["failed_temporarily"]
    await daemon.advance(5)
    assert await shown() == ["pending"], "it may have arrived"
    await daemon.advance(10)
    assert await shown() == ["sent"]


async def test_a_receipt_that_confirms_arrival_is_kept(daemon, page):
    daemon.sender.script["push"] = [Receipt(vendor_id="v\x00\ud800" + "1" * 400, delivered=True)]
    await daemon.settle()
    row = await one(daemon)
    assert row.state == "delivered"
    assert len(row.vendor_id) <= 200
    assert any(step.text == "page to ada by push was sent and confirmed" for step in (await daemon.trace()).steps)


@pytest.mark.both_engines
async def test_hostile_words_of_a_vendor_are_stored_inert(daemon, page):
    daemon.sender.script["push"] = [TemporaryFailure("no\x00pe \x1b[31m \ud800 " + "x" * 5000)]
    await daemon.settle()
    row = await one(daemon)
    assert row.state == "pending"
    assert "\x00" not in row.error
    assert "\x1b" not in row.error
    assert len(row.error) <= 500


async def test_what_is_being_sent_while_somebody_acknowledges_goes_out(daemon, page):
    async def acknowledge(instance, notification):
        daemon.sender.during = None
        await daemon.core.pages.acknowledge(page.id, "ada")

    daemon.sender.during = acknowledge
    await daemon.settle()
    assert (await daemon.page()).state == "acknowledged"
    assert (await one(daemon)).state == "sent"


async def test_what_fails_after_the_acknowledgement_is_not_tried_again(daemon, page):
    async def acknowledge(instance, notification):
        await daemon.core.pages.acknowledge(page.id, "ada")

    daemon.sender.during = acknowledge
    daemon.sender.script["push"] = [TemporaryFailure("busy")]
    await daemon.advance(HOUR)
    assert len(daemon.sender.sent) == 1
    assert (await one(daemon)).state == "cancelled"


async def test_a_crash_while_sending_sends_again_after_the_lease_with_the_same_key(daemon, page):
    (claimed,) = await daemon.store.write(lambda tx: claims.claim(tx, "dead", LEASE, 10))
    await daemon.restart()
    await daemon.send_due()
    assert daemon.sender.sent == []
    daemon.clock.advance(LEASE - timedelta(seconds=1))
    await daemon.send_due()
    assert daemon.sender.sent == []
    daemon.clock.advance(1)
    await daemon.send_due()
    assert keys(daemon) == {claimed.idempotency_key}
    assert (await one(daemon)).attempt == 2


async def test_the_late_outcome_of_an_attempt_that_was_taken_over_changes_nothing(daemon, page):
    (old,) = await daemon.store.write(lambda tx: claims.claim(tx, "slow", LEASE, 10))
    daemon.clock.advance(LEASE)
    await daemon.send_due()
    assert (await one(daemon)).state == "sent"
    worker = daemon.core.deliveries
    await daemon.store.write(lambda tx: worker._outcomes.give_up(tx, Claimed(old), "too late"))
    await daemon.store.write(lambda tx: worker._outcomes.try_again(tx, Claimed(old), "too late"))
    await daemon.store.write(lambda tx: worker._outcomes.sent(tx, Claimed(old), Receipt(vendor_id="late")))
    row = await one(daemon)
    assert (row.state, row.vendor_id) == ("sent", "")
    assert len(await daemon.events("delivery.sent")) == 1
    assert await daemon.events("delivery.failed", "delivery.retrying") == []


@several_nodes
async def test_two_nodes_claim_each_message_once(daemon, make_store):
    handles = [f"p{number}" for number in range(60)]
    daemon.roster = daemon.roster_of(
        [daemon.person(handle, "push") for handle in handles], [daemon.policy("default", (300, *handles))]
    )
    daemon.route(group_wait=timedelta(0))
    await daemon.fire()
    await daemon.route_all()
    other = daemon.core_on(await make_store(), node="n2")
    await asyncio.gather(daemon.send_due(), daemon.send_due(other))
    assert sorted(person for person, _ in daemon.sender.told()) == sorted(handles)


@several_nodes
async def test_two_nodes_fire_each_timer_and_route_each_alert_once(daemon, make_store):
    other = daemon.core_on(await make_store(), node="n2")
    for number in range(20):
        await daemon.fire(f"a{number}")
    await asyncio.gather(daemon.route_all(), other._loops[0]._work())
    await daemon.route_all()
    daemon.clock.advance(30)
    await asyncio.gather(daemon.fire_timers(), other._loops[2]._work())
    assert len(await daemon.events("alert.fired")) == 20
    assert len(await daemon.pages()) == 20
    assert len(await daemon.events("page.step")) == 20
    seqs = [event.seq for event in await daemon.events()]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_draining_waits_for_what_is_being_sent(daemon, page):
    sending, release = asyncio.Event(), asyncio.Event()

    async def slow(instance, notification):
        sending.set()
        await release.wait()

    daemon.sender.during = slow
    daemon.core.deliveries.loop.start()
    await sending.wait()
    drained = asyncio.create_task(daemon.core.deliveries.drain(5))
    await asyncio.sleep(0.01)
    assert not drained.done()
    release.set()
    await drained
    assert (await one(daemon)).state == "sent"


async def test_draining_gives_up_on_a_hanging_notifier(daemon, page):
    sending = asyncio.Event()

    async def hang(instance, notification):
        sending.set()
        await asyncio.Event().wait()

    daemon.sender.during = hang
    daemon.core.deliveries.loop.start()
    await sending.wait()
    await daemon.core.deliveries.drain(0.05)
    assert (await one(daemon)).state == "sending"  # another process sends it after the lease


@pytest.mark.both_engines
async def test_a_test_message_goes_to_the_callers_own_contact(daemon):
    shown = await daemon.core.pages.test("push", "ada")
    assert (shown.kind, shown.state, shown.page_id) == ("test", "pending", 0)
    await daemon.settle()
    (message,) = [message for _, message in daemon.sender.sent]
    assert (message.recipient, message.address) == ("ada", "ada@push")
    assert message.acknowledge_url.startswith("https://incidents.example/ack/")  # she can prove that she got it
    with pytest.raises(Invalid):
        await daemon.core.pages.test("mail", "ada")
    with pytest.raises(Invalid):
        await daemon.core.pages.test("push", "uid:7")


async def test_what_became_of_a_message_is_stored_once_the_store_is_back(daemon, page, monkeypatch):
    """Else what arrived would be sent again when its lease has run out."""
    monkeypatch.setattr(delivery, "KEEP_PAUSE", 0.0)
    backend, away = daemon.store.backend, iter([True, True, True, False])
    commit = backend.commit

    async def fails(*args):
        if next(away, False):
            raise OSError("the database is away")
        return await commit(*args)

    async def goes_away(instance, notification):
        monkeypatch.setattr(backend, "commit", fails)

    daemon.sender.during = goes_away
    await daemon.send_due()
    assert (await one(daemon)).state == "sent"
    assert len(daemon.sender.sent) == 1
    assert next(away, None) is None
