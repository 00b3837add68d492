"""`incidentctl experiment`: what is tried until when, and the figure that was chosen before it began."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from incidentd.cli.actions import DAY
from incidentd.cli.insight_figures import side_words
from incidentd.cli.parts import Identifier, Word, change_options, list_options, read_options, say_more, versioned
from incidentd.cli.screen import Painted, fields, hang, section, table, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity
from incidentd.wire import experiments as wire
from incidentd.wire.figures import Compared

_PATH = "/v1/experiments"
EXPERIMENT = Identifier("X", "experiment")
_STATES = ("open", "planned", "running", "asking", "decided", "all")
_VERDICTS = ("keep", "adapt", "drop", "cannot_tell", "stop")
_TONES = {"asking": "warn", "stopped": "warn", "decided": "dim"}


@click.group()
def experiment() -> None:
    """Experiments on how we work: written beforehand, and asked about at their end."""


@experiment.command("list")
@click.option("--state", type=Word(_STATES), default="open", show_default=True, help="open: all that are not decided.")
@list_options
@click.pass_obj
def list_(session: Session, /, **query: object) -> None:
    """List experiments, those that ask first."""
    found = session.read(session.get(_PATH, **query), wire.ExperimentPage)
    if found is None:
        return
    rows = [
        (f"X-{one.id}", _state(one), str(one.begins_on), str(one.ends_on), one.figure, one.owner_team or one.by,
         one.title)
        for one in found.experiments
    ]  # fmt: skip
    head = ("ID", "STATE", "FROM", "UNTIL", "FIGURE", "OWNER", "WHAT")
    table(head, rows, empty="No experiment matches.", spare=("FROM", "OWNER", "FIGURE"))
    say_more(len(rows), found.total, found.next_cursor)


def _state(one: wire.Experiment) -> Painted:
    word = one.verdict.replace("_", " ") if one.state == "decided" else one.state
    return Painted(word, _TONES.get(one.state, ""))


@experiment.command()
@click.argument("experiment_id", type=EXPERIMENT)
@read_options
@click.pass_obj
def show(session: Session, experiment_id: int) -> None:
    """Show an experiment, and what the figures say of it so far."""
    path = f"{_PATH}/{experiment_id}"
    found = session.read(session.get(path), wire.Experiment)
    if found is None:
        return
    print_experiment(session, found)
    if found.state != "planned":
        print_evidence(session.decode(session.get(f"{path}/evidence"), wire.ExperimentEvidence))
    if found.state in ("asking", "stopped"):
        hang("", f"Answer: incidentctl experiment end X-{found.id} --verdict keep|adapt|drop|cannot_tell --why ...")


def print_experiment(session: Session, found: wire.Experiment) -> None:
    """What was written beforehand, and what came of it."""
    scope = found.scope
    where = [f"{name} {one}" for name, one in (("team", scope.team), ("service", scope.service)) if one]
    where += [scope.severity] if scope.severity else []
    hang(f"X-{found.id}  ", safe_line(f"{found.title} ({_state(found).text})"), tone="bold")
    fields([
        ("hypothesis", found.hypothesis), ("figure", f"{found.figure}, expected to go {found.expects}"),
        ("must not get worse", found.counter_figure), ("where", ", ".join(where) or "everywhere"),
        ("days", f"{found.begins_on} to {found.ends_on}, compared with the {found.before_days} days before"),
        ("stop rule", found.stop_rule), ("process", found.process_version),
        ("owner", found.owner_team or found.by), ("from", f"PR-{found.retro_id}" if found.retro_id else ""),
        ("goes on from", f"X-{found.adapts}" if found.adapts else ""),
        ("stopped", f"{session.when(found.stopped_at)}: {found.stopped_why}" if found.stopped_at else ""),
        ("decided", f"{session.when(found.decided_at)} by {found.decided_by}" if found.decided_at else ""),
        ("because", found.why if found.decided_at else ""),
        ("written", f"{session.when(found.at)} by {found.by}"), ("version", found.version),
    ])  # fmt: skip
    for warning in found.warnings:
        hang("  ! ", safe_line(warning), tone="warn")


def print_evidence(found: wire.ExperimentEvidence) -> None:
    """Both figures, each with how often chance alone would do this, and what else was otherwise."""
    section("What the figures say so far" if found.experiment.state == "running" else "What the figures say")
    _compared(found.figure)
    if found.counter is not None:
        _compared(found.counter, "must not get worse: ")
    if found.also:
        section("What else changed")
        for one in found.also:
            hang("  - ", safe_line(one))


def _compared(found: Compared, lead: str = "") -> None:
    hang("  ", safe_line(f"{lead}{found.figure.title}"), tone="bold")
    for side in (found.before, found.after):
        hang(f"  {safe_line(side.label)}: ", side_words(found, side))
    hang("  ", safe_line(f"{found.sentence[0].upper()}{found.sentence[1:]}."))


def _figure_options(command: Any) -> Any:
    for option in (
        click.option("--stop-rule", "stop_rule", help="What would end it early."),
        click.option("--counter", "counter_figure", help="The figure that must not get worse."),
        click.option("--expects", type=click.Choice(("up", "down")), help="Which way the figure is expected to go."),
        click.option("--figure", help="The figure to look at: incidentctl insights list."),
        click.option("--hypothesis", help="Why it should work."),
    ):
        command = option(command)
    return command


@experiment.command()
@click.argument("title")
@_figure_options
@click.option("--from", "begins_on", type=DAY, help="The day it begins (default: today).")
@click.option("--until", "ends_on", type=DAY, required=True, help="Its last day, such as 2026-12-01.")
@click.option("--before", "before_days", type=click.IntRange(7, 730), default=90, show_default=True, metavar="DAYS",
              help="How long a time before is compared with.")  # fmt: skip
@click.option("--team", default="", help="Of the services of this team only.")
@click.option("--service", default="", help="Of this service only.")
@click.option("--severity", type=click.Choice([one.value for one in Severity]), help="Of this severity only.")
@click.option("--owner", "owner_team", default="", help="The team that is asked (default: --team).")
@click.option(
    "--retro", "retro_id", type=Identifier("PR", "process_retro"), help="The process retro that it came out of."
)
@click.option("--adapts", type=EXPERIMENT, help="The experiment that it goes on from.")
@click.option("--process", "process_version", default="", help="The version of the process that it is tried with.")
@change_options
@click.pass_obj
def start(session: Session, /, **given: Any) -> None:
    """Write an experiment TITLE; the figure, the days and the stop rule stand once it runs."""
    needed = {"hypothesis": "--hypothesis", "figure": "--figure", "expects": "--expects", "stop_rule": "--stop-rule"}
    missing = [option for name, option in needed.items() if not given[name]]
    if missing:
        raise click.UsageError(f"say it beforehand: {', '.join(missing)}")
    _told(session, session.change("POST", _PATH, _body(given)))


@experiment.command()
@click.argument("experiment_id", type=EXPERIMENT)
@click.option("--title", help="What it is called.")
@_figure_options
@click.option("--from", "begins_on", type=DAY, help="The day it begins.")
@click.option("--until", "ends_on", type=DAY, help="Its last day.")
@click.option("--owner", "owner_team", help="The team that is asked.")
@versioned
@change_options
@click.pass_obj
def edit(session: Session, /, experiment_id: int, version: int | None, **given: Any) -> None:
    """Change an experiment before it begins; what is left out stays."""
    body = _body(given)
    if not body:
        raise click.UsageError("say what to change, such as --until or --owner")
    _told(session, session.change("PATCH", f"{_PATH}/{experiment_id}", body, version))


def _body(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, days as text."""
    return {
        name: str(one) if isinstance(one, date) else one for name, one in given.items() if one is not None
    }  # fmt: skip


