"""How pictures reach a terminal or a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import click

from incidentd.cli.parts import write
from incidentd.cli.screen import columns, glyph, paint
from incidentd.cli.screen import table as print_table
from incidentd.cli.session import Session
from incidentd.domain.columns import wrap
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.glyphs import ASCII, UNICODE, Glyphs
from incidentd.domain.pictures.spans import LEAST_WIDTH, Line
from incidentd.domain.pictures.tables import Table, csv_text

T = TypeVar("T")
_PIPE = 80  # columns where no terminal says how wide it is
_TONES = {
    "sev1": "bad", "sev2": "warn", "sev3": "bold", "sev5": "dim", "axis": "dim", "label": "dim", "boundary": "dim",
    "interval": "dim", "median": "bold", "kept": "bold", "step0": "dim", "step3": "bold",
    "step4": "bold", "total": "bold", "sleep": "bad", "off": "warn",
}  # fmt: skip


class Form(NamedTuple):
    """How a picture is wanted: files it is written to, or how it is printed."""

    svg: str
    html: str
    csv: str
    table: bool
    ascii: bool
    width: int

    @property
    def glyphs(self) -> Glyphs:
        """Plain ASCII where it is asked for, or where the output has no other signs."""
        plain = self.ascii or os.environ.get("TERM") == "dumb" or glyph(UNICODE.severities[0], "") == ""
        return ASCII if plain else UNICODE

    def columns(self) -> int:
        """As wide as asked for, as the terminal, or 80."""
        return max(self.width or columns() or _PIPE, LEAST_WIDTH)


class Forms(NamedTuple):
    """A picture in all its forms, each made when it is wanted."""

    title: str
    lines: Callable[[Form], Iterable[Line]]
    table: Callable[[], Table]
    data: Callable[[], Table]
    svg: Callable[[], str]
    html: Callable[[], str]
    words: tuple[str, ...]  # what it counts, in sentences


def form_options(function: Any) -> Any:
    """How the picture is shown; the command gets a `Form` as `form`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    form = context.params.setdefault("form", Form("", "", "", False, False, 0))
    if value:
        context.params["form"] = form._replace(**{str(parameter.name): value})


def _option(*names: str, text: str, **more: Any) -> Any:
    return click.option(*names, expose_value=False, callback=_keep, help=text, **more)


_FILE = click.Path(dir_okay=False, writable=True, allow_dash=True)
_OPTIONS = (
    _option("--svg", text="Write the picture to this file (- for standard output).", type=_FILE, metavar="FILE"),
    _option("--html", text="Write it with its rows and definitions as one page.", type=_FILE, metavar="FILE"),
    _option("--csv", text="Write its numbers for a spreadsheet.", type=_FILE, metavar="FILE"),
    _option("--table", text="Print rows, as for a screen reader.", is_flag=True),
    _option("--ascii", text="Print with plain ASCII signs.", is_flag=True),
    _option("--width", text="Print so many columns wide; 40 at least.", type=click.IntRange(40, 400), metavar="N"),
)


def show(session: Session, form: Form, body: bytes, kind: type[T], forms: Callable[[T], Forms]) -> None:
    """An answer of the daemon as JSON, as the files that were asked for, else printed as a picture or its rows."""
    refuse_both(session, form)
    found = session.read(body, kind)
    if found is not None:
        show_forms(session, form, forms(found))


def refuse_both(session: Session, form: Form) -> None:
    """JSON goes to standard output, and nothing else is written then."""
    if session.as_json and any((form.svg, form.html, form.csv)):
        raise click.UsageError("give --json or a file, one of the two")


def show_forms(session: Session, form: Form, picture: Forms) -> None:
    """Write the files that were asked for; where there was none, print the picture or its rows."""
    files = (
        (form.svg, picture.svg),
        (form.html, picture.html),
        (form.csv, lambda: csv_of(picture.data())),
    )
    for path, make in files:
        if path:
            save(session, path, make())
    if not any(path for path, _ in files):
        _print(form, picture)


def _print(form: Form, picture: Forms) -> None:
    if form.table:
        found = picture.table()
        print(safe_line(found.caption))
        print_table([name.upper() for name in found.head], [_shown(row) for row in found.rows])
    else:
        print(paint(safe_line(picture.title), "bold"))
        for line in picture.lines(form):
            print("".join(paint(span.text, _TONES.get(span.style, "")) for span in line).rstrip())
    for text in picture.words:
        for words in wrap(text, form.columns()):
            print(paint(words, "dim"))


def csv_of(table: Table) -> str:
    return csv_text(table.head, table.rows)


def save(session: Session, path: str, text: str) -> None:
    """A file, whole or not at all, and a word that it is there."""
    try:
        write(path, text)
    except OSError as error:
        raise click.FileError(safe_line(path), error.strerror or str(error)) from None
    if path != "-" and not session.quiet:
        print(safe_line(f"written to {path}"))


def _shown(row: Iterable[object]) -> list[object]:
    return ["" if value is None else value for value in row]
