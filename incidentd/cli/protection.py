"""`incidentctl protection`: how well support keeps a team's project work free."""

from __future__ import annotations

import csv
import sys
from urllib.parse import quote

import click

from incidentd.cli.parts import read_options
from incidentd.cli.protection_svg import svg
from incidentd.cli.screen import listed, section, table, words
from incidentd.cli.session import Session
from incidentd.domain.columns import wrap
from incidentd.domain.display import safe_line
from incidentd.wire import protection as wire_protection

_COLUMNS = (
    "project_days", "leaks", "leak_free", "work", "absorbed", "absorption", "interruptions", "hours", "off_hours",
    "sleep_hours",
)  # fmt: skip


@click.command()
@click.argument("team")
@click.option("--weeks", type=click.IntRange(1, 52), default=13, show_default=True, metavar="N", help="How many weeks.")
@click.option("--csv", "form", flag_value="csv", help="Rows for a spreadsheet.")
@click.option("--svg", "form", flag_value="svg", help="A picture, with its figures as text in it.")
@read_options
@click.pass_obj
def protection(session: Session, team: str, weeks: int, form: str | None) -> None:
    """Show the interruptions of TEAM's project work by week: figures of the team, of nobody in it."""
    answer = session.get(f"/v1/teams/{quote(team, safe='')}/protection", weeks=str(weeks))
    found = session.read(answer, wire_protection.Protection)
    if found is None:
        return
    if form == "svg":
        print(svg(found))
    elif form == "csv":
        _csv(found)
    else:
        _show(found)


def _csv(found: wire_protection.Protection) -> None:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(("team", "week", "from", "until", *_COLUMNS, "reasons"))
    for one in found.weeks:
        reasons = " ".join(f"{name}={count}" for name, count in one.reasons.items())
        figures = [getattr(one, name) for name in _COLUMNS]
        shown = ["" if value is None else round(value, 4) for value in figures]
        rows.writerow((found.team, one.day, one.starts_at.isoformat(), one.ends_at.isoformat(), *shown, reasons))


def _show(found: wire_protection.Protection) -> None:
    rows = [(f"{one.day:%d %b}", *_figures(one)) for one in found.weeks]
    rows.append(("all", *_figures(found.whole)))
    head = ("WEEK FROM", "WITHOUT INTERRUPTION", "HANDLED IN SUPPORT", "HOURS", "OFF", "SLEEP", "WHY")
    table(head, rows, empty="No week.")
    section("Islands")
    for island in found.islands:
        print(safe_line(f"  {island.text}"))
    if not found.islands:
        print("  none")
    section("What the figures are")
    for name, text in found.definitions.items():
        for line in wrap(f"{words(name)}: {text}", 118):
            print(f"  {line}")


def _figures(one: wire_protection.ProtectedWeek) -> tuple[object, ...]:
    return (
        share(one.leak_free, one.project_days - one.leaks, one.project_days, "project days"),
        share(one.absorption, one.absorbed, one.work, ""),
        one.hours,
        one.off_hours,
        one.sleep_hours,
        listed(f"{words(name)} {count}" for name, count in one.reasons.items()) or "-",
    )


def share(value: float | None, part: int, of: int, unit: str) -> str:
    """A share with what it is a share of: "82 % (9 of 11 project days)"."""
    return "-" if value is None else f"{value:.0%} ({part} of {of}{' ' if unit else ''}{unit})".replace("%", " %")
