"""`incidentctl insights list`, `show` and `compare`: what is so of how many, and whether a change can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import click

from incidentd.cli.insight_scope import scope_options
from incidentd.cli.parts import read_options
from incidentd.cli.pictures import save
from incidentd.cli.screen import columns, fields, hang, listed, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.quantities import quantity
from incidentd.domain.pictures.tables import Value, csv_text
from incidentd.wire import figures as wire_figures

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

T = TypeVar("T")
_SPREAD = ("least", "median", "most")
_WITH_TITLES = 120  # columns from which the list has room for them
_LONGEST = 30.0  # seconds that the figures of a long history may take
_MOST_BOUNDARIES = 5


class FigureName(click.ParamType[str]):
    """A figure by its name; the daemon says the nearest one for a wrong one."""

    name = "figure"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value).strip().casefold()

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from incidentd.domain.figures.catalogue import CATALOGUE
        from incidentd.domain.process import DEFAULT_REVIEW_NAME

        called = (one.called(DEFAULT_REVIEW_NAME) for one in CATALOGUE)
        return [CompletionItem(one.name, help=one.title) for one in called if one.name.startswith(incomplete)]


_FIGURE = click.argument("figure", type=FigureName(), metavar="FIGURE")
_CSV = click.option(
    "--csv", "csv_file", metavar="FILE", type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    help="Write rows for a spreadsheet to this file (- for standard output).",
)  # fmt: skip


def _asked(session: Session, path: str, kind: type[T], query: Mapping[str, object]) -> T | None:
    """An answer about figures as `kind`, None after it was printed as JSON."""
    session.timeout = max(session.timeout, _LONGEST)
    return session.read(session.get(f"/v1/insights/{path}", **query), kind)


# ------------------------------------------------------------------ all of them
@click.command("list")
@scope_options
@_CSV
@read_options
@click.pass_obj
def list_figures(session: Session, scope: Mapping[str, str], csv_file: str | None) -> None:
    """List every figure: n of how many, and where it has values the least, the median and the most."""
    found = _asked(session, "figures", wire_figures.Figures, scope)
    if found is None:
        return
    if csv_file:
        head = ("name", "title", "kind", "unit", "n", "of", *_SPREAD, "parts", "definition", "note")
        save(session, csv_file, csv_text(head, map(_row, found.figures)))
        return
    limit = columns()
    titles = 1 if limit is None or limit >= _WITH_TITLES else 0
    rows = [(*_line(one), *(one.title,) * titles) for one in found.figures]
    table(("FIGURE", "N", "LEAST", "MEDIAN", "MOST", *("TITLE",) * titles), rows)
    print(f"\n{_of(session, found.scope)}, {found.incidents} incidents.")
    hang("", "What one of them counts: incidentctl insights show FIGURE", tone="dim")


def _row(one: wire_figures.Figure) -> tuple[Value, ...]:
    parts = listed(f"{name}: {count}" for name, count in one.parts.items())
    spread = (getattr(one, name) for name in _SPREAD)
    return one.name, one.title, one.kind, one.unit, one.n, one.of, *spread, parts, one.definition, one.note


def _line(one: wire_figures.Figure) -> tuple[str, ...]:
    spread = [getattr(one, name) for name in _SPREAD]
    return one.name, n_of(one), *("" if value is None else quantity(value, one.unit) for value in spread)


def n_of(one: wire_figures.Figure) -> str:
    """So many of so many; a count is no part of what it is counted beside."""
    if one.kind == "count":
        return f"{one.n}" if one.n == one.of else f"{one.n} in {one.of}"
    return f"{one.n} of {one.of}"


def _of(session: Session, scope: wire_figures.FigureScope) -> str:
    since, until = (None if at is None else session.when(at, "%Y-%m-%d") for at in (scope.since, scope.until))
    said = [
        scope.team and f"team {scope.team}", scope.service and f"service {scope.service}", scope.severity,
        scope.version and f"process {scope.version[:12]}", since and f"since {since}", until and f"until {until}",
    ]  # fmt: skip
    return safe_line(listed(filter(None, said)) or "Everything")


# ------------------------------------------------------------------ one of them
@click.command()
@_FIGURE
@click.option("--cases", is_flag=True, help="Each of its cases.")
@scope_options
@_CSV
@read_options
@click.pass_obj
def show(session: Session, figure: str, cases: bool, scope: Mapping[str, str], csv_file: str | None) -> None:
    """Show one figure: what it counts, what it does not say, and with --cases each case. None is about a person."""
    found = _asked(session, f"figures/{quote(figure, safe='')}", wire_figures.FigureDetail, scope)
    if found is None:
        return
    if csv_file:
        head = ("figure", "unit", *wire_figures.FigureCase.__struct_fields__)
        save(session, csv_file, csv_text(head, (_case(found.figure, one) for one in found.cases)))
        return
    _about(session, found.figure, found.scope)
    for one in found.boundaries[-_MOST_BOUNDARIES:]:
        why = f": {one.reason}" if one.reason else ""
        hang("  ", f"process {one.name} since {session.when(one.at, '%Y-%m-%d')}{why}")
    if cases:
        print()
        _cases(session, found)


def _about(session: Session, one: wire_figures.Figure, scope: wire_figures.FigureScope) -> None:
    hang("", one.title, tone="bold")
    spread = [] if one.least is None else [f"{name} {quantity(getattr(one, name), one.unit)}" for name in _SPREAD]
    weekly = " a week" if spread and one.kind == "count" else ""
    hang("  ", f"{n_of(one)}{': ' if spread else ''}{listed(spread)}{weekly}")
    if one.parts:
        hang("  ", listed(f"{name}: {count}" for name, count in one.parts.items()))
    fields([("counts", one.definition), ("limits", one.note), ("of", _of(session, scope))])


def _case(figure: wire_figures.Figure, one: wire_figures.FigureCase) -> tuple[Value, ...]:
    shown = {"at": one.at.isoformat(), "severity": one.severity.value if one.severity else ""}
    return figure.name, figure.unit, *(shown.get(name, getattr(one, name)) for name in one.__struct_fields__)


def _cases(session: Session, found: wire_figures.FigureDetail) -> None:
    rows = [
        (
            session.brief(one.at),
            one.name,
            value_of(found.figure, one),
            one.severity or "",
            one.service,
            one.part.replace("_", " "),
        )
        for one in found.cases
    ]
    table((f"AT ({session.zone})", "CASE", "VALUE", "SEV", "SERVICE", "WHAT"), rows, empty="No case.")


def value_of(figure: wire_figures.Figure, one: wire_figures.FigureCase) -> str:
    """A case's value in words, with its bounds where its start is disputed."""
    if figure.kind == "share":
        return "yes" if one.value else "no"
    shown = quantity(one.value, figure.unit)
    if one.low is None and one.high is None:
        return shown
    return f"{shown} ({quantity(one.low, figure.unit)} to {quantity(one.high, figure.unit)})"


