"""Limits of a contact method: what is held goes out as one message, nothing is lost and nothing is told twice."""

import re
from datetime import timedelta

import pytest

from incidentd import wire
from incidentd.domain.contact_limits import Limits
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd.pluginhost.sending import Quarantined
from incidentd.services.outbox import LEASE
from incidentd.storage import claims, contacts, deliveries

SECOND = timedelta(seconds=1)


@pytest.fixture
async def daemon(daemon):
    """Ada has one contact method, and what fires is told at once, each by itself."""
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push")], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    return daemon


async def send(daemon, title, urgency="high"):
    return await daemon.core.pages.raise_page(wire.RaisePage(title=title, service="default", urgency=urgency), "lin")


def titles(daemon):
    return [message.title for _, message in daemon.sender.sent]


async def states(daemon):
    return [row.state for page in await daemon.pages() for row in await daemon.deliveries(page.id)]


def links(text):
    return re.findall(r"https://incidents.example/ack/([\w-]+)", text)


@pytest.mark.both_engines
async def test_a_storm_is_one_message_and_then_one_a_minute(daemon):
    for number in range(4):
        await send(daemon, f"page {number}")
        await daemon.settle()
    assert titles(daemon) == ["page 0"]
    await daemon.advance(59)
    assert len(daemon.sender.sent) == 1
    await daemon.advance(1)
    assert titles(daemon) == ["page 0", "3 more pages: page 1"]
    body = daemon.sender.sent[1][1].body
    for number in (1, 2, 3):
        assert f"P-{number + 1} page {number}" in body
    assert await states(daemon) == ["sent"] * 4
    await daemon.advance(3600)  # and no more
    assert len(daemon.sender.sent) == 2
    assert (await daemon.core.pages.list("all", "ada", 9, "", "ada")).total == 4


async def test_the_trace_says_why_it_waited_and_with_what_it_went(daemon):
    await send(daemon, "one")
    await daemon.settle()
    await send(daemon, "two")
    await send(daemon, "three")
    await daemon.advance(60)
    shown = await daemon.core.pages.get(2, "ada")
    texts = [step.text for step in shown.steps]
    assert any(
        re.fullmatch(r"page to ada by push waits until \S+: the limit of 1/1m to this contact method", t) for t in texts
    )
    assert "page to ada by push was sent in one message with 1 others" in texts
    (row,) = shown.deliveries
    assert (row.title, row.sent_title, row.state) == ("two", "2 more pages: two", "sent")
    assert row.held == "the limit of 1/1m to this contact method"
    assert "P-3 three" in row.sent_body
    assert len([e for e in await daemon.events("delivery.held") if e.subject == "page:2"]) == 1


async def test_each_page_of_a_bundle_can_be_acknowledged_and_all_at_once(daemon):
    for title in ("one", "two", "three", "four"):
        await send(daemon, title)
        await daemon.settle()
    await daemon.advance(60)
    message = daemon.sender.sent[1][1]
    single = dict(re.findall(r"Acknowledge (P-\d+): https://incidents.example/ack/([\w-]+)", message.body))
    assert list(single) == ["P-2", "P-3", "P-4"]
    await daemon.core.links.acknowledge(single["P-3"])
    assert [page.state for page in await daemon.pages()] == ["open", "open", "acknowledged", "open"]
    (everything,) = links(message.acknowledge_url)
    assert (await daemon.core.links.describe(everything)).state == "open"
    done = await daemon.core.links.acknowledge(everything)
    assert (done.state, done.acknowledged_by, done.kind) == ("acknowledged", "ada", "bundle")
    assert [page.state for page in await daemon.pages()] == ["open", *["acknowledged"] * 3]


async def test_pages_of_one_instant_are_one_message_at_once(daemon):
    await send(daemon, "one")
    await send(daemon, "two")
    await daemon.settle()
    assert titles(daemon) == ["2 pages: one"]


async def test_urgent_passes_what_is_not(daemon):
    await send(daemon, "low one", "low")
    await daemon.settle()
    await send(daemon, "low two", "low")
    await daemon.settle()
    assert titles(daemon) == ["low one"]
    await send(daemon, "urgent")
    await daemon.settle()
    assert titles(daemon) == ["low one", "urgent"]
    await daemon.advance(60)
    assert titles(daemon) == ["low one", "urgent", "low two"]


