"""Something to read over the screen below, such as a definition: a title, lines that scroll, and nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from incidentd_tui import paint, theme
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.virtual_list import VirtualList


class ToldScreen(ModalScreen[None]):
    """`lines` makes what is read for a width. Every key that opened something, and Escape, closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,i,enter", "leave", show=False, priority=True)]

    def __init__(self, title: str, lines: Callable[[int], list[paint.Line]]) -> None:
        super().__init__()
        self._title = title
        self._make = lines
        self._lines: list[paint.Line] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="told"):
            yield Bar(widget_id="told-title")
            yield VirtualList(lambda key, width: [self._lines[int(str(key))]], widget_id="told-list")
            yield Bar(widget_id="told-keys")

    def on_mount(self) -> None:
        self.query_one("#told-title", Bar).say([(f" {self._title}", theme.bold)])
        self.query_one("#told-keys", Bar).say([], [("esc", theme.key), (" leave ", theme.muted)])
        self.set_focus(self.query_one("#told-list"))
        self.call_after_refresh(self._fill)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        rows = self.query_one("#told-list", VirtualList)
        self._lines = self._make(min(self.size.width, 78) - 6)
        rows.styles.height = min(len(self._lines), max(self.size.height - 6, 3))
        rows.set_rows(list(range(len(self._lines))))

    def action_leave(self) -> None:
        self.dismiss(None)
