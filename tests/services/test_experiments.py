"""Experiments live by themselves: they begin, remind, end and ask; what was shown is kept with the decision."""

from datetime import date, timedelta

import msgspec
import pytest

from incidentd.domain.people import ContactMethod, Service, Team
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import experiments as wire
from incidentd.wire import incidents as wire_incidents

DAY = timedelta(days=1)
FIGURE, COUNTER = "first-severity-held", "role-gap-minutes"


@pytest.fixture
def desk(daemon):
    """Team web owns shop, and reads in a channel."""
    daemon.process = default_process()
    channel = (ContactMethod(notifier="chat", address="#web"),)
    daemon.roster = msgspec.structs.replace(
        daemon.roster,
        services={"shop": Service(name="shop", team="web")},
        teams={"web": Team(name="web", members=("ada",), channel=channel)},
    )
    return daemon.core.retros.experiments


def plan(daemon, **values):
    today = daemon.clock.now().date()
    fixed = {
        "title": "a card at the desk", "hypothesis": "nobody knows who hands over", "figure": FIGURE, "expects": "up",
        "counter_figure": COUNTER, "stop_rule": "two updates missed in a week", "ends_on": today + 30 * DAY,
        "team": "web",
    }  # fmt: skip
    return wire.StartExperiment(**fixed | values)


async def end(desk, verdict, why="so", actor="ada", version=None):
    return await desk.end(1, wire.EndExperiment(verdict=verdict, why=why), actor, version)


def heads(daemon):
    return [(one.recipient, one.title) for _, one in daemon.sender.sent if one.title.startswith("X-")]


async def test_what_is_written_is_checked_and_the_error_names_the_remedy(daemon, desk):
    today = daemon.clock.now().date()
    for bad, field, remedy in (
        ({"figure": "first-severity-hold"}, "figure", "did you mean first-severity-held"),
        ({"counter_figure": "nothing"}, "counter_figure", "insights list"),
        ({"counter_figure": FIGURE}, "counter_figure", "what it costs"),
        ({"team": "wbe"}, "team", "roster.toml"),
        ({"owner_team": "none"}, "owner_team", "roster.toml"),
        ({"service": "shopp"}, "service", "roster.toml"),
        ({"begins_on": today - DAY}, "begins_on", f"begin it on {today}"),
        ({"ends_on": today}, "ends_on", "later day"),
        ({"retro_id": 9}, "retro_id", "retro list"),
        ({"adapts": 9}, "adapts", "experiment list"),
        ({"process_version": "V-77"}, "process_version", "process history"),
    ):
        with pytest.raises(Invalid) as wrong:
            await desk.start(plan(daemon, **bad), "ada")
        assert (wrong.value.field, remedy in wrong.value.remedy) == (field, True), wrong.value.remedy
    with pytest.raises(NotFound, match="no experiment X-1"):
        await desk.get(1)
    assert await daemon.events("experiment.written") == []


@pytest.mark.both_engines
async def test_it_begins_reminds_ends_and_asks_until_somebody_answers(daemon, desk):
    today = daemon.clock.now().date()
    planned = await desk.start(plan(daemon, begins_on=today + 5 * DAY), "ada")
    assert (planned.state, planned.owner_team) == ("planned", "web")
    with pytest.raises(Refused, match="X-1 begins on"):
        await desk.evidence(1, "ada")
    edited = await desk.edit(1, wire.EditExperiment(expects="down", title="a card"), "lin", 1)
    assert (edited.expects, edited.title, edited.version) == ("down", "a card", 2)
    with pytest.raises(Conflict, match="has changed"):
        await desk.edit(1, wire.EditExperiment(expects="up"), "lin", 1)
    await daemon.advance(5 * DAY)
    await daemon.restart()
    desk = daemon.core.retros.experiments
    assert (await desk.get(1)).state == "running"
    with pytest.raises(Refused, match="its figure was chosen beforehand") as late:
        await desk.edit(1, wire.EditExperiment(figure="role-gap-minutes"), "ada", None)
    assert late.value.field == "figure"
    with pytest.raises(Refused, match="to decide when it looks good"):
        await end(desk, "keep")
    await daemon.advance(45 * DAY)
    to = "channel of web"
    assert heads(daemon) == [
        (to, "X-1 begins today"),
        (to, f"X-1 ends on {today + 30 * DAY}"),
        *[(to, "X-1 is over: keep, adapt, drop, or cannot tell?")] * 3,
    ]
    assert [one.state for one in (await desk.list("asking", 10, "")).experiments] == ["asking"]
    assert "experiment-asks" in await daemon.alarm_codes()
    decided = await end(desk, "cannot_tell", "too few incidents")
    assert (decided.state, decided.verdict, decided.decided_by) == ("decided", "cannot_tell", "ada")
    with pytest.raises(Refused, match="X-1 is decided"):
        await end(desk, "keep")
    daemon.sender.clear()
    await daemon.advance(30 * DAY)
    assert heads(daemon) == []


