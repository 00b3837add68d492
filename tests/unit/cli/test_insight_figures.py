"""`incidentctl insights list`, `show` and `compare`: what they ask for, print and write."""

import csv
import io
from datetime import UTC, datetime

import click
import pytest

from incidentd.cli.insight_figures import FigureName, n_of, show
from incidentd.domain.severity import Severity
from incidentd.wire import figures as wire_figures

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FIGURES = "/v1/insights/figures"
SCOPE = wire_figures.FigureScope(team="buy")


def figure(name="update-promises-kept", kind="share", n=12, of=15, **values):
    usual = {
        "title": "Updates sent when they were promised", "definition": "Kept, of all.", "note": "Only when.",
        "unit": "", "parts": {"kept": 12, "late": 3},
    }  # fmt: skip
    return wire_figures.Figure(name=name, kind=kind, n=n, of=of, **usual | values)


LASTING = figure("time-to-mitigate", "duration", 8, 9, unit="s", title="Mitigated", least=60.0, median=2040.0,
                 most=183_600.0, parts={})  # fmt: skip
COUNT = figure("severity-revisions", "count", 3, 9, unit="count", title="Changes", least=0.0, median=0.0, most=2.0)
CASE = wire_figures.FigureCase(
    subject="incident:3", name="INC-3", at=AT, value=3600.0, low=3300.0, high=4200.0, severity=Severity.SEV2,
    service="=cmd()", team="buy", version="abc", part="",
)  # fmt: skip


@pytest.fixture
def answers(api):
    boundary = wire_figures.VersionBoundary(at=AT, version="abc", name="V-2", reason="calmer updates")
    api.on("GET", FIGURES, wire_figures.Figures(
        at=AT, scope=SCOPE, figures=(figure(), LASTING, COUNT), boundaries=(boundary,), incidents=9,
    ))  # fmt: skip
    api.on("GET", f"{FIGURES}/time-to-mitigate", wire_figures.FigureDetail(
        at=AT, scope=SCOPE, figure=LASTING, cases=(CASE,), boundaries=(boundary,),
    ))  # fmt: skip
    sides = [
        wire_figures.ComparedSide(label=label, scope=SCOPE, n=n, value=value)
        for label, n, value in (("before 2026-03-01", 12, 3600.0), ("from 2026-03-01 on", 15, 2880.0))
    ]
    api.on("GET", f"{FIGURES}/time-to-mitigate/comparison", wire_figures.Compared(
        figure=LASTING, statistic="median", before=sides[0], after=sides[1], change=-0.2, by_chance=0.38, draws=10_000,
        sentence="with 12 and 15 incidents, a change this large appears by chance in 38 of 100 draws: cannot tell",
        also=("the severities differ: 3 SEV1 before, 9 SEV3 after",),
    ))  # fmt: skip
    return api


def test_the_list_is_a_calm_table_of_eighty_columns(answers, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = run("insights", "list", "--team", "buy")
    assert done.out.splitlines() == [
        "FIGURE                N         LEAST  MEDIAN  MOST",
        "update-promises-kept  12 of 15",
        "time-to-mitigate      8 of 9    1 min  34 min  2 d 3 h",
        "severity-revisions    3 in 9    0      0       2",
        "",
        "team buy, 9 incidents.",
        "What one of them counts: incidentctl insights show FIGURE",
    ]
    assert answers.asked[-1].target == f"{FIGURES}?team=buy"
    monkeypatch.delenv("COLUMNS")
    assert "Updates sent when they were promised" in run("insights", "list").out


def test_a_count_is_no_part_of_what_it_is_counted_beside():
    assert [n_of(one) for one in (figure(), COUNT, figure(kind="count", n=4, of=4))] == ["12 of 15", "3 in 9", "4"]


def test_a_figure_is_shown_with_its_definition_and_its_cases(answers, run):
    out = run("insights", "show", "Time-to-Mitigate", "--cases", "--utc").out
    assert out.startswith("Mitigated\n  8 of 9: least 1 min, median 34 min, most 2 d 3 h\n")
    assert "counts  Kept, of all.\n" in out
    assert "process V-2 since 2026-03-02: calmer updates" in out
    assert "INC-3" in out
    assert "1 h (55 min to 1 h 10 min)" in out
    assert "INC-3" not in run("insights", "show", "time-to-mitigate").out


def test_a_comparison_says_what_chance_does_and_what_else_differs(answers, run):
    out = run("insights", "compare", "time-to-mitigate", "--at", "2026-03-01", "--seed", "7").out
    assert "  before 2026-03-01: median 1 h of 12\n  from 2026-03-01 on: median 48 min of 15\n" in out
    assert "With 12 and 15 incidents, a change this large appears by chance in 38 of 100 draws: cannot tell." in out
    assert "10000 draws" in out
    assert "3 SEV1 before, 9 SEV3 after" in out
    assert answers.asked[-1].target.endswith("/comparison?at=2026-03-01&seed=7&statistic=median")


def test_spreadsheets_get_rows_that_no_formula_hides_in(answers, run, tmp_path):
    cases = list(csv.DictReader(io.StringIO(run("insights", "show", "time-to-mitigate", "--csv", "-").out)))
    assert [(one["name"], one["value"], one["high"], one["severity"], one["service"]) for one in cases] == [
        ("INC-3", "3600.0", "4200.0", "SEV2", "'=cmd()"),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(run("insights", "list", "--csv", "-").out)))
    assert [(one["name"], one["n"], one["of"], one["median"], one["parts"]) for one in rows][:2] == [
        ("update-promises-kept", "12", "15", "", "kept: 12, late: 3"), ("time-to-mitigate", "8", "9", "2040.0", ""),
    ]  # fmt: skip
    file = tmp_path / "sides.csv"
    done = run("insights", "compare", "time-to-mitigate", "--at", "2026-03-01", "--csv", str(file))
    assert done.out == f"written to {file}\n"
    assert [one["value"] for one in csv.DictReader(file.open())] == ["3600.0", "2880.0"]


def test_json_is_what_the_daemon_said(answers, run):
    assert run("insights", "list", "--json").json["incidents"] == 9
    assert run("insights", "show", "time-to-mitigate", "--json").json["cases"][0]["low"] == 3300.0
    assert run("insights", "compare", "time-to-mitigate", "--at", "2026-03-01", "--json").json["by_chance"] == 0.38


def test_names_are_completed():
    command = click.Context(show)
    names = [one.value for one in FigureName().shell_complete(command, show.params[0], "time-to")]
    assert names == ["time-to-mitigate", "time-to-resolve"]
