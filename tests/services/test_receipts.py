"""What vendors say later: it arrived, it was read, or it never will."""

import pytest

from incidentd import wire
from incidentd.plugin.values import Receipt, ReceiptOutcome
from incidentd.storage import deliveries


@pytest.fixture
async def daemon(daemon):
    """Ada is written to by push, and by phone a quarter of an hour later."""
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 900))], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    daemon.sender.always["push"] = Receipt(vendor_id="v-1")
    return daemon


async def send(daemon, title="one"):
    await daemon.core.pages.raise_page(wire.RaisePage(title=title, service="default"), "lin")


async def report(daemon, outcome, *, key="", vendor_id="", instance="push", detail=""):
    return await daemon.core.receipts.report(
        instance, ReceiptOutcome(outcome), idempotency_key=key, vendor_id=vendor_id, detail=detail
    )


async def row(daemon, page_id=1, at=0):
    return (await daemon.deliveries(page_id))[at]


@pytest.mark.both_engines
async def test_arrival_and_reading_are_shown_and_told_once(daemon):
    await send(daemon)
    await daemon.settle()
    assert (await row(daemon)).state == "sent"
    assert await report(daemon, "delivered", vendor_id="v-1")
    assert await report(daemon, "delivered", key=(await row(daemon)).idempotency_key)
    daemon.clock.advance(30)
    assert await report(daemon, "read", vendor_id="v-1", detail="on the phone")
    (shown, _) = (await daemon.core.pages.get(1, "ada")).deliveries
    assert (shown.state, shown.read_at) == ("delivered", daemon.clock.now())
    assert shown.delivered_at < shown.read_at
    texts = [step.text for step in (await daemon.core.pages.get(1, "ada")).steps]
    assert [text for text in texts if "says its vendor" in text] == [
        "page to ada by push was delivered, says its vendor",
        "page to ada by push was read, says its vendor (on the phone)",
    ]


@pytest.mark.both_engines
async def test_a_late_failure_uses_the_next_method_at_once(daemon):
    await send(daemon)
    await daemon.settle()
    assert await report(daemon, "failed", vendor_id="v-1", detail="unknown subscriber")
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]
    first = await row(daemon)
    assert (first.state, first.error) == ("failed", "its vendor reported later: unknown subscriber")
    assert await report(daemon, "failed", vendor_id="v-1")
    assert len(await daemon.events("delivery.failed")) == 1


async def test_what_arrived_cannot_fail_any_more(daemon):
    await send(daemon)
    await daemon.settle()
    await report(daemon, "delivered", vendor_id="v-1")
    assert await report(daemon, "failed", vendor_id="v-1")
    assert (await row(daemon)).state == "delivered"


@pytest.mark.parametrize(
    "named", [{"vendor_id": "v-2"}, {"key": "nobody"}, {}, {"vendor_id": "v-1", "instance": "phone"}]
)
async def test_a_receipt_for_a_message_that_was_not_sent(daemon, named):
    await send(daemon)
    await daemon.settle()
    before = await daemon.events()
    assert not await report(daemon, "delivered", **named)
    assert await daemon.events() == before


async def test_an_arrival_stops_the_tries_after_an_unclear_answer(daemon):
    daemon.sender.script["push"] = [OSError("reset")]
    await send(daemon)
    await daemon.settle()
    assert await report(daemon, "delivered", key=(await row(daemon)).idempotency_key)
    await daemon.advance(600)
    assert daemon.sender.told() == [("ada", "push")]
    assert (await row(daemon)).state == "delivered"


async def test_a_receipt_that_overtakes_the_answer(daemon):
    async def during(instance, notification):
        assert await report(daemon, "delivered", key=notification.idempotency_key)

    daemon.sender.during = during
    await send(daemon)
    await daemon.settle()
    assert (await row(daemon)).state == "delivered"


async def test_the_receipt_of_a_bundle_is_that_of_its_parts(daemon):
    await send(daemon)
    await send(daemon, "two")
    await daemon.settle()
    assert len(daemon.sender.sent) == 1
    assert await report(daemon, "failed", vendor_id="v-1")
    await daemon.settle()
    assert [(await row(daemon, page_id)).state for page_id in (1, 2)] == ["failed", "failed"]
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]
    assert await daemon.store.read(lambda conn: deliveries.counts(conn, daemon.clock.now())) == (0, 2)