# ------------------------------------------------------------------ before and after
@click.command()
@_FIGURE
@click.option("--at", metavar="DAY", help="Before and after this day (in UTC) or instant: 2026-03-01.")
@click.option("--before", metavar="V-1", help="A version of the process ...")
@click.option("--after", metavar="V-2", help="... and the one that it is compared with.")
@click.option("--experiment", metavar="X-3", help="Before an experiment and since.")
@click.option("--statistic", type=click.Choice(["median", "mean"]), default="median", show_default=True,
              help="Of durations, and of counts by week.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Of the draws.")
@scope_options
@_CSV
@read_options
@click.pass_obj
def compare(session: Session, /, figure: str, scope: Mapping[str, str], csv_file: str | None, **query: Any) -> None:
    """Compare a figure before and after something: how often would chance alone change it as much?

    Both sides are drawn many times from all that was seen together. It never says that something helped.
    """
    path = f"figures/{quote(figure, safe='')}/comparison"
    found = _asked(session, path, wire_figures.Compared, {**scope, **query})
    if found is None:
        return
    if csv_file:
        head = ("figure", "side", "n", "value", "statistic", "unit", "change", "by_chance", "draws")
        save(session, csv_file, csv_text(head, _sides(found)))
        return
    hang("", found.figure.title, tone="bold")
    for side in (found.before, found.after):
        hang("  ", f"{side.label}: {side_words(found, side)}")
    hang("  ", f"{found.sentence[:1].upper()}{found.sentence[1:]}.", tone="bold")
    if found.draws:
        hang("  ", f"{found.draws} draws of both sides from all that was seen together", tone="dim")
    if found.also:
        section("What else differs")
        for text in found.also:
            hang("  ", text)
    print()
    fields([("counts", found.figure.definition), ("limits", found.figure.note)])


def _sides(found: wire_figures.Compared) -> Iterable[tuple[Value, ...]]:
    figure, by = found.figure, "share" if found.figure.kind == "share" else found.statistic
    for side in (found.before, found.after):
        yield (
            figure.name, side.label, side.n, side.value, by, figure.unit, found.change, found.by_chance, found.draws
        )  # fmt: skip


def side_words(found: wire_figures.Compared, side: wire_figures.ComparedSide) -> str:
    """What one side of a comparison comes to, and of how many."""
    if side.value is None:
        return "none"
    if found.figure.kind == "share":
        return f"{round(side.value * side.n)} of {side.n}"
    shown = f"{found.statistic} {quantity(side.value, found.figure.unit)}"
    return f"{shown} a week in {side.n} weeks" if found.figure.kind == "count" else f"{shown} of {side.n}"
