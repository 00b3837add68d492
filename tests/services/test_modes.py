"""Mode blocks through the service: what gives way, what is refused for want of a reason, and what the log says."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.domain.people import Team
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import modes as wire_modes

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def team(daemon):
    """ada, lin and sam, of whom a third is in support at a time."""
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin", "sam")],
        [daemon.policy("default", (300, "ada"))],
        teams={"shop": Team(name="shop", members=("ada", "lin", "sam"), support_percent=33)},
    )
    return daemon


async def put(daemon, person="ada", mode="support", begin=None, days=14, actor="lin", **more):
    more = more if "ends_at" in more else {"days": days, **more}
    return await daemon.core.modes.set(wire_modes.SetMode(person=person, mode=mode, starts_at=begin, **more), actor)


async def shown(daemon, person="ada"):
    """(id, mode, days from now to the beginning, and to the end) of each block of a person."""
    found = await daemon.core.modes.list("", None, None)
    now = daemon.clock.now()
    return [
        (one.id, one.mode, (one.starts_at - now) / DAY, (one.ends_at - now) / DAY)
        for one in found.blocks
        if one.person == person
    ]


async def test_who_is_in_which_mode_now_and_next(team):
    await put(team)
    await put(team, mode="project", begin=team.clock.now() + 14 * DAY, days=28)
    found = await team.core.modes.list("shop", None, None)
    ada, lin, _ = found.people
    assert (ada.mode, ada.until, ada.next_mode, ada.teams) == ("support", ada.next_at, "project", ("shop",))
    assert (lin.mode, lin.until, lin.next_mode) == ("", None, "")
    (shop,) = found.teams
    assert (shop.wanted, shop.support, shop.project, shop.neither) == (1, ("ada",), (), ("lin", "sam"))
    assert {one.kind for one in found.warnings} == {"allocation", "support"}
    told = await team.core.duty.schedules("", None, None)
    assert "allocation" in {one.kind for one in told.warnings}
    (first, _) = await team.events("mode.set")
    assert first.subject == "mode:1"
    assert first.data["text"].startswith("ada is in support mode from ")


async def test_what_is_set_later_gives_the_rest_back_and_a_short_rest_wants_a_reason(team):
    first = await put(team, days=28)
    middle = team.clock.now() + 10 * DAY
    with pytest.raises(Invalid, match="ada would be in project mode for 3 d only") as refused:
        await put(team, mode="project", begin=middle, days=3)
    assert (refused.value.field, bool(refused.value.remedy)) == ("reason", True)
    assert await shown(team) == [(1, "support", 0, 28)]
    made = await put(team, mode="project", begin=middle, days=3, reason="a release")
    assert made.reason == "a release"
    assert await shown(team) == [(1, "support", 0, 10), (2, "project", 10, 13), (3, "support", 13, 28)]
    (changed,) = await team.events("mode.changed")
    assert (changed.subject, changed.actor) == (f"mode:{first.id}", "lin")
    assert changed.data["text"].endswith(", as it was changed (a release)")


async def test_a_split_begins_the_other_mode(team):
    await put(team)
    await team.advance(3 * DAY)
    with pytest.raises(Invalid, match="3 d only"):
        await team.core.modes.split(1, wire_modes.SplitMode(), "ada", None)
    parts = await team.core.modes.split(1, wire_modes.SplitMode(reason="ill"), "ada", 1)
    assert (parts.first.ends_at, parts.rest.mode, parts.rest.reason) == (team.clock.now(), "project", "ill")
    now = (await team.core.modes.list("", None, None)).people[0]
    assert (now.mode, now.since) == ("project", team.clock.now())
    gone = await team.core.modes.split(2, wire_modes.SplitMode(at=team.clock.now() + 8 * DAY, then="none"), "ada", None)
    assert gone.rest is None
    assert await shown(team) == [(2, "project", 0, 8)]


async def test_a_block_that_has_begun_ends_now_and_another_is_as_if_it_never_was(team):
    await put(team)
    ahead = await put(team, "lin", begin=team.clock.now() + WEEK)
    assert (await team.core.modes.end(ahead.id, "", "sam", 1)).cancelled
    await team.advance(DAY)
    with pytest.raises(Invalid, match="support mode for 1 d only"):
        await team.core.modes.end(1, " ", "sam", None)
    assert (await team.core.modes.end(1, "moved to another team", "sam", None)).ends_at == team.clock.now()
    assert await shown(team) == []
    with pytest.raises(Conflict):
        await team.core.modes.end(1, "again", "sam", None)
    with pytest.raises(NotFound):
        await team.core.modes.end(9, "", "sam", None)
    (ended,) = await team.events("mode.ended")
    assert ended.data["text"].endswith("where it was ended (moved to another team)")


@pytest.mark.both_engines
async def test_of_two_who_change_one_block_the_second_hears_of_the_first(team):
    made = await put(team)
    longer = wire_modes.ChangeMode(ends_at=made.ends_at + WEEK)
    tries = (team.core.modes.change(1, longer, who, made.version) for who in ("ada", "lin"))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "ModeBlock"]
    assert await shown(team) == [(1, "support", 0, 21)]
    await team.advance(DAY)
    with pytest.raises(Invalid) as refused:
        await team.core.modes.change(1, wire_modes.ChangeMode(mode="project"), "ada", None)
    assert refused.value.field == "mode"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"person": "bob"}, "person"),
        ({"days": None}, "ends_at"),
        ({"begin": -2}, "starts_at"),
        ({"days": 366, "begin": -0.1}, None),
        ({"days": 3}, "reason"),
    ],
)
async def test_blocks_that_cannot_be(team, more, field):
    if "begin" in more:
        more = more | {"begin": team.clock.now() + more["begin"] * DAY}
    if field is None:
        assert (await put(team, **more)).starts_at < team.clock.now()
        return
    with pytest.raises(Invalid) as refused:
        await put(team, **more)
    assert refused.value.field == field
    assert await team.events("mode.set") == []


async def test_a_team_that_is_not_there_is_named(team):
    with pytest.raises(NotFound, match="'web'") as refused:
        await team.core.modes.list("web", None, None)
    assert refused.value.remedy == "the teams are shop"


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # a process owns its SQLite file
async def test_two_nodes_that_set_somebodys_first_block_at_once_set_one_after_the_other(team, make_store):
    other = team.core_on(await make_store(), node="n2")
    for person in ("ada", "lin", "sam"):
        span = {"person": person, "starts_at": team.clock.now() + DAY, "days": 14}
        wanted = [wire_modes.SetMode(mode=one, **span) for one in ("support", "project")]
        await asyncio.gather(team.core.modes.set(wanted[0], "lin"), other.modes.set(wanted[1], "sam"))
        assert len(await shown(team, person)) == 1
