"""Figures as a daemon answers them: a small story whose numbers are reckoned by hand."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.figures.catalogue import CATALOGUE
from incidentd.domain.incidents import Status
from incidentd.domain.people import Service, Team
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.services.figure_reading import Look
from incidentd.services.figures import figures_in
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.storage import experiments
from incidentd.wire import facts as wire_facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire.drills import StartDrill
from incidentd.wire.figures import FigureScope

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def story(daemon):
    """shop fires at 0:00, pages at 0:30, is acknowledged at 2:30, declared SEV3 at 3:30, told of too late at 21:30 and
    again without news at 22:30, mitigated at 30:30, SEV2 from then on, and resolved at 60:30. web fires a day later,
    nobody answers, and it ends by itself after 20 minutes."""
    daemon.process = default_process()
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin")],
        [daemon.policy("default", (300, "ada"), (300, "lin"))],
        services={"shop": Service(name="shop", team="buy"), "web": Service(name="web", team="front")},
        teams={"buy": Team(name="buy", members=("ada",)), "front": Team(name="front", members=("lin",))},
    )
    await daemon.fire("disk")
    await daemon.settle()
    await daemon.advance(30)  # the group waits; a page goes out
    page = await daemon.page()
    await daemon.advance(2 * MINUTE)
    await daemon.core.pages.acknowledge(page.id, "ada")
    await daemon.advance(MINUTE)
    alert = await daemon.alert("disk")
    declared = wire_incidents.DeclareIncident(
        title="checkout", severity=Severity.SEV3, service="shop", alert_ids=(alert.id,)
    )
    made = await daemon.core.incidents.declare(declared, "ada")
    await daemon.advance(18 * MINUTE)  # an update was promised after 15
    for _ in range(2):
        body = wire_incidents.PostUpdate(audience="internal", phase="investigating", text="No news yet.", next_in=3600)
        await daemon.core.incidents.post_update(made.id, body, "ada")
        await daemon.advance(MINUTE)
    await daemon.advance(7 * MINUTE)
    moved = wire_incidents.ChangeStatus(to=Status.MITIGATED, evidence="the graph")
    await daemon.core.incidents.change_status(made.id, moved, "ada", None)
    await daemon.core.incidents.set_severity(
        made.id, wire_incidents.SetSeverity(severity=Severity.SEV2, reason="more users"), "ada", None
    )
    await daemon.advance(30 * MINUTE)
    moved = wire_incidents.ChangeStatus(to=Status.RESOLVED, evidence="the graph")
    await daemon.core.incidents.change_status(made.id, moved, "ada", None)
    await daemon.resolve("disk")
    await daemon.advance(DAY)
    await daemon.fire("slow", labels={"alertname": "slow", "service": "web"})
    await daemon.advance(20 * MINUTE)
    await daemon.resolve("slow")
    await daemon.advance(10 * MINUTE)
    return daemon


def told(found):
    return {one.name: one for one in found.figures}


def share(figure):
    return figure.n, figure.of


async def test_a_story_is_told_in_figures(story):
    figures = story.core.evolution.figures
    found = await figures.list(ScopeQuery(), "ada")
    assert [one.name for one in found.figures] == [one.name for one in CATALOGUE]
    assert found.incidents == 1
    by = told(found)
    assert share(by["pages-acknowledged-in-time"]) == (1, 2)
    assert by["pages-acknowledged-in-time"].parts == {"in time": 1, "never": 1}
    assert (by["page-to-acknowledgement"].n, by["page-to-acknowledgement"].of) == (1, 2)
    assert by["page-to-acknowledgement"].median == 120
    # The first update came late, the second kept what the first one promised, and nobody kept what the second did.
    assert share(by["update-promises-kept"]) == (1, 3)
    assert share(by["updates-without-news"]) == (1, 1)
    assert share(by["actionable-pages"]) == (1, 2)
    assert share(by["alerts-that-paged-nobody"]) == (0, 2)
    assert by["incidents-by-severity"].parts == {"SEV2": 1}
    assert share(by["noticed-by-customers"]) == (0, 1)
    assert by["start-to-detection"].median == 0
    assert by["time-to-mitigate"].median == 30.5 * 60
    assert by["time-to-resolve"].median == 60.5 * 60
    assert by["severity-revisions"].parts == {"up, to a worse one": 1}
    assert share(by["first-severity-held"]) == (0, 1)
    assert share(by["reviews-in-window"]) == (0, 0)  # its window is open


async def test_a_case_is_in_the_scope_that_it_belongs_to(story):
    figures = story.core.evolution.figures
    assert share(told(await figures.list(ScopeQuery(team="front"), "ada"))["pages-acknowledged-in-time"]) == (0, 1)
    assert share(told(await figures.list(ScopeQuery(service="shop"), "ada"))["pages-acknowledged-in-time"]) == (1, 1)
    worst = ScopeQuery(severity=Severity.SEV2)
    assert (await figures.get("time-to-resolve", worst, "ada")).cases[0].name == "INC-1"
    assert (await figures.get("time-to-resolve", ScopeQuery(severity=Severity.SEV3), "ada")).cases == ()
    version = default_process().version
    assert (await figures.get("time-to-resolve", ScopeQuery(process=version), "ada")).figure.n == 1
    later = ScopeQuery(since=story.clock.now() - HOUR)
    (case,) = (await figures.get("pages-acknowledged-in-time", later, "ada")).cases
    assert (case.subject, case.name, case.value, case.service, case.team) == ("page:2", "P-2", 0.0, "web", "front")


async def test_what_is_asked_wrong_is_answered_with_what_is_right(story):
    figures = story.core.evolution.figures
    with pytest.raises(NotFound, match="update-promise") as error:
        await figures.get("update-promise", ScopeQuery(), "ada")
    assert error.value.remedy == "did you mean update-promises-kept?"
    for scope, field in (
        (ScopeQuery(team="frnt"), "team"),
        (ScopeQuery(service="shopp"), "service"),
        (ScopeQuery(process="V-9"), "process"),
        (ScopeQuery(since=story.clock.now(), until=story.clock.now()), "until"),
    ):
        with pytest.raises(Invalid) as wrong:
            await figures.list(scope, "ada")
        assert wrong.value.field == field
        assert wrong.value.remedy
    for query in (
        CompareQuery(),
        CompareQuery(before="x"),
        CompareQuery(at="soon"),
        CompareQuery(at="2026-03-01T10:00"),
    ):
        with pytest.raises(Invalid) as wrong:
            await figures.compare("time-to-resolve", ScopeQuery(), query, "ada")
        assert wrong.value.field == "at"


async def test_what_does_not_exist_is_told_from_what_is_written_wrong(story):
    figures = story.core.evolution.figures
    for scope in (ScopeQuery(team="frnt"), ScopeQuery(service="shopp"), ScopeQuery(process="V-9")):
        with pytest.raises(Unknown):
            await figures.list(scope, "ada")
    with pytest.raises(Invalid) as wrong:
        await figures.compare("time-to-resolve", ScopeQuery(), CompareQuery(at="soon"), "ada")
    assert not isinstance(wrong.value, Unknown)


async def test_too_few_are_not_compared(story):
    day = f"{story.clock.now():%Y-%m-%d}"
    found = await story.core.evolution.figures.compare(
        "pages-acknowledged-in-time", ScopeQuery(), CompareQuery(at=day), "ada"
    )
    assert (found.before.n, found.after.n, found.by_chance) == (1, 1, None)
    assert found.sentence == "1 and 1 pages are too few to compare: cannot tell"


async def test_what_was_reckoned_before_follows_the_log(story):
    figures = story.core.evolution.figures
    assert (await figures.get("time-to-resolve", ScopeQuery(), "ada")).figure.median == 60.5 * 60
    started = (await story.core.incidents.get(1)).incident.started_at
    earlier = wire_life.CorrectTime(what="started_at", at=started - 10 * MINUTE, why="the log of the balancer")
    await story.core.life.correct(1, earlier, "lin", None)
    assert (await figures.get("time-to-resolve", ScopeQuery(), "ada")).figure.median == 70.5 * 60


async def test_a_disputed_start_gives_bounds(story):
    row = (await story.core.incidents.get(1)).incident
    claim = wire_facts.ClaimImpact(affected="checkout", starts_at=row.started_at - 5 * MINUTE, source="support")
    await story.core.impact.claim(1, claim, "lin")
    detail = await story.core.evolution.figures.get("time-to-mitigate", ScopeQuery(), "ada")
    (case,) = detail.cases
    assert (case.low, case.value, case.high) == (30.5 * 60, 30.5 * 60, 35.5 * 60)
    assert "1 with a disputed start has bounds." in detail.figure.note


async def test_nobody_is_named(story):
    figures = story.core.evolution.figures
    answers = [await figures.list(ScopeQuery(), "ada"), await story.core.evolution.rhythm.load("buy", 4)]
    answers += [await figures.get(one.name, ScopeQuery(), "ada") for one in CATALOGUE]
    answers += [await story.core.evolution.rhythm.rhythm(ScopeQuery(), "")]
    for answer in answers:
        text = msgspec.json.encode(answer).decode()
        assert '"ada"' not in text
        assert '"lin"' not in text


async def test_the_rhythm_and_the_load_of_a_team(story):
    rhythm = await story.core.evolution.rhythm.rhythm(ScopeQuery(team="buy"), "UTC")
    assert (rhythm.n, sum(map(sum, rhythm.counts))) == (1, 1)
    load = await story.core.evolution.rhythm.load("buy", 2)
    assert [one.pages for one in load.weeks] in ([0, 1], [1, 0])
    assert sum(one.incidents for one in load.weeks) == 1
    with pytest.raises(Invalid, match="no time zone"):
        await story.core.evolution.rhythm.rhythm(ScopeQuery(), "Mars/Olympus")


async def test_others_ask_inside_of_their_own_read(story):
    look = Look(now=story.clock.now(), process=story.process, roster=story.roster)
    cases = await story.store.read(
        lambda conn: figures_in(conn, look, FigureScope(team="buy"), ["pages-acknowledged-in-time"])
    )
    assert [one.name for one in cases["pages-acknowledged-in-time"]] == ["P-1"]


async def test_drills_do_not_count(story):
    before = await story.core.evolution.figures.list(ScopeQuery(), "")
    scenario = """
