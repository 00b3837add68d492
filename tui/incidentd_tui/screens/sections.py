"""A screen of lines in sections: Tab goes from one to the next."""

from __future__ import annotations

from collections.abc import Collection

from incidentd_tui import paint
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import ListScreen
from incidentd_tui.widgets.virtual_list import Key

_TEXT_WIDTH = 110


class SectionsScreen(ListScreen):
    """Rows are lines; `sections` makes them for a width."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[paint.Line] = []
        self._starts: dict[str, int] = {}
        self._about: dict[int, Key] = {}

    def sections(self, width: int) -> list[Section]:
        """What is shown, in order; a name is what a key jumps to."""
        raise NotImplementedError

    def order(self) -> list[Key]:
        self._lines, self._starts, self._about = [], {}, {}
        for section in self.sections(max(min(self.table.size.width - 4, _TEXT_WIDTH), 20)):
            if self._lines:
                self._lines.append([])
            start = self._starts[section.name] = len(self._lines)
            self._about |= {start + place: key for place, key in section.about.items()}
            self._lines += section.lines
        return list(range(len(self._lines)))

    def stands_for(self, key: Key) -> Collection[Key]:
        return (self._about[key],) if isinstance(key, int) and key in self._about else ()

    def folded(self) -> Collection[Key]:
        """What is marked is never a line: lines come and go."""
        return set(self._about.values())

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        index = key if isinstance(key, int) else 0
        return [self._lines[index] if index < len(self._lines) else []]

    def on_virtual_list_resized(self) -> None:
        """Its lines were made for another width."""
        self.reorder()

    # ------------------------------------------------------------------ verbs
    def do_back(self) -> None:
        self.app.pop_screen()

    def do_next(self) -> None:
        self._jump(1)

    def do_before(self) -> None:
        self._jump(-1)

    def _jump(self, side: int) -> None:
        at = self.table.cursor_index
        starts = [start for start in sorted(self._starts.values(), reverse=side < 0) if (start - at) * side > 0]
        if starts or self._starts:
            self.table.show_at_top(starts[0] if starts else 0)

    def show_section(self, name: str) -> None:
        """Its first line at the top."""
        self.table.show_at_top(self._starts.get(name, 0))
