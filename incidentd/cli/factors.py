"""`incidentctl factor`: contributing factors of all incidents, their themes, and where they were seen again."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, change_options, list_options, read_options, say_more
from incidentd.cli.review_record_views import print_factor, print_factor_list, print_themes
from incidentd.cli.review_records import CATEGORY, FACTOR, ROLE, told_factor
from incidentd.cli.screen import hang
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import review_records as wire_records


@click.group()
def factor() -> None:
    """Contributing factors of all incidents, their themes, and where they were seen again."""


def _themes(session: Session) -> dict[int, str]:
    found = session.decode(session.get("/v1/themes"), wire_records.ThemeList)
    return {one.id: one.name for one in found.themes}


@factor.command("list")
@click.option("-q", default="", help="Words in it.")
@click.option("--category", type=CATEGORY, help="Where it lies.")
@click.option("--role", type=ROLE, help="What it did.")
@click.option("--theme", default="", help="Of this theme.")
@click.option("--incident", type=INCIDENT, help="Of this incident.")
@list_options
@click.pass_obj
def list_factors(session: Session, /, **query: object) -> None:
    """List factors that you may read, the newest first."""
    found = session.read(session.get("/v1/factors", **query), wire_records.FactorPage)
    if found is None:
        return
    print_factor_list(found, _themes(session) if any(one.theme_id for one in found.factors) else {})
    say_more(len(found.factors), found.total, found.next_cursor)


@factor.command()
@click.argument("factor_id", type=FACTOR, metavar="FACTOR")
@read_options
@click.pass_obj
def show(session: Session, factor_id: int) -> None:
    """Show a FACTOR with what shows it, and where it was seen before."""
    found = session.read(session.get(f"/v1/factors/{factor_id}"), wire_records.Factor)
    if found is None:
        return
    hang("", safe_line(f"INC-{found.incident_id}, {found.category}, version {found.version}"), tone="bold")
    print_factor(found, _themes(session) if found.theme_id else {})


def _path(session: Session, factor_id: int) -> str:
    found = session.decode(session.get(f"/v1/factors/{factor_id}"), wire_records.Factor)
    return f"/v1/incidents/{found.incident_id}/review/factors/{factor_id}/earlier"


@factor.command()
@click.argument("factor_id", type=FACTOR, metavar="FACTOR")
@click.argument("earlier_id", type=FACTOR, metavar="EARLIER")
@click.argument("evidence")
@change_options
@click.pass_obj
def link(session: Session, factor_id: int, earlier_id: int, evidence: str) -> None:
    """Say that FACTOR is one of an EARLIER incident again, with EVIDENCE of the later one."""
    wanted = wire_records.LinkFactor(earlier_id=earlier_id, evidence=evidence)
    body = session.change("POST", _path(session, factor_id), wanted)
    told_factor(session, body, f"is F-{earlier_id} again")


@factor.command()
@click.argument("factor_id", type=FACTOR, metavar="FACTOR")
@click.argument("earlier_id", type=FACTOR, metavar="EARLIER")
@change_options
@click.pass_obj
def unlink(session: Session, factor_id: int, earlier_id: int) -> None:
    """FACTOR is not the EARLIER one after all."""
    told_factor(
        session, session.change("DELETE", f"{_path(session, factor_id)}/{earlier_id}"), f"is not F-{earlier_id}"
    )


@factor.command()
@read_options
@click.pass_obj
def themes(session: Session) -> None:
    """List themes, with how many factors of how many incidents each has."""
    found = session.read(session.get("/v1/themes"), wire_records.ThemeList)
    if found is not None:
        print_themes(found.themes)


@factor.command("edit-theme")
@click.argument("theme_id", type=click.IntRange(1), metavar="THEME")
@click.option("--name", default=None, help="What it is called from now on.")
@click.option("--text", default=None, help="What it is about.")
@change_options
@click.pass_obj
def edit_theme(session: Session, theme_id: int, name: str | None, text: str | None) -> None:
    """Rename a THEME, or say what it is about."""
    body = session.change("PATCH", f"/v1/themes/{theme_id}", wire_records.EditTheme(name=name, text=text))
    found = session.decode(body, wire_records.Theme)
    session.done(body, f"theme {found.id} is called {found.name}")
