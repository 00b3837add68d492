"""Rest after a heavy shift: seen from pages, offered when the person is awake, taken by call and by link."""

from datetime import time, timedelta

import pytest

from incidentd.domain.people import HandoverForm, Layer, Rotation, Schedule, Unit
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import RaisePage
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def team(daemon):
    """ada carries the pager today, lin tomorrow; it is nine in the morning."""
    rotation = Rotation(people=("ada", "lin"), start=daemon.clock.now().date(), handover=time(8), unit=Unit.DAYS)
    layers = (Layer(name="all", rotation=rotation),)
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={"first": Schedule(name="first", layers=layers, handover_form=HandoverForm.OFF)},
    )
    daemon.core.desk.rests.watch()
    return daemon


async def page(daemon, urgency="high"):
    made = await daemon.core.pages.raise_page(RaisePage(title="disk", service="default", urgency=urgency), "lin")
    await daemon.settle()
    await daemon.core.pages.acknowledge(made.id, "ada")
    await daemon.advance(3 * MINUTE)


async def at_night(daemon):
    """ada is paged at two in the morning."""
    await daemon.advance(17 * HOUR)
    await page(daemon)


async def offers(daemon, state="open"):
    return (await daemon.core.desk.rests.list(state, "")).rests


async def answer(daemon, rest_id=1, actor="ada", **what):
    return await daemon.core.desk.rests.answer(rest_id, wire_rest.AnswerRest(**what), actor)


def notes(daemon, person="ada"):
    return [one for _, one in daemon.sender.sent if one.recipient == person and one.kind == "update"]


async def test_a_page_at_night_is_followed_by_an_offer_in_the_morning(team):
    await at_night(team)
    (offer,) = await offers(team)
    assert (offer.person, offer.why, offer.count, offer.schedule) == ("ada", "sleep", 1, "first")
    assert offer.start_at == offer.last_at + 11 * HOUR
    assert offer.block_ends_at == offer.next_starts_at - DAY
    assert notes(team) == []  # nobody is woken to be told to rest
    await team.advance(5 * HOUR)
    (told,) = notes(team)
    assert told.title == "A heavy shift: rest first"
    assert "Start late: https://incidents.example/ack/" in told.body
    assert [one.kind for one in await team.events() if one.subject == "rest:1"] == ["rest.offered", "rest.told"]


async def test_the_team_sees_it_beside_who_is_on_call(team):
    await at_night(team)
    (now,) = (await team.core.roster.on_call()).schedules
    assert now.warnings[-1].startswith("was paged in their sleep hours at ")
    await answer(team, late=True)
    (now,) = (await team.core.roster.on_call()).schedules
    assert "starts late, at " in now.warnings[-1]


async def test_the_third_page_of_a_day_makes_it_heavy_and_not_the_second(team):
    for _ in range(2):
        await page(team)
    await page(team, urgency="low")
    assert await offers(team) == ()
    await page(team)
    (offer,) = await offers(team)
    assert (offer.why, offer.count) == ("many", 3)
    assert len(notes(team)) == 1


async def test_more_calls_make_the_start_later_and_no_second_offer(team):
    await at_night(team)
    (first,) = await offers(team)
    await team.advance(HOUR)
    await page(team)
    (second,) = await offers(team)
    assert (second.id, second.count) == (1, 2)
    assert second.start_at > first.start_at
    await team.advance(6 * HOUR)
    assert len(notes(team)) == 1
    await team.advance(2 * DAY)
    assert await offers(team) == ()
    assert [one.state for one in await offers(team, "all")] == ["over"]


@pytest.mark.both_engines
async def test_relief_and_the_next_block_are_asked_of_the_others(team):
    await at_night(team)
    done = await answer(team, relief=True, skip_next=True)
    assert (done.state, done.relief, done.skip) == ("taken", "Q-1", "Q-2")
    relief, skip = (await team.core.desk.requests.list("open", "lin")).requests[::-1]
    assert (relief.starts_at, relief.ends_at) == (team.clock.now(), done.block_ends_at)
    assert (skip.starts_at, skip.ends_at) == (done.next_starts_at, done.next_ends_at)
    again = await answer(team, relief=True, late=True)
    assert (again.relief, again.late) == ("Q-1", True)
    body = wire_requests.AnswerRequest(to="accepted")
    await team.core.desk.requests.answer(1, body, "lin", None)
    (now,) = (await team.core.roster.on_call()).schedules
    assert now.person == "lin"


async def test_links_take_it(team):
    await at_night(team)
    await team.advance(5 * HOUR)
    urls = dict(line.split(": http", 1) for line in notes(team)[0].body.splitlines() if ": http" in line)
    late, relief = (urls[verb].rpartition("/")[2] for verb in ("Start late", "Ask for relief"))
    assert (await team.core.links.describe(late)).kind == "late"
    assert (await team.core.links.acknowledge(late)).state == "acknowledged"
    assert (await team.core.links.acknowledge(relief)).state == "acknowledged"
    (offer,) = await offers(team, "taken")
    assert (offer.late, offer.relief) == (True, "Q-1")


async def test_answers_that_cannot_be(team):
    await at_night(team)
    with pytest.raises(Invalid, match="only ada"):
        await answer(team, actor="lin", late=True)
    with pytest.raises(Invalid, match="nothing is taken"):
        await answer(team)
    with pytest.raises(NotFound, match="no offer 7"):
        await answer(team, rest_id=7, late=True)
    assert (await answer(team, decline=True)).state == "declined"
    with pytest.raises(Conflict, match="declined already"):
        await answer(team, late=True)
    await team.advance(6 * HOUR)
    assert notes(team) == []
