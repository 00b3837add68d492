"""The first start after a restore: nobody is written to for what was settled in the time that is lost."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from incidentd.services.after_restore import GRACE, settle
from incidentd.storage import meta, schema
from incidentd.storage.restore import MARK, Restored

HOUR = timedelta(hours=1)


@pytest.fixture
def restored(daemon):
    """`await restored()`: a day later a backup of what is in the store now is put in its place, and a daemon starts."""

    async def restore(**values):
        last_seq = len(await daemon.events())
        daemon.clock.advance(timedelta(days=1))
        now = daemon.clock.now()
        mark = {"at": now, "file": "b.db", "last_seq": last_seq, "last_at": now - 24 * HOUR, "lost_seq": None}
        said = Restored(**mark | {"lost_at": None, "send_waiting": False} | values)
        text = msgspec.json.encode(said).decode()
        await daemon.store.write(lambda tx: meta.put(tx, MARK, text))
        daemon.sender.clear()
        await daemon.store.write(settle)
        return (await daemon.events("backup.restored"))[-1]

    return restore


@pytest.mark.both_engines
async def test_an_open_page_waits_for_senders_and_then_goes_on(daemon, restored):
    await daemon.fire()
    await daemon.advance(30)
    (page,) = await daemon.pages("open")
    event = await restored()
    assert event.data["waits_until"] == (daemon.clock.now() + GRACE).isoformat().replace("+00:00", "Z")
    await daemon.advance(GRACE - timedelta(seconds=1))
    assert daemon.sender.sent == []
    await daemon.advance(1)
    assert ("lin", "push") in daemon.sender.told()
    assert (await daemon.pages("open"))[0].id == page.id


async def test_what_is_over_meanwhile_is_no_longer_paged(daemon, restored):
    await daemon.fire()
    await daemon.advance(30)
    await restored()
    await daemon.resolve()
    await daemon.advance(24 * HOUR)
    assert daemon.sender.told() == []


@pytest.fixture
async def undelivered(daemon):
    """A message about a page that is in the outbox."""
    await daemon.fire()
    await daemon.advance(29)
    daemon.clock.advance(1)
    await daemon.fire_timers()
    row, *_ = await daemon.deliveries()
    assert row.state == "pending"
    return row


async def change(daemon, delivery, **values):
    statement = update(schema.deliveries).where(schema.deliveries.c.id == delivery.id).values(**values)
    await daemon.store.write(lambda tx: tx.conn.execute(statement))


async def test_a_message_about_an_open_page_is_sent_late_under_its_key(daemon, restored, undelivered):
    event = await restored()
    assert event.data["messages_waiting"] >= 1
    await daemon.advance(GRACE)
    keys = {one.idempotency_key for _, one in daemon.sender.sent}
    assert undelivered.idempotency_key in keys


async def test_another_message_is_given_up(daemon, restored, undelivered):
    await change(daemon, undelivered, page_id=None, kind="test")
    event = await restored()
    assert (event.data["messages_waiting"], event.data["messages_given_up"]) == (1, 1)
    await daemon.advance(GRACE)
    assert undelivered.idempotency_key not in {one.idempotency_key for _, one in daemon.sender.sent}


async def test_what_was_not_due_before_the_end_of_the_replaced_database_was_never_sent(daemon, restored, undelivered):
    await change(daemon, undelivered, page_id=None, kind="test", due_at=daemon.clock.now() + 2 * HOUR)
    event = await restored(lost_seq=999, lost_at=daemon.clock.now() + HOUR)
    assert event.data["messages_given_up"] == 0
    await daemon.settle()
    assert undelivered.idempotency_key in {one.idempotency_key for _, one in daemon.sender.sent}


@pytest.mark.parametrize("asked", ["to", "since nothing is lost"])
async def test_what_waits_is_sent_at_once(daemon, restored, undelivered, asked):
    event = await restored(**{"send_waiting": True} if asked == "to" else {"lost_seq": len(await daemon.events())})
    assert "waits_until" not in event.data
    await daemon.settle()
    assert undelivered.idempotency_key in {one.idempotency_key for _, one in daemon.sender.sent}


async def test_a_second_start_finds_nothing_to_take_up(daemon, restored):
    await restored()
    await daemon.store.write(settle)
    assert len(await daemon.events("backup.restored")) == 1


async def test_a_link_of_the_lost_time_is_about_nothing(daemon, restored):
    """The first page after the restore gets the number of one that is forgotten, and its message, too."""
    lost = daemon.core.links._url("1d1", "ada").rpartition("/")[2]
    await restored()
    await daemon.fire()
    await daemon.advance(30)
    (page,) = await daemon.pages("open")
    fresh = daemon.sender.sent[0][1].acknowledge_url.rpartition("/")[2]
    assert page.id == 1
    assert await daemon.core.links.describe(lost) is None
    assert await daemon.core.links.acknowledge(lost) is None
    assert (await daemon.page()).state == "open"
    assert (await daemon.core.links.acknowledge(fresh)).state == "acknowledged"


async def test_a_link_from_before_the_backup_is_as_good_as_it_was(daemon, restored):
    await daemon.fire()
    await daemon.advance(30)
    token = daemon.sender.sent[0][1].acknowledge_url.rpartition("/")[2]
    await restored()
    assert (await daemon.core.links.acknowledge(token)).acknowledged_by == "ada"
