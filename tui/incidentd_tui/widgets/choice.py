"""A one-line choice among a few words: arrows move, a digit or the first letters pick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from incidentd_tui import paint, theme


class Choice(Widget, can_focus=True):
    """`options` are (value, label); `value` is the chosen one."""

    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]

    class Changed(Message):
        """Another option was chosen."""

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self.options = list(options)
        self._typed = ""
        known = [given for given, _ in self.options]
        self._at = known.index(value) if value in known else 0

    @property
    def value(self) -> str:
        return self.options[self._at][0] if self.options else ""

    def action_step(self, by: int) -> None:
        self._choose((self._at + by) % max(len(self.options), 1))

    def _choose(self, index: int) -> None:
        if index != self._at:
            self._at = index
            self.refresh()
            self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        if event.character is None or not event.character.isprintable() or event.character == " ":
            return
        event.stop()
        event.prevent_default()
        if event.character.isdecimal() and 1 <= int(event.character) <= len(self.options):
            self._choose(int(event.character) - 1)
            return
        self._typed += event.character.lower()
        self.set_timer(1.0, self._forget)
        for index, (value, label) in enumerate(self.options):
            if label.lower().startswith(self._typed) or value.lower().startswith(self._typed):
                self._choose(index)
                return
        self._typed = event.character.lower()

    def _forget(self) -> None:
        self._typed = ""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters typed here pick an option; they never act as verbs."""
        return character is not None and character.isprintable()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        ground = Style.parse(f"on {self.background_colors[1].hex6}")
        return paint.strip(self._spans(), self.size.width, ground)

    def _spans(self) -> paint.Line:
        spans: paint.Line = [("▌" if self.has_focus else " ", theme.primary)]
        first = self._first_shown()
        if first:
            spans.append(("‹ ", theme.muted))
        for index, (_, label) in enumerate(self.options[first:], first):
            here = index == self._at
            text = f"[{label}]" if here else f" {label} "
            spans.append((text, theme.tab_here if here and self.has_focus else theme.bold if here else theme.muted))
        return spans

    def _first_shown(self) -> int:
        """The first option to draw so that the chosen one can be seen."""
        room = self.size.width - 4
        first = 0
        while first < self._at and sum(cell_len(label) + 2 for _, label in self.options[first : self._at + 1]) > room:
            first += 1
        return first
