"""A change of the process, from its proposal to the letter that tells of it, after the weeks of the simulated team."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
import tomli_w

from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.domain.incidents import Status
from incidentd.domain.severity import Severity
from incidentd.services.errors import Refused
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.simulation.team import process_data
from incidentd.simulation.world import World
from incidentd.storage.engines import MemoryBackend
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import process_versions as wire_process
from incidentd.wire.replay import EditedFile

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIGURE = "update-promises-kept"
LATE = (2, 5)
INCIDENTS = 8


@pytest.fixture
async def world(simulated_weeks):
    """The team at the end of its weeks, on a copy of what it lived through."""
    backend = MemoryBackend()
    with backend.connect() as conn, closing(sqlite3.connect(simulated_weeks.file)) as lived:
        driver = conn.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        lived.backup(driver)
    world = World(backend, simulated_weeks.until, simulated_weeks.seed, simulated_weeks.assumed)
    await world.core.prepare()
    yield world
    await world.core.store.close()


async def adopt(world):
    """V-4: updates are reminded of later again, and there is a letter. One team proposes, the other adopts."""
    data = process_data(3) | {
        "updates": {"remind": "4m"},
        "letter": {"day": 1, "at": "09:00", "zone": "UTC", "to": ["team:shop"]},
    }
    file = EditedFile(name=PROCESS_FILE, text=tomli_w.dumps(data))
    because = {"updates.remind": "six minutes ahead nobody knows more yet"}
    body = wire_process.ProposeProcess(reason="reminders come too early", file=file, because=because)
    made = await world.core.evolution.versions.propose(body, "ana", admin=False)
    await world.live(world.now + DAY)
    adopted = wire_process.AdoptProcess(reason="talked over")
    return await world.core.evolution.versions.adopt(made.id, adopted, "gus", None, admin=False)


async def respond(world, *, late):
    """One incident with one promise: that of its first update."""
    incidents = world.core.incidents
    body = wire_incidents.DeclareIncident(title="slow pages", severity=Severity.SEV3, service="search")
    made = await incidents.declare(body, "ben")
    await world.live(made.next_update_at + (MINUTE if late else -MINUTE))
    told = wire_incidents.PostUpdate(text="It is over.", phase="resolved", audience="internal", final=True)
    await incidents.post_update(made.id, told, "ben")
    for to in (Status.MITIGATED, Status.RESOLVED):
        change = wire_incidents.ChangeStatus(to=to, reason="the index was rebuilt", evidence="the graph")
        await incidents.change_status(made.id, change, "ben", None)


async def test_a_change_is_adopted_tried_compared_decided_and_told(world):
    core, figures = world.core, world.core.evolution.figures
    version = await adopt(world)
    assert (version.name, version.state, version.in_force[-1].how) == ("V-4", "adopted", "adopted")

    body = wire_experiments.StartExperiment(
        title="later reminders", hypothesis="a reminder later finds more to say", figure=FIGURE, expects="up",
        counter_figure="role-gap-minutes", stop_rule="three promises missed in a row", process_version="V-4",
        ends_on=world.now.date() + 14 * DAY, before_days=14, team="shop",
    )  # fmt: skip
    tried = await core.retros.experiments.start(body, "ana")
    began = world.now
    assert (tried.state, tried.begins_on) == ("running", date(2029, 1, 23))
    for number in range(INCIDENTS):
        await world.live(world.now + DAY)
        await respond(world, late=number in LATE)

    # what is counted under the version is what was lived through
    scope = ScopeQuery(process="V-4")
    kept = (await figures.get(FIGURE, scope, "")).figure
    assert (kept.n, kept.of) == (INCIDENTS - len(LATE), INCIDENTS)
    listed = await figures.list(scope, "")
    assert listed.incidents == INCIDENTS
    assert next(one for one in listed.figures if one.name == FIGURE) == kept
    assert [one.name for one in listed.boundaries][-1] == "V-4"

    # two versions side by side are those same cases
    former = (await figures.get(FIGURE, ScopeQuery(process="V-3"), "")).figure
    compared = await figures.compare(FIGURE, ScopeQuery(), CompareQuery(before="V-3", after="V-4"), "")
    assert (compared.before.n, compared.before.value) == (former.of, pytest.approx(former.n / former.of))
    assert (compared.after.n, compared.after.value) == (INCIDENTS, pytest.approx(kept.n / INCIDENTS))
    assert f"with {former.of} and {INCIDENTS} " in compared.sentence
    assert "of 100 draws" in compared.sentence

    # the experiment ends by itself, asks, and shows the cases of its own scope and time
    with pytest.raises(Refused):
        await decide(core, tried, "keep")
    await world.live(began + 15 * DAY)
    assert (await core.retros.experiments.get(tried.id)).state == "asking"
    shown = await core.retros.experiments.evidence(tried.id, "ana")
    cases = (await figures.get(FIGURE, ScopeQuery(team="shop"), "")).cases
    sides = [[one.value for one in cases if lo <= one.at < hi] for lo, hi in periods(began)]
    assert [shown.figure.before.n, shown.figure.after.n] == [len(one) for one in sides]
    assert [shown.figure.before.value, shown.figure.after.value] == [
        pytest.approx(sum(one) / len(one)) for one in sides
    ]
    asked = await figures.compare(FIGURE, ScopeQuery(), CompareQuery(experiment=f"X-{tried.id}", seed=tried.id), "ana")
    assert (asked.before, asked.after, asked.sentence) == (
        shown.figure.before, shown.figure.after, shown.figure.sentence
    )  # fmt: skip
    assert "helped" not in shown.figure.sentence
    decided = await decide(core, tried, "cannot_tell")
    assert (decided.state, decided.verdict) == ("decided", "cannot_tell")

    # the letters tell it: the version in the month it came, the experiment in the month it ended
    letters = core.evolution.letters
    await world.live(datetime(2029, 3, 1, 9, tzinfo=UTC))
    await letters.work()
    assert "V-4 came into force: reminders come too early" in (await letters.get("2029-01")).text
    february = await letters.get("2029-02")
    assert february.sent_at is not None
    assert february.readers == 6
    assert (
        f"X-{tried.id} ended, nobody can tell: too few promises (tried: a reminder later finds more to say)"
        in february.text
    )


def periods(began):
    """Fourteen days before, and until the end of the last day."""
    return (began - 14 * DAY, began), (began, began.replace(hour=0, minute=0, second=0, microsecond=0) + 15 * DAY)


async def decide(core, tried, verdict):
    body = wire_experiments.EndExperiment(verdict=verdict, why="too few promises")
    return await core.retros.experiments.end(tried.id, body, "ana", None)