async def test_what_was_acknowledged_while_it_waited_is_not_sent(daemon):
    for title in ("one", "two", "three"):
        await send(daemon, title)
        await daemon.settle()
    await daemon.core.pages.acknowledge(2, "lin")
    await daemon.advance(60)
    assert titles(daemon) == ["one", "three"]
    dropped = await daemon.events("delivery.dropped")
    assert [event.subject for event in dropped] == ["page:2"]
    assert "was not sent: it was over" in (await daemon.core.pages.get(2, "ada")).steps[-2].text


async def test_a_bundle_survives_a_crash_and_is_sent_again_as_it_was(daemon):
    for title in ("one", "two", "three"):
        await send(daemon, title)
        await daemon.settle()
    daemon.clock.advance(60)
    worker = daemon.core.deliveries
    (claimed,) = await daemon.store.write(lambda tx: worker._outbox.claim(tx, {"push": 32}))
    assert len(claimed.parts) == 2
    await daemon.restart()
    await daemon.settle()
    assert len(daemon.sender.sent) == 1  # another node's lease would still run
    await daemon.advance(LEASE)
    assert titles(daemon) == ["one", "2 more pages: two"]
    message = daemon.sender.sent[1][1]
    assert (message.idempotency_key, message.attempt) == (claimed.row.idempotency_key, 2)
    assert await states(daemon) == ["sent"] * 3


async def test_held_messages_survive_a_restart(daemon):
    for title in ("one", "two", "three"):
        await send(daemon, title)
        await daemon.settle()
    await daemon.restart()
    await daemon.advance(59)
    assert len(daemon.sender.sent) == 1
    await daemon.advance(1)
    assert titles(daemon) == ["one", "2 more pages: two"]


@pytest.mark.both_engines
async def test_a_failed_bundle_is_tried_again_until_nobody_needs_it(daemon):
    for title in ("one", "two", "three"):
        await send(daemon, title)
        await daemon.settle()
    daemon.sender.script["push"] = [TemporaryFailure("busy"), TemporaryFailure("busy")]
    await daemon.advance(60)
    assert len(daemon.sender.sent) == 2
    await daemon.core.pages.acknowledge(2, "lin")
    await daemon.advance(5)
    assert len(daemon.sender.sent) == 3  # the third page still asks for somebody
    await daemon.core.pages.acknowledge(3, "lin")
    await daemon.advance(600)
    assert len(daemon.sender.sent) == 3
    assert await states(daemon) == ["sent", "cancelled", "cancelled"]


async def test_what_failed_does_not_count_and_holds_nothing_up(daemon):
    daemon.sender.script["push"] = [PermanentFailure("no such topic")]
    await send(daemon, "one")
    await daemon.settle()
    await send(daemon, "two")
    await daemon.settle()
    assert titles(daemon) == ["one", "two"]


async def test_each_part_of_a_bundle_that_fails_for_good_goes_by_the_next_method(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 900))], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    daemon.sender.always["push"] = PermanentFailure("revoked")
    await send(daemon, "one")
    await send(daemon, "two")
    await daemon.settle()
    assert [(instance, message.title) for instance, message in daemon.sender.sent] == [
        ("push", "2 pages: one"),
        ("phone", "2 pages: one"),
    ]
    assert await states(daemon) == ["failed", "sent", "failed", "sent"]


async def test_test_messages_and_silent_notifiers_have_no_limit(daemon):
    daemon.sender.able["push"] = {"silent"}
    for title in ("one", "two"):
        await send(daemon, title)
    await daemon.settle()
    assert titles(daemon) == ["one", "two"]
    daemon.sender.able["push"] = set()
    await send(daemon, "three")
    await daemon.core.pages.test("push", "ada")
    await daemon.core.pages.test("push", "ada")
    await daemon.settle()
    assert titles(daemon)[2:].count("Test page from incidentd") == 2
    assert "three" in titles(daemon)


async def test_a_contact_has_limits_of_its_own(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", "mail"), daemon.person("lin", "push")],
        [daemon.policy("default", (7200, "ada", "lin"))],
    )
    daemon.process = type(daemon.process)(
        version="t", route=daemon.process.route, limits=Limits(by_notifier={"mail": ()})
    )
    for number in range(2):
        await daemon.core.pages.raise_page(wire.RaisePage(title=f"p{number}", service="default"), "lin")
        await daemon.settle()
    assert sorted(daemon.sender.told()) == [("ada", "mail"), ("ada", "mail"), ("ada", "push"), ("lin", "push")]
    await daemon.advance(60)
    assert len(daemon.sender.sent) == 6


