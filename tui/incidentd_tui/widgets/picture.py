"""A picture with a cursor in it: its keys move the cursor of the list that stands for the same things."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Offset

from incidentd_tui import paint
from incidentd_tui.widgets.bars import Pane
from incidentd_tui.widgets.virtual_list import VirtualList


class Picture(Pane, can_focus=True):
    """`rows` is that list, which may be hidden."""

    DEFAULT_CSS = "Picture { height: 1fr; width: 1fr; background: #0e131a; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "edge(-1)", show=False),
        Binding("G,end", "edge(1)", show=False),
        Binding("ctrl+d,pagedown", "move(10)", show=False),
        Binding("ctrl+u,pageup", "move(-10)", show=False),
        Binding("enter", "open", show=False),
    ]

    def __init__(self, rows: VirtualList | None = None, *, widget_id: str | None = None) -> None:
        super().__init__(widget_id=widget_id)
        self.rows = rows
        self._spot: Offset | None = None

    def show(self, lines: list[paint.Line], spot: tuple[int, int] | None) -> None:
        """Draw these; `spot` is (column, line) of the place under the cursor."""
        self.say(lines)
        self._spot = Offset(*spot) if spot is not None else None
        self._place_terminal_cursor()

    def _place_terminal_cursor(self) -> None:
        """Screen readers and braille lines follow the terminal's own cursor."""
        region = self.content_region
        if self.has_focus and self._spot is not None and self._spot.y < region.height:
            self.app.cursor_position = region.offset + self._spot

    def on_focus(self) -> None:
        self._place_terminal_cursor()

    # ------------------------------------------------------------------ moving
    def action_move(self, by: int) -> None:
        if self.rows is not None:
            self.rows.action_move(by)

    def action_edge(self, side: int) -> None:
        if self.rows is not None:
            self.rows.action_edge(side)

    def action_open(self) -> None:
        if self.rows is not None:
            self.rows.action_open()
