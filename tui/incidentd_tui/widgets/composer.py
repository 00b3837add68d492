"""A text box whose text is kept on the server half a second after typing stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import TextArea

from incidentd_tui import theme

SAVE_AFTER = 0.5
"""Seconds after the last key."""
SAVE_WITHIN = 1.0
"""Seconds after the first key that is not saved yet: who types on and on is saved, too."""


class Follower(Protocol):
    """What looks at the text while it is typed: `widgets.lint_line`."""

    def typed(self) -> None: ...
    def next(self) -> bool: ...
    def dismiss(self) -> bool: ...


class Composer(TextArea):
    """Enter sends when `enter_sends`, ctrl+j then makes a new line; else ctrl+s sends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s", "send", show=False),
        Binding("ctrl+j,shift+enter,alt+enter", "newline", show=False),
        Binding("ctrl+l", "next_wording", show=False),
    ]

    class Sent(Message):
        def __init__(self, composer: Composer, text: str) -> None:
            super().__init__()
            self.composer = composer
            self.text = text

    class Left(Message):
        """Escape: the text stays as a draft."""

    def __init__(
        self,
        text: str = "",
        *,
        enter_sends: bool,
        save: Callable[[str], Awaitable[None]] | None = None,
        placeholder: str = "",
        widget_id: str | None = None,
    ) -> None:
        super().__init__(
            text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", placeholder=placeholder, id=widget_id
        )
        self.cursor_blink = False  # a blink costs bytes twice a second over SSH
        self._enter_sends = enter_sends
        self._save = save
        self._timer: Timer | None = None
        self._unsaved_since: float | None = None
        self._keeping = asyncio.Lock()
        self._saved = text
        self.follower: Follower | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """A box that was just removed is blank: it has no styles any more, and Textual may draw it once again."""
        return super().render_lines(crop) if self.is_attached else [Strip.blank(crop.width, theme.plain)] * crop.height

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self._enter_sends:
            event.stop()
            event.prevent_default()
            self.action_send()
            return
        await super()._on_key(event)

    def action_newline(self) -> None:
        self.insert("\n")

    def action_next_wording(self) -> None:
        if self.follower is not None:
            self.follower.next()

    def action_cut(self) -> None:
        """^x cuts what is selected; with nothing selected it dismisses the finding that is shown."""
        nothing = self.selection.start == self.selection.end
        if not (nothing and self.follower is not None and self.follower.dismiss()):
            super().action_cut()

    def action_send(self) -> None:
        if self.text.strip() or not self._enter_sends:  # a dialog says itself what is missing
            self.post_message(self.Sent(self, self.text))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def load_draft(self, text: str) -> None:
        """Put a kept text in, unless the user typed already."""
        if not self.text and text:
            self.begin_with(text)

    def begin_with(self, text: str) -> None:
        """Put a text in that nobody typed: it is no draft to be kept until somebody goes on with it."""
        self._saved = text
        self.text = text
        self.move_cursor(self.document.end)

    def on_text_area_changed(self) -> None:
        if self.follower is not None:
            self.follower.typed()
        if self._save is None or self.text == self._saved:
            return
        if self._timer is not None:
            self._timer.stop()
        now = time.monotonic()
        self._unsaved_since = self._unsaved_since or now
        after = min(SAVE_AFTER, self._unsaved_since + SAVE_WITHIN - now)
        self._timer = self.set_timer(max(after, 0.01), self._keep_aside)

    def _keep_aside(self) -> None:
        """Beside the box: one types on while the server is slow, or hangs."""
        self.run_worker(self.keep_now(), exit_on_error=False, group="keep")

    async def keep_now(self) -> None:
        """Save at once what was not saved yet; one after the other, so that the newest is what stays."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._unsaved_since = None
        async with self._keeping:
            if self._save is not None and self.text != self._saved:
                self._saved = self.text
                await self._save(self.text)

    @property
    def offset_of_cursor(self) -> int:
        """How many characters of the text stand before the cursor."""
        row, column = self.cursor_location
        return sum(len(self.document.get_line(number)) + 1 for number in range(row)) + column

    def go_to(self, offset: int) -> None:
        """Move the cursor behind so many characters of the text."""
        row = 0
        while row < self.document.line_count - 1 and offset > len(self.document.get_line(row)):
            offset -= len(self.document.get_line(row)) + 1
            row += 1
        self.move_cursor((row, offset))

    def forget(self) -> None:
        """Empty the box; the caller deletes the draft."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._saved = ""
        self.text = ""