several_nodes = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # a process owns its SQLite file


@several_nodes
async def test_two_nodes_keep_one_limit(daemon, make_store):
    other = daemon.core_on(await make_store(), node="n2")
    await other.operations.keys.start()
    for number in range(6):
        await send(daemon, f"p{number}")
        await daemon.send_due(other if number % 2 else None)
    assert titles(daemon) == ["p0"]
    daemon.clock.advance(60)
    await daemon.send_due(other)
    await daemon.send_due()
    assert titles(daemon) == ["p0", "5 more pages: p1"]
    known = await daemon.store.read(contacts.everything)
    assert len(known[("ada", "push", "ada@push")].slots) == 1
    assert await daemon.store.read(lambda conn: deliveries.counts(conn, daemon.clock.now())) == (0, 0)


# ------------------------------------------------------------------ the next method
async def test_a_method_in_trouble_is_joined_by_the_next_within_a_minute_and_tried_on(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 900))], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    daemon.sender.always["push"] = TemporaryFailure("HTTP 500")
    await send(daemon, "one")
    await daemon.advance(10)
    assert daemon.sender.told() == [("ada", "push"), ("ada", "push"), ("ada", "phone")]
    daemon.sender.always.clear()
    await daemon.advance(60)
    assert daemon.sender.told()[-1] == ("ada", "push")
    assert await states(daemon) == ["sent", "sent"]
    (event,) = await daemon.events("delivery.fallback")
    assert event.data["error"] == "HTTP 500"


async def test_a_notifier_that_is_known_to_be_down_is_joined_at_once(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 900))], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    daemon.sender.script["push"] = [Quarantined("push is quarantined")]
    await send(daemon, "one")
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "push"), ("ada", "phone")]


async def test_a_notifier_that_hangs_is_joined_within_a_minute(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push", ("phone", 900))], [daemon.policy("default", (7200, "ada"), repeat=0)]
    )
    await send(daemon, "one")
    await daemon.store.write(lambda tx: claims.claim(tx, "hangs", timedelta(hours=1), 1))
    await daemon.advance(44)
    await daemon.settle()
    assert daemon.sender.sent == []
    daemon.clock.advance(2)
    await daemon.settle()
    assert daemon.sender.told() == [("ada", "phone")]
    (event,) = await daemon.events("delivery.fallback")
    assert event.data["error"] == "not out within 45 s"


@pytest.mark.both_engines
async def test_what_waited_for_a_paused_notifier_comes_as_one_message(daemon):
    daemon.sender.always["push"] = Quarantined("push is quarantined", retry_after=30)
    daemon.sender.states["push"] = "quarantined"
    for number in range(9):
        await send(daemon, f"page {number}")
        await daemon.settle()
        await daemon.advance(7)
    daemon.sender.sent.clear()
    del daemon.sender.always["push"]
    await daemon.advance(120)
    assert len(daemon.sender.sent) == 2, "one that tries, and all the others a minute later"
    assert await states(daemon) == ["sent"] * 9
    await daemon.advance(3600)
    assert len(daemon.sender.sent) == 2


async def test_what_may_have_arrived_keeps_its_key_while_its_notifier_is_paused(daemon):
    daemon.sender.script["push"] = [TimeoutError(), Quarantined("push is quarantined", retry_after=30)]
    await send(daemon, "one")
    await daemon.settle()
    await send(daemon, "two")
    await daemon.advance(120)
    keys = [message.idempotency_key for _, message in daemon.sender.sent if message.title == "one"]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert titles(daemon).count("two") == 1


async def test_a_message_that_went_in_many_bundles_is_given_up_at_last(daemon):
    daemon.sender.always["push"] = TemporaryFailure("HTTP 500")
    await send(daemon, "page 0")
    for number in range(1, 13):
        await send(daemon, f"page {number}")
        await daemon.settle()
        daemon.clock.advance(5)  # when the bundle before is tried again
    (first,) = await daemon.deliveries(1)
    assert first.state == "failed"
    assert "gave up after 12 attempts" in first.error
    assert await states(daemon) == ["failed", "failed", *["bundled"] * 11]
