"""Rows of a picture: for a screen reader, for a spreadsheet, for who wants the numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from incidentd.domain.display import safe_line
from incidentd.domain.review_markup import escaped

Value = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the full-width ones count as well


class Table(NamedTuple):
    """Rows under a head; a cell that is no text is a number."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """CSV after RFC 4180: lines end with CR LF, cells are quoted where they must be.

    A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP "CSV Injection"), and characters
    that act are made visible. Numbers stay numbers, also those below 0.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    shown = safe_line(value)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) and shown != "-" else shown


def html_table(table: Table) -> Iterator[str]:
    """A table for a browser, whose first cell names its row."""
    yield f"<table><caption>{escaped(table.caption)}</caption><thead><tr>"
    yield from (f'<th scope="col">{escaped(name)}</th>' for name in table.head)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        first, *others = ("" if value is None else escaped(str(value)) for value in row)
        yield f'<tr><th scope="row">{first}</th>{"".join(f"<td>{one}</td>" for one in others)}</tr>'
    yield "</tbody></table>"
