"""`incidentctl insights report`: all pictures of a scope on one page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import click
import msgspec

from incidentd.cli.insight_pictures import dots_forms, load_forms, rhythm_forms
from incidentd.cli.insight_scope import scope_options
from incidentd.cli.parts import read_options
from incidentd.cli.pictures import Form, Forms, csv_of, form_options, refuse_both, save, show_forms
from incidentd.cli.session import Session
from incidentd.domain.pictures.dots import dots_data
from incidentd.domain.pictures.page import (
    figure_section,
    joined,
    load_section,
    page_html,
    page_title,
    rhythm_section,
)
from incidentd.wire import figures as wire_figures

_FIGURES = "/v1/insights/figures"


class Found(msgspec.Struct, frozen=True):
    """All that a report draws."""

    listed: wire_figures.Figures
    details: tuple[wire_figures.FigureDetail, ...]
    rhythm: wire_figures.Rhythm
    load: wire_figures.Load | None


@click.command()
@scope_options
@form_options
@click.option("--weeks", type=click.IntRange(1, 104), default=13, show_default=True, metavar="N", help="Of the load.")
@read_options
@click.pass_obj
def report(session: Session, scope: dict[str, str], form: Form, weeks: int) -> None:
    """Show every figure of a scope that has a case, when pages come, and with --team what its weeks asked of it."""
    if form.svg:
        raise click.UsageError("a report is many pictures: --svg is for dots, rhythm and load")
    refuse_both(session, form)
    found = _found(session, scope, weeks)
    if session.as_json:
        session.print_value(found)
        return
    if form.html:
        sections = [*map(figure_section, found.details), rhythm_section(found.rhythm)]
        sections += [load_section(found.load)] if found.load is not None else []
        save(session, form.html, page_html(*page_title(found.listed), sections, found.listed.at))
    if form.csv:
        save(session, form.csv, csv_of(joined(map(dots_data, found.details))))
    if not form.html and not form.csv:
        for number, one in enumerate(_forms(found)):
            print(end="\n" if number else "")
            show_forms(session, form, one)


def _found(session: Session, scope: dict[str, str], weeks: int) -> Found:
    listed = session.decode(session.get(_FIGURES, **scope), wire_figures.Figures)
    paths = [f"{_FIGURES}/{quote(one.name, safe='')}" for one in listed.figures if one.of or one.n]
    details = [session.decode(session.get(path, **scope), wire_figures.FigureDetail) for path in paths]
    rhythm = session.decode(session.get("/v1/insights/rhythm", **scope), wire_figures.Rhythm)
    team = scope.get("team", "")
    load = session.decode(session.get("/v1/insights/load", team=team, weeks=weeks), wire_figures.Load) if team else None
    return Found(listed, tuple(details), rhythm, load)


def _forms(found: Found) -> Iterator[Forms]:
    yield from map(dots_forms, found.details)
    yield rhythm_forms(found.rhythm)
    if found.load is not None:
        yield load_forms(found.load)
