"""A view that is one picture with what its figures are below it; the same as a table of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, TypeVar

from incidentd.domain.pictures import spans
from incidentd.domain.pictures.tables import Table
from incidentd_tui import paint, theme
from incidentd_tui.rows import pictures
from incidentd_tui.screens.insights.base import InsightScreen
from incidentd_tui.screens.told import ToldScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

T = TypeVar("T")
DRAWN_VERBS = (
    Verb("insights.table", "t", "table", "The picture as a table of words, and back"),
    Verb("insights.define", "i", "definition", "What is counted, and of what"),
)
_LEAST = 40  # cells that a picture needs


class DrawnScreen(InsightScreen[T]):
    """Rows are lines of the picture or rows of its table. Subclasses put `DRAWN_VERBS` among their verbs."""

    defines: ClassVar[str] = ""
    """What the definitions are of."""
    ends_first: ClassVar[bool] = False
    """Whether what is newest stands at the end, which is where one begins to read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: T | None = None
        self._lines: list[paint.Line] = []
        self._rows: pictures.Rows | None = None

    # ------------------------------------------------------------------ for subclasses
    async def ask(self) -> T | None:
        """What is drawn, None where there is nothing to ask for."""
        raise NotImplementedError

    def drawn(self, found: T, width: int) -> Sequence[spans.Line]:
        raise NotImplementedError

    def tabled(self, found: T) -> Table:
        raise NotImplementedError

    def definitions(self, found: T) -> Mapping[str, str]:
        """What each figure is by its name, "" for that of the whole."""
        raise NotImplementedError

    # ------------------------------------------------------------------ painting
    async def fetch(self) -> Iterable[tuple[str, T]]:
        self.found = await self.ask()
        return ()

    def order(self) -> list[Key]:
        self._lines, self._rows = [], None
        if self.found is None:
            return []
        if self.looking.as_table:
            self._rows = pictures.Rows(self.tabled(self.found))
            self._rows.fit(self.table.scrollable_content_region.width - 2)
            return list(range(len(self._rows)))
        width = max(self.table.scrollable_content_region.width - 2, _LEAST)
        self._lines = pictures.lines(self.drawn(self.found, width))
        return list(range(len(self._lines)))

    def reorder(self, cursor: Key | None = None) -> None:
        begins = self.ends_first and self.found is not None and not self.table.keys
        super().reorder(cursor)
        if begins:
            self.table.action_edge(1)

    def on_virtual_list_resized(self) -> None:
        self.reorder()

    def head(self, width: int) -> paint.Line:
        return self._rows.header() if self._rows is not None else []

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        number = int(str(key))
        if self._rows is not None:
            return [self._rows.row(number) if number < len(self._rows) else []]
        return [self._lines[number] if number < len(self._lines) else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        return [[], *self._defined(width)]

    def _defined(self, width: int) -> list[paint.Line]:
        if self.found is None:
            return []
        lines: list[paint.Line] = []
        for name, text in self.definitions(self.found).items():
            told = f"{name.replace('_', ' ')}: {text}" if name else text
            lines += [[(line, theme.muted)] for line in paint.wrap(told, width, 8)]
            lines += [[]] if self.wide else []
        return lines

    # ------------------------------------------------------------------ verbs
    def do_define(self) -> None:
        self.app.push_screen(ToldScreen(self.defines, self._defined))

    def do_table(self) -> None:
        self.looking.as_table = not self.looking.as_table
        self.reorder()
