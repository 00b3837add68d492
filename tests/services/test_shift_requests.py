"""Asking others to take or swap a time of duty: by message, link and call; everybody hears how it ends."""

from datetime import time, timedelta

import pytest

from incidentd.domain.people import HandoverForm, Layer, Rotation, Schedule, Team, Unit
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import duty as wire_duty
from incidentd.wire import requests as wire_requests

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def team(daemon):
    """ada, lin and sam carry the pager on one day after the other; today it is ada's."""
    people = ("ada", "lin", "sam")
    rotation = Rotation(people=people, start=daemon.clock.now().date(), handover=time(0), unit=Unit.DAYS)
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in (*people, "tom")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={
            "first": Schedule(
                name="first", layers=(Layer(name="all", rotation=rotation),), handover_form=HandoverForm.OFF
            )
        },
        teams={"web": Team(name="web", members=("ada", "tom"))},
    )
    return daemon


def midnight(daemon):
    return daemon.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


async def ask(daemon, day=3, length=DAY, actor="ada", **more):
    """About the day `day` days from now; ada's are 0, 3, 6 ..."""
    start = midnight(daemon) + day * DAY
    body = wire_requests.AskForShift(schedule="first", starts_at=start, ends_at=start + length, **more)
    made = await daemon.core.desk.requests.ask(body, actor)
    await daemon.settle()
    return made


async def answer(daemon, request_id, to, actor, **more):
    body = wire_requests.AnswerRequest(to=to, **more)
    done = await daemon.core.desk.requests.answer(request_id, body, actor, None)
    await daemon.advance(2 * MINUTE)  # a contact method is written to once a minute at most
    return done


async def days(daemon, count=7):
    begin = midnight(daemon)
    found = await daemon.core.duty.schedules("first", begin, begin + count * DAY)
    return [one.person for one in found.schedules[0].shifts]


def titles(daemon, person):
    return [one.title for _, one in daemon.sender.sent if one.recipient == person]


def link(daemon, person, verb):
    body = next(one.body for _, one in reversed(daemon.sender.sent) if one.recipient == person)
    return next(line for line in body.splitlines() if line.startswith(f"{verb}: ")).rpartition("/")[2]


async def test_the_first_who_accepts_has_the_time_and_everybody_hears_of_it(team):
    made = await ask(team, reason="dentist")
    assert (made.name, made.state, [one.person for one in made.asked]) == ("Q-1", "open", ["lin", "sam"])
    assert titles(team, "lin") == titles(team, "sam") == ["ada asks you to take a time on first"]
    taken = await answer(team, 1, "accepted", "sam")
    assert (taken.state, taken.taken_by, taken.result) == ("accepted", "sam", "override:1")
    assert (await days(team))[3] == "sam"
    for person in ("ada", "lin", "sam"):
        assert titles(team, person)[-1] == "Q-1 is accepted by sam"
    with pytest.raises(Conflict, match="accepted by sam already"):
        await answer(team, 1, "accepted", "lin")
    assert [one.kind for one in await team.events() if one.subject == "request:1"] == [
        "request.opened", "request.accepted",
    ]  # fmt: skip
    assert not [one for one in await team.armed() if one[0] == "request.asked"]


async def test_a_swap_gives_as_long_a_time_back(team):
    made = await ask(team, wants="swap", people=("lin",))
    (lin,) = made.asked
    assert (lin.returns_from, lin.returns_until) == (midnight(team) + DAY, midnight(team) + 2 * DAY)
    taken = await answer(team, 1, "accepted", "lin")
    assert taken.result == "swap:1"
    assert await days(team) == ["ada", "ada", "sam", "lin", "lin", "sam", "ada"]
    again = await ask(team, day=6, wants="swap", people=("sam",))
    own = {"returns_from": midnight(team) + 5 * DAY, "returns_until": midnight(team) + 6 * DAY}
    with pytest.raises(Invalid, match="conserves hours"):
        await answer(team, again.id, "accepted", "sam", **own | {"returns_until": midnight(team) + 5 * DAY + HOUR})
    await answer(team, again.id, "accepted", "sam", **own)
    assert (await days(team))[5:] == ["ada", "sam"]


async def test_who_has_no_time_to_give_must_name_one(team):
    made = await ask(team, wants="swap", people=("tom",))
    assert made.asked[0].returns_from is None
    with pytest.raises(Invalid, match="given in return") as refused:
        await answer(team, 1, "accepted", "tom")
    assert refused.value.field == "returns_from"


async def test_links_accept_and_decline(team):
    await ask(team)
    token = link(team, "lin", "Decline")
    shown = await team.core.links.describe(token)
    assert (shown.kind, shown.state) == ("decline", "open")
    assert shown.title.startswith("Q-1: ada asks lin, sam to take first from ")
    assert (await team.core.links.acknowledge(token)).state == "acknowledged"
    assert (await team.core.links.acknowledge(token)).state == "acknowledged"
    accept = link(team, "sam", "Accept")
    done = await team.core.links.acknowledge(accept)
    assert (done.state, done.acknowledged_by) == ("acknowledged", "sam")
    found = await team.core.desk.requests.get(1)
    assert (found.taken_by, found.taken_via, found.asked[0].declined) == ("sam", "link", True)
    assert (await team.core.links.acknowledge(token)).state == "resolved"


