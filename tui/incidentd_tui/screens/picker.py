"""Choose one of many by typing: the command palette, and every "which one?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from incidentd_tui import paint, theme
from incidentd_tui.screens.typeahead import TypeAhead
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.virtual_list import Key, VirtualList

SHOWN_MOST = 50


class Item(NamedTuple):
    """`tail` stands at the right end; `why_not` greys the item and says why it cannot be chosen."""

    value: str
    text: str
    tail: str = ""
    why_not: str = ""


def score(typed: str, text: str) -> int | None:
    """How well `typed` fits `text`: smaller is better, None for not at all.

    It may occur anywhere, or its letters in order in the part before a dash.
    """
    if not typed:
        return 0
    typed, text = typed.lower(), text.lower()
    at = text.find(typed)
    if at >= 0:
        starts_word = at == 0 or not text[at - 1].isalnum()
        return at if starts_word else 100 + at
    spread = -1
    text = text.partition(" — ")[0]
    for char in typed.replace(" ", ""):
        spread = text.find(char, spread + 1)
        if spread < 0:
            return None
    return 1000 + spread


class Picker(TypeAhead[str | None]):
    """Answers the value of the chosen item, None when left."""

    AUTO_FOCUS = "#picker-input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n,tab", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, title: str, items: Sequence[Item], placeholder: str = "type to search") -> None:
        super().__init__()
        self._title = title
        self._items = {item.value: item for item in items}
        self._placeholder = placeholder
        self._fault = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="picker"):
            yield Bar(widget_id="picker-title")
            box = Input(placeholder=self._placeholder, id="picker-input")
            box.cursor_blink = False
            yield box
            rows = VirtualList(self._row, widget_id="picker-list")
            rows.add_class("always")
            rows.can_focus = False
            yield rows
            yield Bar(widget_id="picker-keys")

    def on_mount(self) -> None:
        self._search("")
        self.call_after_refresh(self.accept_keys)

    def _row(self, key: Key, width: int) -> list[paint.Line]:
        item = self._items[str(key)]
        style = theme.muted if item.why_not else theme.plain
        return [paint.between([(item.text, style)], [(f"{item.why_not or item.tail} ", theme.muted)], width)]

    def _search(self, typed: str) -> None:
        found = [(score(typed, item.text), number, value) for number, (value, item) in enumerate(self._items.items())]
        keys = [value for rank, _, value in sorted(one for one in found if one[0] is not None)][:SHOWN_MOST]
        rows = self.query_one("#picker-list", VirtualList)
        rows.empty_lines = [[(" nothing fits", theme.muted)]]
        rows.set_rows(keys, cursor=keys[0] if keys else None)
        rows.styles.height = min(max(len(keys), 1), max(self.size.height - 9, 3))
        self.query_one("#picker-title", Bar).say([(f" {self._title}", theme.bold)], [(f"{len(keys)} ", theme.faint)])
        keys_line: paint.Line = [
            (" ↵", theme.key),
            (" choose  ", theme.muted),
            ("↑↓", theme.key),
            (" move  ", theme.muted),
        ]
        self.query_one("#picker-keys", Bar).say([*keys_line, ("esc", theme.key), (" leave", theme.muted)])

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search(event.value.strip())

    def on_input_submitted(self) -> None:
        key = self.query_one("#picker-list", VirtualList).cursor
        if key is None:
            return
        item = self._items[str(key)]
        if item.why_not:
            self.query_one("#picker-keys", Bar).say([(f" {item.why_not}", theme.warning)])
            return
        self.dismiss(item.value)

    def action_move(self, by: int) -> None:
        self.query_one("#picker-list", VirtualList).action_move(by)

    def action_leave(self) -> None:
        self.dismiss(None)
