"""Lists whose preview stands below them in a window that has no room beside them."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult

from incidentd_tui import paint, theme
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.widgets.bars import Pane

T = TypeVar("T")
LOWEST = 20
"""Below this many lines the list has them all."""


class PreviewBelow(KeptScreen[T]):
    """What `preview_lines` says is seen at every width."""

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield Pane(widget_id="more")

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#more").display = not self.wide and self.size.height >= LOWEST

    def refresh_frame(self) -> None:
        super().refresh_frame()
        if self.composed:
            rule: paint.Line = [("─" * self.size.width, theme.line)]
            told = self.preview_lines(self.table.cursor, self.size.width - 2)[1:]
            self.query_one("#more", Pane).say([rule, *([(" ", theme.plain), *line] for line in told)])
