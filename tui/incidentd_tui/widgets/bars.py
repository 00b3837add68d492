"""One-line bars and static panes: drawn line by line from spans, and only when what they say changed."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from incidentd_tui import paint


class Bar(Widget):
    """One line with something at its left and something at its right end."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    def __init__(self, *, widget_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=widget_id, classes=classes)
        self._left: paint.Line = []
        self._right: paint.Line = []

    def say(self, left: paint.Line, right: paint.Line | None = None) -> None:
        """Show these spans; nothing is drawn when they are shown already."""
        right = right or []
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        ground = Style.parse(f"on {self.background_colors[1].hex6}")
        width = self.size.width
        return paint.strip(paint.between(self._left, self._right, width), width, ground)


class Pane(Widget):
    """Lines that do not scroll; what does not fit is cut at the bottom."""

    DEFAULT_CSS = "Pane { height: 1fr; }"

    def __init__(self, *, widget_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=widget_id, classes=classes)
        self._lines: list[paint.Line] = []

    def say(self, lines: list[paint.Line]) -> None:
        """Show these lines; nothing is drawn when they are shown already."""
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        ground = Style.parse(f"on {self.background_colors[1].hex6}")
        line = self._lines[y] if y < len(self._lines) else []
        return paint.strip(line, self.size.width, ground)
