"""Exchanging the key that signs links: without a gap, or at once."""

from datetime import timedelta

import pytest

from incidentd.services.links import sign
from incidentd.services.signing_keys import ADDRESSES, LINKS, SigningKeys

SECOND = timedelta(seconds=1)


@pytest.fixture
async def link(daemon):
    """The token of the link in ada's message about P-1."""
    await daemon.fire()
    await daemon.advance(30)
    return daemon.sender.sent[0][1].acknowledge_url.rpartition("/")[2]


async def calendar_of(daemon) -> str:
    return (await daemon.core.feeds.url("person", "ada")).url.rpartition("/")[2]


async def test_what_is_out_holds_until_it_runs_out(daemon, link):
    keys, calendar, thread = daemon.core.operations.keys, await calendar_of(daemon), daemon.core.links.thread(1)
    before = keys.key
    daemon.clock.advance(LINKS - SECOND)  # the key is exchanged just before the link runs out
    shown = await keys.rotate(at_once=False, actor="ada")
    now = daemon.clock.now()
    assert (shown.since, shown.before[0].links_until) == (now, now + LINKS)
    assert keys.key != before
    assert (await daemon.core.links.describe(link)).state == "open"
    expires = int((now + 52 * LINKS).timestamp())
    assert await daemon.core.links.describe(sign(before, "1", "ada", expires)) is not None
    daemon.clock.advance(LINKS)
    assert await daemon.core.links.describe(sign(before, "1", "ada", expires)) is None, "whatever it says of its end"
    assert await daemon.core.links.describe(sign(keys.key, "1", "ada", expires)) is not None
    assert await daemon.core.feeds.read(calendar) is not None
    fresh = await calendar_of(daemon)
    assert fresh != calendar
    daemon.clock.advance(ADDRESSES - LINKS)
    assert await daemon.core.feeds.read(calendar) is None
    assert await daemon.core.feeds.read(fresh) is not None
    assert daemon.core.links.thread(1) == thread, "messages about a page stay together"
    assert (await keys.state()).before == ()


async def test_a_key_that_got_out_is_void_at_once(daemon, link):
    keys, calendar = daemon.core.operations.keys, await calendar_of(daemon)
    await keys.rotate(at_once=False, actor="ada")
    await keys.rotate(at_once=True, actor="ada")
    assert await daemon.core.links.acknowledge(link) is None
    assert await daemon.core.feeds.read(calendar) is None
    assert (await daemon.page()).state == "open"


async def test_several_keys_hold_at_once(daemon, link):
    for _ in range(3):
        await daemon.core.operations.keys.rotate(at_once=False, actor="ada")
    assert len((await daemon.core.operations.keys.state()).before) == 3
    assert (await daemon.core.links.acknowledge(link)).state == "acknowledged"


@pytest.mark.both_engines
async def test_another_node_and_another_start_know_of_it(daemon):
    keys, other = daemon.core.operations.keys, SigningKeys(daemon.store)
    await other.start()
    assert other.key == keys.key
    await keys.rotate(at_once=False, actor="ada")
    await other._look()
    assert (other.key, other.live(LINKS), other.installation) == (keys.key, keys.live(LINKS), keys.installation)
    await other.rotate(at_once=True, actor="ada")
    await keys._look()
    daemon.clock.advance(timedelta(seconds=10))
    await keys._look()
    assert keys.live(LINKS) == (other.key,)


async def test_no_event_has_a_key(daemon):
    await daemon.core.operations.keys.rotate(at_once=False, actor="ada")
    (event,) = [one for one in (await daemon.core.events.page(0, 100)).events if one.kind == "keys.rotated"]
    assert (event.actor, event.subject, event.data) == ("ada", "daemon:0", {"at_once": False})
