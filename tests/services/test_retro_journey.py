"""Three people hold a process retro over three sockets, to an experiment that is decided a month later."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from incidentd import wire as wire_info
from incidentd.api.identity import Role, RolePolicy
from incidentd.api.server import start_api
from incidentd.client import ApiError, Client
from incidentd.domain.people import Service, Team
from incidentd.domain.process import default_process
from incidentd.domain.retro_steps import RetroSettings
from incidentd.domain.severity import Severity
from incidentd.wire import experiments as wire
from incidentd.wire import incidents as wire_incidents

PEOPLE = ("ada", "lin", "sam")
SECRET = "who writes the update is anybody's guess"
DAY = timedelta(days=1)


class Named:
    """What clients ask a daemon first."""

    async def info(self, person, role):
        return wire_info.Info(
            api_version=wire_info.API_VERSION, version="1", node="n1", started_at=datetime(2026, 3, 1, tzinfo=UTC),
            last_seq=0, person=person, role=role, review_name="Incident Review", ingress=(), engine="sqlite",
        )  # fmt: skip


@pytest.fixture
async def people(daemon, tmp_path):
    """The clients of ada, lin and sam; all of one daemon, whose team web owns shop."""
    daemon.roster = msgspec.structs.replace(
        daemon.roster,
        services={"shop": Service(name="shop", team="web")},
        teams={"web": Team(name="web", members=("ada", "lin"))},
    )
    daemon.process = msgspec.structs.replace(default_process(), retro=RetroSettings(incidents=5, to=("team:web",)))
    calls = daemon.core.calls(checks=None, replays=None, daemon=Named())
    roles = RolePolicy(owner_uid=0, default_role=Role.RESPONDER)
    async with AsyncExitStack() as stack:
        clients = []
        for person in PEOPLE:
            path = tmp_path / f"{person}.sock"
            served = await start_api(calls, roles=roles, person_of_uid=lambda *_, who=person: who, socket_path=path)
            stack.push_async_callback(served.close)
            clients.append(await stack.enter_async_context(Client(path)))
        yield clients


async def declared(client, daemon, number):
    """Incidents that last ten minutes each, and half a day between them."""
    for _ in range(number):
        body = wire_incidents.DeclareIncident(title="503", severity=Severity.SEV3, service="shop")
        made = await client.declare(body)
        await daemon.advance(timedelta(minutes=10))
        for to in ("mitigated", "resolved"):
            await client.change_status(made.id, wire_incidents.ChangeStatus(to=to, evidence="the graph"))
        await daemon.advance(DAY / 2)


async def drive(client, act, **more):
    return await client.drive_retro(1, wire.DriveRetro(act=act, **more))


async def refused(call):
    with pytest.raises(ApiError) as no:
        await call
    return no.value.problem


async def test_from_what_got_in_our_way_to_what_we_keep(daemon, people):
    ada, lin, sam = people
    await sam.keep_process_idea(wire.KeepIdea(text="pages at dinner", anonymous=True))
    await declared(ada, daemon, 5)
    (due,) = (await lin.retros(state="due")).retros
    assert (due.why, due.trigger) == ("5 incidents since the beginning", "count")
    assert {one.recipient for _, one in daemon.sender.sent if "process retro is due" in one.title} == {"ada", "lin"}

    began = await ada.start_retro(wire.StartRetro())
    assert (began.retro.id, began.joined, [one.text for one in began.ideas]) == (1, True, ["pages at dinner"])
    await lin.take_part(1, "join")
    assert (await refused(drive(lin, "next"))).detail == "ada drives the process retro PR-1"
    await drive(ada, "next")
    seq = (await daemon.events())[-1].seq
    hidden = await lin.write_retro_idea(1, wire.KeepIdea(text=SECRET))
    for client in (ada, sam):
        view = await client.retro(1)
        assert (view.ideas_hidden, SECRET in msgspec.json.encode(view).decode()) == (1, False)
        assert SECRET not in msgspec.json.encode(await client.process_ideas(state="all")).decode()
        assert SECRET not in msgspec.json.encode(await client.event_page(seq, 100)).decode()
        assert (await refused(client.drop_process_idea(hidden.id, "x"))).detail == "there is no idea PI-2"
    await sam.take_part(1, "join")  # late
    await ada.take_part(1, "done")
    await lin.take_part(1, "done")
    assert not (await sam.retro(1)).ideas_shown, "sam is not done"
    await drive(ada, "show")
    assert {one.text for one in (await sam.retro(1)).ideas} == {"pages at dinner", SECRET}

    await drive(ada, "next")
    await sam.vote(1, 2, 3)
    await lin.vote(1, 2, 1)
    assert [one.votes for one in (await lin.retro(1)).topics] == [None, None]
    for client in people:
        view = await client.take_part(1, "done")
    assert [(one.text, one.votes, one.chosen) for one in view.topics] == [
        (SECRET, 4, True), ("pages at dinner", 0, False),
    ]  # fmt: skip
    await drive(ada, "next")
    await lin.edit_topic(1, 2, wire.EditTopic(notes="a card at the desk"))
    await drive(ada, "next")
    today = daemon.clock.now().date()
    wanted = wire.StartExperiment(
        title="a card at the desk", hypothesis="nobody knows who writes it", figure="time-to-resolve", expects="down",
        stop_rule="two updates missed in a week", ends_on=today + 29 * DAY,
        team="web", retro_id=1,
    )  # fmt: skip
    wrong = msgspec.structs.replace(wanted, figure="time-to-resolv")
    problem = await refused(lin.start_experiment(wrong))
    assert (problem.field, "did you mean time-to-resolve?" in problem.remedy) == ("figure", True)
    experiment = await lin.start_experiment(wanted)
    over = await drive(ada, "finish", outcome="we try a card")
    assert (over.retro.experiments, over.retro.outcome, over.experiments[0].title) == (
        (experiment.id,), "we try a card", "a card at the desk",
    )  # fmt: skip
    assert [one.text for one in (await sam.process_ideas()).ideas] == ["pages at dinner"], "for the next one"

    await declared(ada, daemon, 6)
    assert (await refused(ada.end_experiment(1, wire.EndExperiment(verdict="keep", why="nice")))).field == "verdict"
    await daemon.advance(30 * DAY)
    asked = [one.recipient for _, one in daemon.sender.sent if one.title.startswith("X-1 is over")]
    assert set(asked) == {"ada", "lin"}
    evidence = await sam.experiment_evidence(1)
    assert (evidence.figure.before.n, evidence.figure.after.n) == (5, 6)
    assert evidence.figure.sentence == "with 5 and 6 episodes nothing changed"
    assert "the periods are not equally long: 90 and 29 days" in evidence.also
    decided = await ada.end_experiment(1, wire.EndExperiment(verdict="cannot_tell", why="too few"))
    assert (decided.state, decided.verdict) == ("decided", "cannot_tell")
    (told,) = await daemon.events("experiment.decided")
    assert told.data["evidence"]["figure"]["sentence"] == evidence.figure.sentence
