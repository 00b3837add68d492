"""A few days in which the team does all that a year has: experiments, a letter, silences, maintenance, a drill."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from incidentd.clock import from_micros
from incidentd.domain.chance import RARE
from incidentd.simulation.assumptions import Assumptions
from incidentd.simulation.experiments import UNTOLD

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 9
FULL = Assumptions(
    version_days=(), fault_gap=4 * DAY, alert_gap=12 * HOUR, experiment_gap=DAY, experiment_lasts=DAY,
    experiment_stopped=0, silence_gap=12 * HOUR, maintenance_gap=DAY, backups_from_day=1, drill_days=(2,),
    declined_day=3, withdrawn_day=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def lived(live_weeks, tmp_path_factory):
    """Rows of what was lived through, by a query."""
    file = tmp_path_factory.mktemp("full") / "days.db"
    days = live_weeks(file, DAYS, start=datetime(2029, 1, 27, tzinfo=UTC), assumed=FULL)
    with closing(sqlite3.connect(f"file:{days.file}?mode=ro", uri=True)) as conn:
        yield lambda query: conn.execute(query).fetchall()


@pytest.fixture(scope="module")
def kinds(lived):
    return Counter(kind for (kind,) in lived("SELECT kind FROM events"))


def test_everything_that_a_year_has_happens_by_the_services(lived, kinds):
    for kind in (
        "experiment.written", "experiment.began", "experiment.asks", "experiment.decided", "letter.sent",
        "silence.created", "silence.ended", "maintenance.planned", "maintenance.started", "maintenance.ended",
        "drill.started", "drill.ended", "process.proposed", "process.declined", "process.withdrawn",
    ):  # fmt: skip
        assert kinds[kind], kind
    assert lived("SELECT sum(failures) FROM timers") == [(0,)]
    assert lived("SELECT count(*) FROM deliveries WHERE state = 'failed'") == [(0,)]


def test_experiments_are_decided_by_what_the_figures_say(lived):
    decided = [json.loads(data) for (data,) in lived("SELECT data FROM events WHERE kind = 'experiment.decided'")]
    for one in decided:
        figure = one["evidence"]["figure"]
        untold = figure["by_chance"] is None or figure["by_chance"] >= RARE
        assert untold == (one["why"] in dict(UNTOLD).values())
    assert decided


def test_the_letter_goes_to_both_teams(lived):
    assert lived("SELECT month, readers FROM letters WHERE sent_at IS NOT NULL") == [("2029-01", 12)]


def test_a_drill_has_an_incident_of_its_own_that_ends_with_it(lived):
    ((status, title, service),) = lived("SELECT status, title, service FROM incidents WHERE drill_id IS NOT NULL")
    assert (status, title) == ("closed", f"DRILL The disk of {service} fills")
    assert lived("SELECT count(DISTINCT drill_id), min(state) FROM pages WHERE drill_id IS NOT NULL")[0][0] == 1


def test_a_second_person_declines_and_only_the_author_withdraws(lived):
    ended = dict(lived("SELECT kind, actor FROM events WHERE kind IN ('process.declined', 'process.withdrawn')"))
    proposed = {actor for (actor,) in lived("SELECT actor FROM events WHERE kind = 'process.proposed'")}
    assert proposed == {ended["process.withdrawn"]}
    assert ended["process.declined"] not in proposed


def test_backups_are_read_back_on_saturday(lived):
    ((starts_at, plan),) = lived("SELECT starts_at, plan FROM maintenance WHERE rule IS NOT NULL LIMIT 1")
    assert from_micros(starts_at) == datetime(2029, 2, 3, 2, tzinfo=UTC)
    assert json.loads(plan)["text"] == "backups are read back"