async def declared(daemon, number, severity=Severity.SEV3):
    for _ in range(number):
        body = wire_incidents.DeclareIncident(title="503", severity=severity, service="shop")
        made = await daemon.core.incidents.declare(body, "ada")
        await daemon.advance(timedelta(minutes=10))
        if severity is Severity.SEV2:
            raised = wire_incidents.SetSeverity(severity=Severity.SEV1)
            await daemon.core.incidents.set_severity(made.id, raised, "ada", None)
        for to in ("mitigated", "resolved"):
            change = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await daemon.core.incidents.change_status(made.id, change, "ada", None)
        await daemon.advance(timedelta(minutes=50))


@pytest.mark.both_engines
async def test_what_the_figures_said_is_kept_with_the_decision(daemon, desk):
    await declared(daemon, 6)
    await daemon.advance(DAY)
    first = await desk.start(plan(daemon), "ada")
    assert first.state == "running"
    second = await desk.start(plan(daemon, title="quiet hours", team="", service="shop"), "lin")
    assert [one.split(" too")[0] for one in second.warnings] == ["X-1 looks at first-severity-held"]
    await daemon.advance(DAY)
    await declared(daemon, 3)
    await declared(daemon, 4, Severity.SEV2)
    stopped = await end(desk, "stop", "two updates were missed")
    assert (stopped.state, stopped.why) == ("stopped", "two updates were missed")
    await daemon.advance(3 * DAY)
    await declared(daemon, 2)  # after it was stopped: none of its business
    shown = await desk.evidence(1, "ada")
    assert (shown.figure.before.n, shown.figure.after.n) == (6, 7)
    assert (shown.figure.before.value, shown.figure.after.value) == (1.0, pytest.approx(3 / 7))
    assert "of 100 draws" in shown.figure.sentence
    assert shown.counter is not None
    assert shown.also[0] == "the periods are not equally long: 90 and 1 days"
    assert shown.also[-1] == f"X-2 was tried too, {second.begins_on} to {second.ends_on}: quiet hours"
    assert len(shown.also) == len(set(shown.also)), "what both figures say is said once"
    decided = await end(desk, "adapt", "a card on the screen instead")
    assert decided.why == "a card on the screen instead"
    assert (await desk.get(1)).stopped_why == "two updates were missed"
    (told,) = await daemon.events("experiment.decided")
    assert (told.actor, told.data["verdict"]) == ("ada", "adapt")
    kept = told.data["evidence"]
    assert kept["figure"]["sentence"] == shown.figure.sentence
    assert kept["also"] == list(shown.also)
    third = await desk.start(plan(daemon, title="a card on the screen", adapts=1), "ada")
    assert third.adapts == 1


@pytest.mark.both_engines
async def test_lists_put_first_what_asks_and_a_planned_one_can_be_dropped(daemon, desk):
    today = daemon.clock.now().date()
    await desk.start(plan(daemon, ends_on=today + 2 * DAY), "ada")
    await desk.start(plan(daemon), "ada")
    await desk.start(plan(daemon, begins_on=today + 60 * DAY, ends_on=today + 90 * DAY, team=""), "ada")
    await daemon.advance(4 * DAY)
    found = await desk.list("open", 2, "")
    assert [(one.id, one.state) for one in found.experiments] == [(1, "asking"), (2, "running")]
    rest = await desk.list("open", 2, found.next_cursor)
    assert [(one.id, one.state) for one in rest.experiments] == [(3, "planned")]
    dropped = await desk.end(3, wire.EndExperiment(verdict="drop", why="not now"), "lin", 1)
    assert (dropped.state, dropped.verdict) == ("decided", "drop")
    (told,) = await daemon.events("experiment.decided")
    assert told.data["evidence"] is None


async def test_without_a_team_whoever_wrote_it_is_asked(daemon, desk):
    await desk.start(plan(daemon, team="", ends_on=daemon.clock.now().date() + 2 * DAY), "lin")
    await daemon.advance(4 * DAY)
    assert heads(daemon) == [("lin", "X-1 is over: keep, adapt, drop, or cannot tell?")]
    assert isinstance((await desk.get(1)).ends_on, date)
