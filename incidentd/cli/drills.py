"""`incidentctl drill`: practise with a scenario or a stored incident; only those who take part are written to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from incidentd.cli.parts import INCIDENT, Identifier, change_options, read_options
from incidentd.cli.screen import fields, hang, listed, section, span, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import drills as wire_drills

DRILL = Identifier("D")


@click.group()
def drill() -> None:
    """Drills: a scenario or a stored incident through the real path, marked DRILL everywhere.

    Whatever a policy says, only those who take part are written to.
    """


class People(click.ParamType[tuple[str, ...]]):
    """Handles with commas between them."""

    name = "people"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())


@drill.command()
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A scenario file: what happened, in TOML.",
)
@click.option("--incident", type=INCIDENT, metavar="INC", help="A stored incident with its alerts and notes.")
@click.option("--people", required=True, type=People(), metavar="ada,grace", help="Who takes part, and agreed to it.")
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True, help="Times faster.")
@click.option("--service", default="", help="The service of the alerts, in place of the recorded one.")
@click.option("--review", is_flag=True, help="Let its incident go to review instead of closing it.")
@change_options
@click.pass_obj
def start(
    session: Session,
    scenario: Path | None,
    incident: int | None,
    people: tuple[str, ...],
    speed: float,
    service: str,
    review: bool,
) -> None:
    """Start a drill."""
    if (scenario is None) == (incident is None):
        raise click.UsageError("name --scenario or --incident, one of the two")
    try:
        text = scenario.read_text(encoding="utf-8") if scenario else ""
    except (OSError, UnicodeDecodeError):
        raise click.BadParameter("cannot be read as UTF-8", param_hint="--scenario") from None
    wanted = wire_drills.StartDrill(
        people=people, scenario=text, incident_id=incident, speed=speed, service=service, review=review
    )
    body = session.change("POST", "/v1/drills", wanted)
    begun = session.decode(body, wire_drills.Drill)
    session.done(body, f"D-{begun.id} runs: {begun.title}, for {listed(begun.people)}")


@drill.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """List drills, the newest first."""
    found = session.read(session.get("/v1/drills"), wire_drills.DrillList)
    if found is not None:
        rows = [
            (f"D-{one.id}", toned(one.state), session.brief(one.started_at), listed(one.people), one.title)
            for one in found.drills
        ]
        head = ("ID", "STATE", f"STARTED ({session.zone})", "PEOPLE", "TITLE")
        table(head, rows, empty="There was no drill.")


@drill.command()
@click.argument("drill_id", type=DRILL, metavar="D")
@read_options
@click.pass_obj
def show(session: Session, drill_id: int) -> None:
    """Show a drill: its script, and its summary once it is over."""
    d = session.read(session.get(f"/v1/drills/{drill_id}"), wire_drills.Drill)
    if d is None:
        return
    hang("", safe_line(f"D-{d.id} {d.title} ({d.state})"), tone="bold")
    fields([
        ("why", d.why), ("replays", d.origin), ("people", listed(d.people)), ("started", session.when(d.started_at)),
        ("by", d.started_by), ("next", session.when(d.next_at)), ("ended", session.when(d.ended_at)),
        ("alerts", listed(d.alert_ids, "A-")), ("pages", listed(d.page_ids, "P-")),
        ("incidents", listed(d.incident_ids, "INC-")),
    ])  # fmt: skip
    if d.summary is not None:
        _summary(d.summary)
        return
    section("Script")
    for number, step in enumerate(d.steps):
        done = "done" if number < d.position else f"+{span(timedelta(seconds=step.after))}"
        hang(f"  {done:>7}  ", safe_line(f"{step.kind}: {step.text}"), lead_width=11)


def _summary(summary: wire_drills.Summary) -> None:
    section("Summary")
    first = summary.first_acknowledgement
    fields([
        ("first taken on", "nobody acknowledged" if first is None else f"after {span(timedelta(seconds=first))}"),
        ("reached", listed(summary.reached) or "nobody"), ("not taken on", listed(summary.unacknowledged, "P-")),
    ])  # fmt: skip
    for one in summary.acknowledged:
        after = span(timedelta(seconds=one.after))
        hang("  ", safe_line(f"P-{one.page_id}: {one.person} acknowledged after {after}"), lead_width=4)
    for alert, text in summary.verdicts.items():
        hang("  ", safe_line(f"{alert}: {text}"), lead_width=4)


@drill.command()
@click.argument("drill_id", type=DRILL, metavar="D")
@change_options
@click.pass_obj
def stop(session: Session, drill_id: int) -> None:
    """End a drill now: its alerts end, its pages and its incident are closed."""
    body = session.change("POST", f"/v1/drills/{drill_id}/stop")
    session.done(body, f"D-{session.decode(body, wire_drills.Drill).id} is over")


@drill.command()
@click.argument("drill_id", type=DRILL, metavar="D")
@change_options
@click.pass_obj
def resume(session: Session, drill_id: int) -> None:
    """Go on after a real page has paused a drill."""
    body = session.change("POST", f"/v1/drills/{drill_id}/resume")
    session.done(body, f"D-{session.decode(body, wire_drills.Drill).id} goes on")