title = "The disk fills"
day = 2025-01-01
customers = "internal_team"
service = "shop"
severity = "SEV1"
severity_reason = "writes fail"
[[event]]
at = "10:00"
kind = "alert"
text = "Disk is full"
labels = { alertname = "disk" }
[[event]]
at = "10:20"
kind = "mitigation"
text = "The log is rotated"
"""
    drill = await story.core.drills.start(StartDrill(people=("ada",), scenario=scenario), "ada")
    await story.advance(10 * MINUTE)
    (alert,) = (await story.core.drills.get(drill.id)).alert_ids
    body = wire_incidents.DeclareIncident(title="practice", severity=Severity.SEV1, alert_ids=(alert,))
    assert (await story.core.incidents.declare(body, "ada")).drill == "D-1"
    after = await story.core.evolution.figures.list(ScopeQuery(), "")
    assert after.at > before.at
    assert [(one.name, one.n, one.of) for one in after.figures] == [(one.name, one.n, one.of) for one in before.figures]


@pytest.mark.both_engines
async def test_an_experiment_is_compared_with_as_long_a_time_before_it(story):
    figures, today = story.core.evolution.figures, story.clock.now().date()
    days = {"at": story.clock.now() - DAY, "begins_on": today, "ends_on": today + DAY, "before_days": 7}
    fixed = {
        "title": "t", "hypothesis": "h", "figure": "pages-acknowledged-in-time", "expects": "up", "counter_figure": "",
        "team": "front", "service": "", "severity": None, "retro_id": None, "adapts": None, "process_version": "",
        "stop_rule": "s", "state": "running", "owner_team": "front", "by": "ada", "stopped_at": None,
        "decided_at": None,
    }  # fmt: skip
    await story.store.write(lambda tx: experiments.create(tx, **fixed | days))
    found = await figures.compare("pages-acknowledged-in-time", ScopeQuery(), CompareQuery(experiment="X-1"), "")
    assert (found.before.label, found.before.n, found.after.label, found.after.n) == ("before X-1", 0, "X-1", 1)
    assert found.after.scope.team == "front"
    assert found.before.scope.until == found.after.scope.since
    assert found.before.scope.until - found.before.scope.since == 7 * DAY
    assert found.figure.of == 1
    for text in ("X-9", "x"):
        with pytest.raises(Invalid) as error:
            await figures.compare("time-to-resolve", ScopeQuery(), CompareQuery(experiment=text), "")
        assert error.value.field == "experiment"
