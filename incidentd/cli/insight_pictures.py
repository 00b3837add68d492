"""`incidentctl insights dots`, `rhythm` and `load`: figures as pictures, in the terminal or in a file."""

from __future__ import annotations

from urllib.parse import quote

import click

from incidentd.cli.insight_scope import scope_options
from incidentd.cli.parts import read_options
from incidentd.cli.pictures import Form, Forms, form_options, show
from incidentd.cli.session import Session
from incidentd.domain.pictures.dots import dots_data, dots_lines, dots_table
from incidentd.domain.pictures.dots_svg import dots_svg
from incidentd.domain.pictures.load import load_lines, load_table
from incidentd.domain.pictures.load_svg import load_svg
from incidentd.domain.pictures.page import figure_section, load_section, page_html, rhythm_section
from incidentd.domain.pictures.rhythm import rhythm_lines, rhythm_table
from incidentd.domain.pictures.rhythm_svg import rhythm_svg
from incidentd.wire import figures as wire_figures


@click.command()
@click.argument("name")
@scope_options
@form_options
@click.option("--height", type=click.IntRange(8, 200), default=24, show_default=True, metavar="N", help="Lines.")
@read_options
@click.pass_obj
def dots(session: Session, name: str, scope: dict[str, str], form: Form, height: int) -> None:
    """Show each case of the figure NAME as a dot over time, or the months of a share, with what it is of."""
    body = session.get(f"/v1/insights/figures/{quote(name, safe='')}", **scope)
    show(session, form, body, wire_figures.FigureDetail, lambda found: dots_forms(found, height))


def dots_forms(found: wire_figures.FigureDetail, height: int = 24) -> Forms:
    """A figure in all its forms."""
    figure = found.figure
    return Forms(
        figure.title,
        lambda form: dots_lines(found, form.columns(), height, glyphs=form.glyphs),
        lambda: dots_table(found),
        lambda: dots_data(found),
        lambda: dots_svg(found),
        lambda: page_html(figure.title, "", [figure_section(found)], found.at),
        tuple(text for text in (figure.definition, figure.note) if text),
    )


@click.command()
@click.option("--zone", default="", metavar="NAME", help="Hours on the clock of this zone, such as Europe/Berlin.")
@scope_options
@form_options
@read_options
@click.pass_obj
def rhythm(session: Session, zone: str, scope: dict[str, str], form: Form) -> None:
    """Show at which hours of the week pages come."""
    body = session.get("/v1/insights/rhythm", zone=zone, **scope)
    show(session, form, body, wire_figures.Rhythm, rhythm_forms)


def rhythm_forms(found: wire_figures.Rhythm) -> Forms:
    """The rhythm of pages in all its forms."""
    section = rhythm_section(found)
    return Forms(
        section.title,
        lambda form: rhythm_lines(found, form.columns(), glyphs=form.glyphs),
        lambda: rhythm_table(found),
        lambda: rhythm_table(found),
        lambda: rhythm_svg(found),
        lambda: page_html(section.title, "", [section], found.at),
        (found.definition,),
    )


@click.command()
@click.argument("team")
@click.option(
    "--weeks", type=click.IntRange(1, 104), default=13, show_default=True, metavar="N", help="How many weeks."
)
@form_options
@read_options
@click.pass_obj
def load(session: Session, team: str, weeks: int, form: Form) -> None:
    """Show what each week asked of TEAM: its pages, those in sleep hours, incidents, and project days left alone."""
    body = session.get("/v1/insights/load", team=team, weeks=weeks)
    show(session, form, body, wire_figures.Load, load_forms)


def load_forms(found: wire_figures.Load) -> Forms:
    """The load of a team in all its forms."""
    section = load_section(found)
    return Forms(
        section.title,
        lambda form: load_lines(found, form.columns(), glyphs=form.glyphs),
        lambda: load_table(found),
        lambda: load_table(found),
        lambda: load_svg(found),
        lambda: page_html(section.title, "", [section], found.at),
        tuple(f"{name}: {text}" for name, text in section.terms),
    )
