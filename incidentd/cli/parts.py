"""What commands are made of: identifiers, times, the --json option, aligned tables."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from incidentd.cli.session import Session
from incidentd.domain.display import safe_line


class Identifier(click.ParamType):
    """A number with or without its prefix, in either case."""

    def __init__(self, prefix: str) -> None:
        self.name = f"{prefix.lower()}-id"
        self._prefix = prefix

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(rf"(?:{self._prefix}-)?([0-9]{{1,16}})", str(value), re.IGNORECASE)
        if found is None or int(found[1]) < 1:
            self.fail(f"{safe_line(str(value))!r} is not like {self._prefix}-12 or 12", param, ctx)
        return int(found[1])


class Instant(click.ParamType):
    """An RFC 3339 time; without an offset it is in the viewer's zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return datetime.fromisoformat(str(value)).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{safe_line(str(value))!r} is not a time like 2026-03-01T14:05", param, ctx)


ALERT, PAGE, INCIDENT = Identifier("A"), Identifier("P"), Identifier("INC")


def _turn_on_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).as_json = True


json_option: Callable[[Any], Any] = click.option(
    "--json", is_flag=True, expose_value=False, callback=_turn_on_json, help="One JSON document."
)


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Aligned columns; on a terminal the last one is cut to its width, elsewhere nothing is cut."""
    cells = [[safe_line(str(value)) for value in row] for row in rows]
    sizes = [max(width(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for row in [list(head), *cells]:
        line = "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, sizes, strict=True)).rstrip()
        print(line if columns is None else _fit(line, columns))


def fields(pairs: Sequence[tuple[str, object]]) -> None:
    """One `name  value` line for each pair that has a value."""
    given = [(name, str(value)) for name, value in pairs if value not in (None, "", (), "-")]
    size = max((width(safe_line(name)) for name, _ in given), default=0)
    for name, value in given:
        shown = safe_line(name)
        print(f"  {shown}{' ' * (size - width(shown))}  {safe_line(value)}")


def listed(values: Sequence[object], prefix: str = "") -> str:
    """`values` joined, each with its prefix."""
    return ", ".join(f"{prefix}{value}" for value in values)
