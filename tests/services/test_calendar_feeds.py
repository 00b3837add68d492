"""Calendar feeds: what is in them, whose address is good, and for how long."""

import base64
from datetime import time, timedelta

import icalendar
import pytest

from incidentd.domain.people import Layer, Rotation, Schedule, Team, Unit
from incidentd.services.errors import NotFound

DAY = timedelta(days=1)


@pytest.fixture
def feeds(daemon):
    rotation = Rotation(people=("ada", "lin"), start=daemon.clock.now().date(), handover=time(0), unit=Unit.DAYS)
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin")],
        [],
        schedules={"first": Schedule(name="first", layers=(Layer(name="all", rotation=rotation),))},
        teams={"web": Team(name="web", members=("lin", "sam"))},
    )
    return daemon.core.feeds


def token(address) -> str:
    assert address.url.startswith("https://incidents.example/calendar/")
    return address.url.rpartition("/")[2]


async def shown(feeds, kind, name):
    text = await feeds.read(token(await feeds.url(kind, name)))
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return [(str(one["SUMMARY"]).partition(":")[0], one["DTSTART"].dt, one["DTEND"].dt) for one in events]


async def test_a_person_a_schedule_and_a_team_have_their_own_shifts(feeds, daemon):
    now = daemon.clock.now()
    everybody = await shown(feeds, "schedule", "first")
    assert {who for who, _, _ in everybody} == {"ada", "lin"}
    assert everybody[-1][2] == now + 180 * DAY
    ada = await shown(feeds, "person", "ada")
    assert ada == [one for one in everybody if one[0] == "ada"]
    assert await shown(feeds, "team", "web") == [one for one in everybody if one[0] == "lin"]


async def test_events_keep_their_ids_from_fetch_to_fetch(feeds):
    address = token(await feeds.url("person", "lin"))
    first, again = await feeds.read(address), await feeds.read(address)
    ids = [str(one["UID"]) for one in icalendar.Calendar.from_ical(first).walk("VEVENT")]
    assert len(set(ids)) == len(ids) > 80
    assert first == again


@pytest.mark.both_engines
async def test_a_revoked_address_is_void_and_another_one_is_given(feeds, daemon):
    old = token(await feeds.url("person", "ada"))
    other = token(await feeds.url("person", "lin"))
    fresh = token(await feeds.revoke("person", "ada", "ada"))
    assert await feeds.read(old) is None
    assert await feeds.read(fresh) is not None
    assert token(await feeds.url("person", "ada")) == fresh
    assert token(await feeds.revoke("person", "ada", "ada")) not in (old, fresh)
    assert await feeds.read(fresh) is None
    assert await feeds.read(other) is not None
    assert [one.subject for one in await daemon.events("calendar.revoked")] == ["person:ada"] * 2


async def test_what_was_not_signed_here_is_nobodys(feeds, daemon):
    good = token(await feeds.url("person", "ada"))
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    forged = base64.urlsafe_b64encode(raw.replace(b".ada", b".lin")).decode()
    for bad in ("", "x", good[:-4], good + "A", forged, "ä", "%00"):
        assert await feeds.read(bad) is None
    await daemon.core.operations.keys.rotate(at_once=True, actor="ada")
    assert await feeds.read(good) is None


async def test_who_has_left_the_roster_has_no_calendar(feeds, daemon):
    address = token(await feeds.url("person", "ada"))
    daemon.roster = daemon.roster_of([daemon.person("lin", "push")], [])
    assert await feeds.read(address) is None
    for kind, name in (("person", "ada"), ("group", "x"), ("schedule", "none")):
        with pytest.raises(NotFound):
            await feeds.url(kind, name)
