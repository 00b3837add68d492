"""`?`: every key of the screen below, with what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from incidentd_tui import paint, theme
from incidentd_tui.verbs import GLOBAL, MODES, Verb
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.virtual_list import Key, VirtualList

_MOVING = (
    ("j k ↓ ↑", "move"),
    ("g G", "first, last"),
    ("^d ^u", "half a page down, up"),
    ("↵", "open"),
    ("esc", "back, or clear marks and filter"),
)
_MARKING = (("space", "mark a row"), ("V", "mark a range"))
_SIGNS = (
    ("+", "marked"),
    ("~", "sent, the daemon has not answered yet"),
    ("!5m", "late: nobody answered for five minutes"),
    ("bold", "urgent, and nobody took it yet (SEV and WHO say so too)"),
    ("▲", "a broken rule, or a reason to look"),
)


class HelpScreen(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", show=False)]

    def __init__(self, title: str, verbs: Sequence[Verb], keymap: dict[str, str], *, marks: bool) -> None:
        super().__init__()
        self._title = title
        self._rows: list[tuple[str, str, str]] = []  # key, words, why it is a heading
        self._add(title, [(verb.key_shown(keymap), verb.about) for verb in verbs])
        self._add("Moving", (*_MOVING, *_MARKING) if marks else _MOVING)
        self._add("Everywhere", [(verb.key_shown(keymap), verb.about) for verb in (*MODES, *GLOBAL)])
        self._add("Signs", _SIGNS)

    def _add(self, heading: str, pairs: Sequence[tuple[str, str]]) -> None:
        if self._rows:
            self._rows.append(("", "", ""))
        self._rows.append(("", "", heading))
        self._rows += [(key, words, "") for key, words in pairs]

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Bar(widget_id="help-title")
            yield VirtualList(self._row, uniform=False, widget_id="help-list")
            yield Bar(widget_id="help-keys")

    def on_mount(self) -> None:
        self.query_one("#help-title", Bar).say([(" Keys", theme.bold), (f"  {self._title}", theme.muted)])
        rule = "small letter: private, undoable · capital: others see it"
        self.query_one("#help-keys", Bar).say(
            [(f" {rule}", theme.muted)], [("esc", theme.key), (" leave ", theme.muted)]
        )
        rows = self.query_one("#help-list", VirtualList)
        rows.set_rows(list(range(len(self._rows))))
        self.set_focus(rows)

    def _row(self, key: Key, width: int) -> list[paint.Line]:
        keys, words, heading = self._rows[int(str(key))]
        if heading:
            return [[(heading.upper(), theme.heading)]]
        texts = paint.wrap(words, width - 12, 4)
        return [
            [(f" {keys if not index else '':<10} ", theme.key), (text, theme.plain)] for index, text in enumerate(texts)
        ]

    def action_leave(self) -> None:
        self.dismiss(None)
