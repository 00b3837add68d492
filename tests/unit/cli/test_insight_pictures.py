"""`incidentctl insights dots`, `rhythm`, `load` and `report`: what they ask for, print and write."""

import csv
import importlib.util
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from incidentd.cli import screen
from incidentd.wire import figures as wire_figures

FIGURE = "/v1/insights/figures/time-to-mitigate"


@pytest.fixture(scope="module")
def scene():
    """The made-up figures of the tests of pictures."""
    name = "pictures_scene"
    path = Path(__file__).parents[1] / "pictures" / "scene.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def answers(api, scene):
    """A daemon that knows two figures, the rhythm and the load of shop."""
    year, share = scene.year(), scene.year("share")
    empty = wire_figures.Figure(
        name="near-misses", title="Near misses", definition="", kind="count", unit="", n=0, of=0
    )
    api.on("GET", "/v1/insights/figures", wire_figures.Figures(
        at=year.at, scope=year.scope, figures=(year.figure, empty, share.figure), boundaries=(), incidents=94
    ))  # fmt: skip
    api.on("GET", FIGURE, year)
    api.on("GET", "/v1/insights/figures/update-promises-kept", share)
    api.on("GET", "/v1/insights/rhythm", scene.rhythm())
    api.on("GET", "/v1/insights/load", scene.load())
    return api


def asked(api):
    return [one.target for one in api.asked]


def test_dots_in_a_pipe_are_eighty_columns_of_what_its_encoding_has(answers, run):
    done = run("insights", "dots", "time-to-mitigate")
    lines = done.out.splitlines()
    assert lines[0] == "Time from start to mitigation"
    assert max(map(len, lines)) <= 80
    assert "◆ SEV1" in done.out
    assert "90 of 94 cases: least 0 s, median" in done.out
    assert lines[-1] == "From when users were hit until they were no longer hit."
    assert "\x1b" not in done.out
    assert asked(answers) == [FIGURE]


def test_the_scope_goes_to_the_daemon(answers, run):
    run("insights", "dots", "time-to-mitigate", "--team", "shop", "--severity", "sev1", "--process", "V-3",
        "--service", "web", "--since", "2026-01-01T00:00+00:00", "--until", "2026-02-01T00:00+00:00")  # fmt: skip
    assert asked(answers) == [
        f"{FIGURE}?team=shop&severity=SEV1&process=V-3&service=web&since=2026-01-01T00%3A00%3A00%2B00%3A00"
        "&until=2026-02-01T00%3A00%3A00%2B00%3A00"
    ]


@pytest.mark.parametrize("words", [("dots", "time-to-mitigate"), ("rhythm",), ("load", "shop")])
def test_a_picture_is_as_wide_as_asked_for_and_ascii_where_it_must(answers, run, monkeypatch, words):
    for width in ("40", "61"):
        done = run("insights", *words, "--width", width, "--ascii")
        assert done.out.isascii()
        assert max(map(len, done.out.splitlines())) <= int(width)
    monkeypatch.setenv("TERM", "dumb")
    assert run("insights", *words).out.isascii()
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, run("insights", *words).out.splitlines())) <= 50
    assert run("insights", *words, "--width", "39").code == 2


@pytest.mark.parametrize(
    ("words", "head", "cell"),
    [
        (("dots", "time-to-mitigate"), "CASE", "INC-1 "),
        (("rhythm",), "HOUR (EUROPE/BERLIN)", "07:00"),
        (("load", "shop"), "WEEK FROM", "2026-01-05"),
    ],
)
def test_rows_instead_of_a_picture(answers, run, words, head, cell):
    lines = run("insights", *words, "--table").out.splitlines()
    assert lines[1].startswith(head)
    assert any(line.startswith(cell) for line in lines)


