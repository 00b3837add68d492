"""`incidentctl mode plan`: a fair plan of who is in support when, with its reasons."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import click

from incidentd.cli.parts import AHEAD, change_options
from incidentd.cli.screen import Painted, listed, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import modes as wire_modes


@click.command()
@click.argument("team")
@click.option("--from", "begin", type=AHEAD, help="From when (default: the next Monday at nine).")
@click.option("--weeks", type=click.IntRange(1, 52), default=13, show_default=True, metavar="N", help="How many weeks.")
@click.option("--replace", is_flag=True, help="Plan anew what is planned already.")
@click.option("--apply", is_flag=True, help="Make it true; without it nothing is changed.")
@click.option("--only", "digest", default="", metavar="PLAN", help="With --apply: refuse (exit code 5) any other plan.")
@change_options
@click.pass_obj
def plan(
    session: Session, team: str, begin: datetime | None, weeks: int, replace: bool, apply: bool, digest: str
) -> None:
    """Propose who of TEAM is in support in which week: as even as can be, absences kept, with the reasons."""
    path = f"/v1/teams/{quote(team, safe='')}/mode-plan"
    if digest and not apply:
        raise click.UsageError("--only goes with --apply")
    if apply:
        asked = {"starts_at": begin, "weeks": weeks, "replace": replace, "plan": digest}
        body = session.change("POST", path, asked)
        made = session.decode(body, wire_modes.ModePlan)
        until = session.when(made.ends_at)
        session.done(body, f"plan {made.plan} of team {made.team} is set until {until}: {len(made.blocks)} blocks")
        return
    given = {"starts_at": begin.isoformat()} if begin else {}
    found = session.read(
        session.get(path, **given, weeks=str(weeks), replace=str(replace).lower()), wire_modes.ModePlan
    )
    if found is not None:
        _show(session, found)


def _show(session: Session, found: wire_modes.ModePlan) -> None:
    made = {(one.starts_at, one.person) for one in found.choices}
    weeks = [
        (session.brief(week.starts_at), listed(f"{one}" if (week.starts_at, one) in made else f"{one} (stands)"
                                               for one in week.support) or Painted("nobody", "bad"))
        for week in found.weeks
    ]  # fmt: skip
    table((f"WEEK FROM ({session.zone})", "IN SUPPORT"), weeks, empty="No week.")
    section("Why")
    rows = [
        (session.brief(one.starts_at), one.person, one.why, one.alternative or "-", one.why_not)
        for one in found.choices
    ]
    table(("WEEK FROM", "PERSON", "WHY", "ELSE", "WHY NOT"), rows, empty="Nothing is left to plan.")
    section("Balance, with the 13 weeks before: without the plan -> with it")
    shares = [
        (one.person, *(f"{getattr(one.before, name)} -> {getattr(one.after, name)}"
                       for name in ("days", "weekend_days", "holidays", "nights")))
        for one in found.shares
    ]  # fmt: skip
    table(("PERSON", "DAYS", "WEEKEND DAYS", "HOLIDAYS", "NIGHTS"), shares, empty="The team has nobody.")
    print("\nNo plan for these weeks spreads the days more evenly. Nothing is changed; to make it true:")
    print(safe_line(f"  the same command with --apply --only {found.plan}"))
    for one in found.short:
        click.echo(safe_line(f"! {one}"), err=True)
