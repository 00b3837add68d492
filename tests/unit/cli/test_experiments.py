"""`incidentctl experiment`: what is written beforehand, and what is shown beside the question."""

from datetime import date

import msgspec
import pytest

from incidentd.wire import experiments as wire
from incidentd.wire import figures as wire_figures

PATH = "/v1/experiments"
SAID = ("--hypothesis", "h", "--figure", "update-promises-kept", "--expects", "up", "--stop-rule", "s",
        "--until", "2026-06-30")  # fmt: skip


@pytest.fixture
def experiment(canned):
    return wire.Experiment(
        id=3, title="a card \x1b[31m", hypothesis="h", figure="update-promises-kept", expects="up",
        counter_figure="role-gap-minutes", scope=wire.ExperimentScope(team="shop"), retro_id=2, process_version="",
        begins_on=date(2026, 3, 1), ends_on=date(2026, 6, 30), stop_rule="s", before_days=90, state="asking",
        owner_team="shop", by="ada", at=canned.at, verdict="", why="", decided_by="", decided_at=None, version=4,
        adapts=1, warnings=("X-2 looks at it too",),
    )  # fmt: skip


@pytest.fixture
def evidence(canned, experiment):
    scope = wire_figures.FigureScope()
    kept = wire_figures.Figure(
        name="update-promises-kept", title="Promises kept", definition="d", kind="share", unit="", n=20, of=27
    )

    def side(label, n, value):
        return wire_figures.ComparedSide(label=label, scope=scope, n=n, value=value)

    compared = wire_figures.Compared(
        figure=kept, statistic="median", before=side("before", 12, 0.75), after=side("during", 15, None), change=None,
        by_chance=0.38, draws=1000, sentence="with 12 and 15 promises: cannot tell \x1b",
    )  # fmt: skip
    return wire.ExperimentEvidence(
        experiment=experiment, figure=compared, counter=compared, at=canned.at, also=("12 incidents before, 15 since",)
    )


def test_one_is_written_beforehand(api, run, experiment):
    api.on("POST", PATH, experiment)
    done = run("experiment", "start", "a card", *SAID, "--retro", "PR-2", "--from", "2026-03-01", "--severity", "SEV2")
    assert api.asked[0].body == {
        "title": "a card", "hypothesis": "h", "figure": "update-promises-kept", "expects": "up", "stop_rule": "s",
        "ends_on": "2026-06-30", "begins_on": "2026-03-01", "before_days": 90, "team": "", "service": "",
        "severity": "SEV2", "owner_team": "", "retro_id": 2, "process_version": "",
    }  # fmt: skip
    assert done.out == "X-3 begins on 2026-03-01, until 2026-06-30: a card ␛[31m\n  ! X-2 looks at it too\n"
    missing = run("experiment", "start", "a card", *SAID[2:])
    assert (missing.code, "say it beforehand: --hypothesis" in missing.err) == (2, True)


def test_the_evidence_stands_beside_the_question(api, run, experiment, evidence):
    api.on("GET", f"{PATH}/3", experiment)
    api.on("GET", f"{PATH}/3/evidence", evidence)
    out = run("experiment", "show", "X-3").out
    for said in ("X-3  a card ␛[31m (asking)", "update-promises-kept, expected to go up", "goes on from", "! X-2 looks",
                 "must not get worse: Promises kept", "What else changed",
                 "  before: 9 of 12\n  during: none\n  With 12 and 15 promises: cannot tell",
                 "--verdict keep|adapt|drop|cannot_tell"):  # fmt: skip
        assert said in out, said
    assert "\x1b" not in out
    planned = msgspec.structs.replace(experiment, state="planned")
    api.on("GET", f"{PATH}/3", planned)
    assert "What the figures" not in run("experiment", "show", "3").out
    api.on("GET", PATH, wire.ExperimentPage(experiments=(experiment,), next_cursor="", total=1))
    assert "X-3  asking" in run("experiment", "list", "--state", "asking").out


def test_it_is_edited_stopped_and_decided(api, run, experiment):
    api.on("PATCH", f"{PATH}/3", experiment)
    run("experiment", "edit", "3", "--until", "2026-07-31", "--if-version", "4")
    assert (api.asked[0].body, api.asked[0].headers["if-match"]) == ({"ends_on": "2026-07-31"}, '"4"')
    assert "say what to change" in run("experiment", "edit", "3").err
    api.on("POST", f"{PATH}/3/end", msgspec.structs.replace(experiment, state="stopped"))
    stopped = run("experiment", "end", "3", "--verdict", "stop", "--why", "harm")
    assert stopped.out.startswith("X-3 is stopped; say what becomes of it")
    decided = msgspec.structs.replace(experiment, state="decided", verdict="adapt")
    api.on("POST", f"{PATH}/3/end", decided)
    done = run("experiment", "end", "3", "--verdict", "adapt", "--why", "half")
    assert api.asked[-1].body == {"verdict": "adapt", "why": "half"}
    assert done.out == "X-3 is decided: adapt\nGo on with another: incidentctl experiment start ... --adapts X-3\n"
    assert (
        run("experiment", "end", "3", "--verdict", "cannot-tell", "--why", "few", "--json").json["verdict"] == "adapt"
    )