def test_every_form_goes_to_its_file(answers, run, tmp_path):
    for words in (("dots", "time-to-mitigate"), ("rhythm",), ("load", "shop")):
        paths = {form: str(tmp_path / f"{words[0]}.{form}") for form in ("svg", "html", "csv")}
        done = run("insights", *words, *(word for form, path in paths.items() for word in (f"--{form}", path)))
        assert done.out == "".join(f"written to {path}\n" for path in paths.values())
        assert ElementTree.parse(paths["svg"]).getroot().get("role") == "img"
        page = Path(paths["html"]).read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert "<summary>As rows (" in page
        rows = list(csv.reader(Path(paths["csv"]).read_text(encoding="utf-8").splitlines()))
        assert len(rows) > 5


def test_numbers_for_a_spreadsheet_to_a_pipe(answers, run, scene):
    out = run("insights", "dots", "time-to-mitigate", "--csv", "-").out
    rows = list(csv.DictReader(out.splitlines()))
    assert len(rows) == 90
    assert float(rows[0]["value"]) == scene.year().cases[0].value
    assert (rows[0]["unit"], rows[0]["process version"]) == ("s", "V-1")


def test_a_file_that_cannot_be_written_is_named(answers, run, tmp_path):
    done = run("insights", "rhythm", "--svg", str(tmp_path / "no" / "such.svg"))
    assert done.code != 0
    assert "such.svg" in done.err


def test_json_is_what_the_daemon_sent(answers, run, scene):
    assert run("insights", "dots", "time-to-mitigate", "--json").json["figure"]["of"] == 94
    assert run("insights", "rhythm", "--zone", "Europe/Berlin", "--json").json["n"] == 171
    assert asked(answers)[-1] == "/v1/insights/rhythm?zone=Europe%2FBerlin"
    assert run("insights", "load", "shop", "--weeks", "4", "--json").json["team"] == "shop"
    assert asked(answers)[-1] == "/v1/insights/load?team=shop&weeks=4"


def test_a_report_is_one_page_of_every_figure_that_has_a_case(answers, run, tmp_path):
    page, numbers = tmp_path / "report.html", tmp_path / "report.csv"
    done = run("insights", "report", "--team", "shop", "--html", str(page), "--csv", str(numbers))
    assert done.code == 0
    assert asked(answers) == [
        "/v1/insights/figures?team=shop", f"{FIGURE}?team=shop", "/v1/insights/figures/update-promises-kept?team=shop",
        "/v1/insights/rhythm?team=shop", "/v1/insights/load?team=shop&weeks=13",
    ]  # fmt: skip
    text = page.read_text(encoding="utf-8")
    assert text.count("<section ") == text.count("<svg ") == 4
    assert "<h1>How we respond</h1>" in text
    assert "team shop" in text
    rows = list(csv.DictReader(numbers.read_text(encoding="utf-8").splitlines()))
    assert {row["figure"] for row in rows} == {"time-to-mitigate", "update-promises-kept"}
    assert len(rows) == 180


def test_a_report_without_a_file_is_printed(answers, run):
    done = run("insights", "report")
    titles = ("Time from start to mitigation", "Promised updates that came in time", "Pages by weekday and hour")
    assert [line for line in done.out.splitlines() if line in titles] == list(titles)
    assert len(run("insights", "report", "--json").json["details"]) == 2
    refused = run("insights", "report", "--svg", "x.svg")
    assert refused.code == 2
    assert "--svg is for dots, rhythm and load" in refused.err


def test_an_unknown_figure_is_refused_as_the_daemon_says(api, run):
    api.refuse("GET", "/v1/insights/figures/time-to", 404, "there is no figure time-to, see time-to-mitigate")
    done = run("insights", "dots", "time-to")
    assert done.code == 4
    assert "see time-to-mitigate" in done.err


def test_a_terminal_has_tones_and_the_same_signs_without_them(answers, run, monkeypatch):
    plain = run("insights", "dots", "time-to-mitigate").out
    monkeypatch.setattr(screen, "colourful", lambda: True)
    coloured = run("insights", "dots", "time-to-mitigate").out
    assert "\x1b[31m◆\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_json_and_a_file_at_once_are_refused(answers, run, tmp_path):
    target = tmp_path / "x.svg"
    done = run("insights", "rhythm", "--json", "--svg", str(target))
    assert done.code == 2
    assert "--json" in done.err
    assert not target.exists()