async def test_when_everybody_declines_it_is_over(team):
    await ask(team)
    await answer(team, 1, "declined", "lin")
    assert titles(team, "ada") == ["lin cannot: Q-1"]
    assert (await answer(team, 1, "declined", "sam")).state == "declined"
    assert titles(team, "ada")[-1] == "Q-1 is declined"
    assert (await days(team))[3] == "ada"


async def test_who_does_not_answer_is_reminded_until_it_expires(team):
    await ask(team)
    await answer(team, 1, "declined", "sam")
    await team.advance(3 * DAY)
    assert (
        titles(team, "lin")[:4]
        == ["ada asks you to take a time on first"] + ["Still open: ada asks you to take a time on first"] * 3
    )
    assert (await team.core.desk.requests.get(1)).state == "expired"
    assert titles(team, "sam")[-1] == titles(team, "ada")[-1] == "Q-1 is expired"


async def test_a_team_is_asked_without_who_asks_and_who_is_away(team):
    made = await ask(team, team="web")
    assert [one.person for one in made.asked] == ["tom"]
    start = midnight(team) + 3 * DAY
    body = wire_duty.SetAbsence(person="tom", starts_at=start, ends_at=start + HOUR)
    await team.core.duty.set_absence(body, "tom")
    with pytest.raises(Invalid, match="nobody to ask") as refused:
        await ask(team, team="web")
    assert refused.value.field == "people"
    with pytest.raises(Invalid, match="no team"):
        await ask(team, team="db")


async def test_only_who_asked_takes_it_back(team):
    await ask(team)
    with pytest.raises(Invalid, match="only ada"):
        await answer(team, 1, "cancelled", "lin")
    with pytest.raises(Invalid, match="was not asked of tom"):
        await answer(team, 1, "accepted", "tom")
    assert (await answer(team, 1, "cancelled", "ada")).state == "cancelled"
    assert titles(team, "lin")[-1] == "Q-1 is cancelled"
    (found,) = (await team.core.desk.requests.list("all", "sam")).requests
    assert found.state == "cancelled"
    assert (await team.core.desk.requests.list("open", "")).requests == ()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"day": 1}, "ada does not carry"),
        ({"people": ("bob",)}, "nobody to ask"),
        ({"length": -HOUR}, "end"),
        ({"person": "bob"}, "no person"),
    ],
)
async def test_requests_that_cannot_be(team, more, words):
    with pytest.raises(Invalid, match=words):
        await ask(team, **more)
    with pytest.raises(NotFound):
        await team.core.desk.requests.get(7)
    assert await team.events("request.opened") == []


async def test_what_is_no_longer_theirs_cannot_be_taken(team):
    await ask(team)
    start = midnight(team) + 3 * DAY
    await team.core.duty.set_override(
        wire_duty.SetOverride(schedule="first", person="tom", starts_at=start, ends_at=start + HOUR), "tom"
    )
    with pytest.raises(Invalid, match="ada does not carry"):
        await answer(team, 1, "accepted", "lin")


# ---------------------------------------------------------------------- swaps
async def propose(daemon):
    """ada's day 3 for lin's day 1."""
    start, other = midnight(daemon) + 3 * DAY, midnight(daemon) + DAY
    body = wire_duty.ProposeSwap(
        schedule="first", starts_at=start, ends_at=start + DAY, other="lin", other_starts_at=other,
        other_ends_at=other + DAY,
    )  # fmt: skip
    made = await daemon.core.duty.propose_swap(body, "ada")
    await daemon.settle()
    return made


@pytest.mark.both_engines
async def test_both_sides_of_a_swap_hear_of_every_outcome(team):
    await propose(team)
    assert titles(team, "lin") == ["ada offers you a swap on first"]
    done = await team.core.links.acknowledge(link(team, "lin", "Accept"))
    assert (done.state, done.acknowledged_by) == ("acknowledged", "lin")
    await team.advance(2 * MINUTE)
    assert await days(team, 4) == ["ada", "ada", "sam", "lin"]
    assert titles(team, "ada")[-1] == titles(team, "lin")[-1] == "Swap 1 of first: accepted"


async def test_a_swap_that_nobody_answers_expires_when_a_side_begins(team):
    await propose(team)
    await team.advance(DAY)
    await team.advance(2 * MINUTE)
    swaps = await team.events("swap.expired")
    assert swaps[0].data["text"].endswith("nobody accepted in time")
    assert titles(team, "ada") == ["Swap 1 of first: expired"]
    assert titles(team, "lin") == [
        "ada offers you a swap on first", "ada still waits for your answer about a swap on first",
        "Swap 1 of first: expired",
    ]  # fmt: skip
    with pytest.raises(Conflict, match="expired already"):
        await team.core.duty.settle_swap(1, "accepted", "lin", None)
