"""Drafts belong to their writer; answers are remembered for a day."""

from datetime import timedelta

import pytest

from incidentd.services.drafts import Drafts
from incidentd.services.errors import Invalid
from incidentd.services.idempotency import PURGE, Answers
from incidentd.storage import answers, timers


async def test_a_draft_is_found_again_by_its_writer_only(store, clock):
    drafts = Drafts(store)
    assert (await drafts.get("ada", "incident/1/update")).saved_at is None
    saved = await drafts.put("ada", "incident/1/update", "We are\nlooking → into it")
    assert saved.saved_at == clock.now()
    assert await drafts.get("ada", "incident/1/update") == saved
    assert (await drafts.get("lin", "incident/1/update")).text == ""


async def test_a_draft_is_replaced_emptied_and_deleted(store):
    drafts = Drafts(store)
    await drafts.put("ada", "k", "one")
    assert (await drafts.put("ada", "k", "two")).text == "two"
    assert (await drafts.put("ada", "k", "")).saved_at is None
    await drafts.put("ada", "k", "three")
    await drafts.delete("ada", "k")
    await drafts.delete("ada", "k")
    assert (await drafts.get("ada", "k")).text == ""


@pytest.mark.parametrize("key", ["", "x" * 201, "a\0b"])
async def test_a_bad_key_is_named(store, key):
    with pytest.raises(Invalid) as error:
        await Drafts(store).put("ada", key, "text")
    assert error.value.field == "key"


async def test_an_answer_is_remembered_for_its_caller(store):
    remembered = Answers(store)
    assert await remembered.find("ada", "k") is None
    await remembered.remember("ada", "k", "digest", 201, '{"text":"→"}'.encode())
    assert await remembered.find("ada", "k") == ("digest", 201, '{"text":"→"}'.encode())
    assert await remembered.find("lin", "k") is None


async def test_an_answer_is_forgotten_after_a_day_and_then_purged(store, clock):
    remembered = Answers(store)
    await remembered.remember("ada", "old", "d", 200, b"{}")
    clock.advance(timedelta(hours=1))
    await remembered.remember("ada", "new", "d", 200, b"{}")
    clock.advance(timedelta(hours=23))
    assert await remembered.find("ada", "old") is None
    assert await remembered.find("ada", "new") is not None
    (due,) = await store.read(lambda conn: timers.due(conn, clock.now(), 9))

    def fire(tx):
        timer = timers.take(tx, due)
        assert timer is not None
        assert timer.kind == PURGE
        remembered.handlers()[PURGE](tx, timer)

    await store.write(fire)
    assert await store.read(lambda conn: answers.find(conn, "ada", "old")) is None
    assert await store.read(lambda conn: answers.find(conn, "ada", "new")) is not None
    assert await store.read(timers.next_due) == clock.now() + timedelta(hours=1)


async def test_nothing_is_armed_when_there_is_nothing_to_purge(store, clock):
    remembered = Answers(store)
    await remembered.start()
    assert await store.read(timers.next_due) is None
    await remembered.remember("ada", "k", "d", 200, b"{}")
    clock.advance(timedelta(days=3))
    await remembered.start()
    assert await store.read(timers.next_due) == clock.now() + timedelta(minutes=10)


async def test_a_key_used_again_after_a_day_has_the_new_answer(store, clock):
    remembered = Answers(store)
    await remembered.remember("ada", "k", "d1", 200, b"1")
    clock.advance(timedelta(days=2))
    await remembered.remember("ada", "k", "d2", 201, b"2")
    assert await remembered.find("ada", "k") == ("d2", 201, b"2")
