"""The room: presence in memory and never in the log, pins, and updates that somebody has not seen yet."""

import asyncio

import pytest

from incidentd.domain.presence import GONE_SECONDS
from incidentd.domain.severity import Severity
from incidentd.services import presence as module
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.pins import Pins
from incidentd.services.presence import Presences
from incidentd.wire.experiments import StartRetro
from incidentd.wire.incidents import AddNote, DeclareIncident, PostUpdate
from incidentd.wire.pins import Pin
from incidentd.wire.presence import BePresent


class Ticks:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def beat(session="t1", **values):
    return BePresent(session=session, **values)


@pytest.fixture
async def room(daemon):
    """The number of a new incident."""
    return (await daemon.core.incidents.declare(DeclareIncident(title="Cards", severity=Severity.SEV2), "ada")).id


def seen(presence):
    return [(one.person, one.state, one.what) for one in presence.here]


async def test_who_is_here_until_they_leave_or_fall_silent(daemon, room):
    ticks = Ticks()
    presences = Presences(daemon.store, ticks)
    before = await daemon.events()
    await presences.say(room, beat(what="timeline"), "ada")
    shown = await presences.say(room, beat("t2", state="writing", what="update #2"), "lin")
    assert seen(shown) == [("ada", "viewing", "timeline"), ("lin", "writing", "update #2")]
    daemon.clock.advance(10)
    ticks.now += 10
    again = await presences.say(room, beat("t2", state="writing", what="update #2"), "lin")
    assert again == shown  # a beat that says nothing new is no new version, and they write since they began
    await presences.say(room, beat("t3", state="away", idle=240), "mei")
    away = (await presences.who(room)).here[-1]
    assert (away.state, (daemon.clock.now() - away.since).total_seconds()) == ("away", 240)
    ticks.now += GONE_SECONDS - 10
    assert seen(await presences.who(room)) == [("lin", "writing", "update #2"), ("mei", "away", "")]  # ada was killed
    await presences.say(room, beat("t2", state="left"), "lin")
    assert seen(await presences.who(room)) == [("mei", "away", "")]
    assert await daemon.events() == before


async def test_who_waits_hears_of_a_change_at_once_and_of_the_end(daemon, room):
    presences = Presences(daemon.store)
    version = (await presences.say(room, beat(), "ada")).version
    waiting = asyncio.create_task(presences.who(room, version, 20))
    await asyncio.sleep(0)
    await presences.say(room, beat("t2"), "lin")
    assert [one.person for one in (await asyncio.wait_for(waiting, 2)).here] == ["ada", "lin"]
    latest = (await presences.who(room)).version
    assert (await presences.who(room, latest, 0.02)).version == latest
    ending = asyncio.create_task(presences.who(room, latest, 20))
    await asyncio.sleep(0)
    presences.close()
    assert (await asyncio.wait_for(ending, 2)).version == latest


async def test_rooms_that_everybody_left_are_forgotten(daemon, room, monkeypatch):
    monkeypatch.setattr(module, "_ROOMS", 2)
    ticks = Ticks()
    presences = Presences(daemon.store, ticks)
    await presences.say(room, beat(), "ada")
    for _ in range(3):
        other = await daemon.core.incidents.declare(DeclareIncident(title="Mail", severity=Severity.SEV3), "ada")
        await presences.who(other.id)
    assert len(presences._rooms) == 2
    assert seen(await presences.who(room)) == [("ada", "viewing", "")]


async def test_a_process_retro_is_a_room_of_its_own(daemon, room):
    retro = (await daemon.core.retros.retros.start(StartRetro(), "ada")).retro.id
    assert retro == room
    presences = Presences(daemon.store)
    await presences.say(retro, beat(state="writing", what="an idea"), "ada", of="retro")
    assert seen(await presences.who(retro, of="retro")) == [("ada", "writing", "an idea")]
    assert seen(await presences.who(room)) == []
    with pytest.raises(NotFound):
        await presences.who(99, of="retro")


async def test_there_is_no_room_without_an_incident(daemon):
    presences = Presences(daemon.store)
    with pytest.raises(NotFound):
        await presences.say(77, beat(), "ada")
    with pytest.raises(NotFound):
        await presences.who(77)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_two_nodes_tell_each_other(daemon, room, make_store):
    here, there = Presences(daemon.store), Presences(await make_store())
    version = 0
    for _ in range(100):  # the other node may not listen yet; its next beat is heard
        await here.say(room, beat(), "ada")
        told = await there.who(room, version, 0.1)
        if told.here:
            break
    assert seen(told) == [("ada", "viewing", "")]
    await here.say(room, beat(state="left"), "ada")
    assert (await there.who(room, told.version, 5)).here == ()


async def test_an_entry_is_pinned_once_and_its_pin_taken_off(daemon, room):
    pins = Pins(daemon.store)
    note = await daemon.core.incidents.add_note(room, AddNote(text="5xx from v512 only"), "lin")
    assert (await pins.pin(room, Pin(seq=note.seq), "ada")).pinned
    assert (await pins.pin(room, Pin(seq=note.seq), "mei")).pinned  # it is so already
    events = await daemon.events("incident.pinned")
    assert [(one.actor, one.data["text"]) for one in events] == [("ada", "5xx from v512 only")]
    told = (await daemon.core.incidents.timeline(room)).entries
    assert [one.text for one in told if one.pinned] == ["5xx from v512 only"]
    assert not (await pins.pin(room, Pin(seq=note.seq, pinned=False), "ada")).pinned
    assert not any(one.pinned for one in (await daemon.core.incidents.timeline(room)).entries)
    with pytest.raises(Invalid, match="no entry 9999"):
        await pins.pin(room, Pin(seq=9999), "ada")


async def test_an_update_that_its_writer_has_not_seen_is_read_before_another_goes_out(daemon, room):
    post = daemon.core.incidents.post_update
    first = await post(room, PostUpdate(text="we look", phase="investigating", seen=0), "ada")
    with pytest.raises(Conflict, match="ada sent an update meanwhile") as refused:
        await post(room, PostUpdate(text="we look into it", phase="investigating", seen=0), "lin")
    assert refused.value.current == first
    await post(room, PostUpdate(text="we roll back", phase="identified", seen=first.id), "lin")
    await post(room, PostUpdate(text="it is over", phase="monitoring"), "mei")  # a script that asks for nothing
    detail = await daemon.core.incidents.get(room)
    assert [one.by for one in detail.updates] == ["ada", "lin", "mei"]
