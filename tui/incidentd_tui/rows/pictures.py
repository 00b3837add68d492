"""Pictures of figures in the look of the terminal, and the same as a table of words for who does not see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.style import Style

from incidentd.domain.pictures import spans
from incidentd.domain.pictures.tables import Table, Value
from incidentd_tui import paint, theme

_LOOKS: dict[str, Style] = {
    "label": theme.muted, "axis": theme.faint, "boundary": theme.heading, "interval": theme.muted, "median": theme.key,
    "caption": theme.muted, "cursor": theme.spot, "unrated": theme.muted,
    # A dot has its own shape: where labels are filled or tinted, its colour is enough.
    "sev1": theme.danger, "sev2": theme.severe, **{f"sev{rank}": theme.ranked(rank) for rank in (3, 4, 5)},
    "kept": theme.primary, "missed": theme.warning,
    "step0": theme.faint, "step1": theme.muted, "step2": theme.plain, "step3": theme.primary, "step4": theme.key,
    "total": theme.plain, "sleep": theme.warning, "off": theme.primary, "day": theme.muted,
}  # fmt: skip
CURSOR = _LOOKS["cursor"]
_WIDEST = 26  # cells of a column
_NARROWEST = 6


def lines(drawn: Iterable[spans.Line]) -> list[paint.Line]:
    """Each style by its look; what has none is plain."""
    return [[(span.text, _LOOKS.get(span.style, theme.plain)) for span in line] for line in drawn]


def spot(drawn: Sequence[paint.Line]) -> tuple[int, int] | None:
    """(column, line) of the cell under the cursor of a picture."""
    for row, line in enumerate(drawn):
        column = 0
        for text, style in line:
            if style == CURSOR:
                return column, row
            column += cell_len(text)
    return None


# ------------------------------------------------------------------ as a table
class Rows:
    """A table in columns as wide as what stands in them; a column where nothing stands is left out.

    Where they do not `fit` into a width, names of columns give way first, then the room between columns, then the last
    columns: what is shown is never cut.
    """

    def __init__(self, table: Table) -> None:
        self.caption = table.caption
        sizes = [
            max((cell_len(_text(value)) for value in column), default=0) for column in zip(*table.rows, strict=True)
        ]
        kept = [number for number, size in enumerate(sizes) if size] if table.rows else range(len(table.head))
        self._sizes = [min(max(sizes[number] if sizes else 0, len(table.head[number])), _WIDEST) for number in kept]
        self._natural = tuple(self._sizes)
        self._between = "  "
        self._least = [
            min(max(sizes[number] if sizes else 0, _NARROWEST), size)
            for number, size in zip(kept, self._natural, strict=True)
        ]
        self._right = [_is_number(row[number] for row in table.rows) for number in kept]
        self._rows = [tuple(_text(row[number]) for number in kept) for row in table.rows]
        self.head = [table.head[number] for number in kept]

    def fit(self, width: int) -> None:
        """Draw in at most `width` cells from now on."""
        for self._between in ("  ", " "):
            gap = len(self._between)
            self._sizes = _narrowed(self._natural, self._least, width - gap * (len(self._natural) - 1))
            if sum(self._sizes) + gap * (len(self._sizes) - 1) <= width:
                return
        while len(self._sizes) > 1 and sum(self._sizes) + len(self._sizes) - 1 > width:
            self._sizes.pop()

    def __len__(self) -> int:
        return len(self._rows)

    def header(self) -> paint.Line:
        return [(f" {self._joined([name.upper() for name in self.head])}", theme.faint)]

    def row(self, index: int) -> paint.Line:
        first, *rest = self._cells(self._rows[index])
        return [(first, theme.bold), (self._between.join(["", *rest]), theme.plain)]

    def words(self, index: int) -> list[tuple[str, str]]:
        """(what it is, its value) of one row, for who reads it whole."""
        return [(name, value) for name, value in zip(self.head, self._rows[index], strict=True) if value]

    def _joined(self, values: Sequence[str]) -> str:
        return self._between.join(self._cells(values))

    def _cells(self, values: Sequence[str]) -> list[str]:
        sized = zip(values, self._sizes, self._right, strict=False)  # the last columns may have given way
        return [paint.fit(value, size, right=right) for value, size, right in sized]


def _narrowed(sizes: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Cells are taken from the widest column, none below its least, until all fit or nothing can be taken."""
    found = list(sizes)
    while sum(found) > width and (spare := [at for at, size in enumerate(found) if size > least[at]]):
        found[max(spare, key=lambda at: found[at])] -= 1
    return found


def _is_number(values: Iterable[Value]) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _text(value: Value) -> str:
    return "" if value is None else str(value)