@experiment.command()
@click.argument("experiment_id", type=EXPERIMENT)
@click.option("--verdict", type=Word(_VERDICTS), required=True, help="stop: its stop rule came true, or it does harm.")
@click.option("-r", "--why", required=True, help="Why, in a sentence.")
@versioned
@change_options
@click.pass_obj
def end(session: Session, experiment_id: int, verdict: str, why: str, version: int | None) -> None:
    """Answer the question at its end, or stop it before."""
    body = session.change("POST", f"{_PATH}/{experiment_id}/end", {"verdict": verdict, "why": why}, version)
    found = session.decode(body, wire.Experiment)
    if found.state == "stopped":
        session.done(body, f"X-{found.id} is stopped; say what becomes of it: incidentctl experiment show X-{found.id}")
        return
    session.done(body, f"X-{found.id} is decided: {words(found.verdict)}")
    if found.verdict == "adapt" and not (session.as_json or session.quiet):
        hang("", f"Go on with another: incidentctl experiment start ... --adapts X-{found.id}")


def _told(session: Session, body: bytes) -> None:
    found = session.decode(body, wire.Experiment)
    stands = "runs" if found.state == "running" else f"begins on {found.begins_on}"
    session.done(body, f"X-{found.id} {stands}, until {found.ends_on}: {found.title}")
    if not (session.as_json or session.quiet):
        for warning in found.warnings:
            hang("  ! ", safe_line(warning), tone="warn")
