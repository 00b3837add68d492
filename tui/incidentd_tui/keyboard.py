"""What is typed, one key after the other: each goes to what has the focus once the key before it has had its effect.

Textual sends every key at once to whatever has the focus when it comes. Over a slow link several come together, and
after `n` the rest is text and no command.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from textual.app import App
from textual.events import Key, Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

Typed = Key | Paste


class KeyDone(Message):
    """Follows a key on its way up to the application, so that it comes when the key is dealt with."""


class Keyboard:
    """Holds back what is typed while a key is under way. `forward` has Textual aim an event."""

    def __init__(self, app: App[int], forward: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._forward = forward
        self._waiting: deque[Typed] = deque()
        self._aimed_at: Widget | None = None
        self.last = time.monotonic()
        """When the last key came, in seconds of the machine."""

    async def take(self, event: Typed) -> None:
        """A key or a paste from the terminal."""
        self.last = time.monotonic()
        self._waiting.append(event)
        await self.go_on()

    def type_first(self, events: Sequence[Typed]) -> None:
        """Have these typed again before what waits, in their order."""
        self._waiting.extendleft(reversed(events))
        self._app.call_later(self.go_on)

    def key_done(self) -> None:
        """What was under way is dealt with; the next is aimed after what it asked for, such as another focus."""
        self._app.call_later(self._next)

    async def _next(self) -> None:
        self._aimed_at = None
        await self.go_on()

    async def go_on(self) -> None:
        """Aim what waits, unless a key is under way; one whose widget is gone meanwhile is not."""
        if self._aimed_at is not None and self._aimed_at.is_running:
            return
        self._aimed_at = None
        while self._waiting and self._aimed_at is None:
            event = self._waiting.popleft()
            target = self._app.focused or self._app.screen
            await self._forward(event)
            if event.is_forwarded and not _is_text(event, target) and target.post_message(KeyDone()):
                self._aimed_at = target


def _is_text(event: Typed, target: Widget) -> bool:
    """Whether it is one more character of a text, which moves no focus: those need no waiting."""
    return isinstance(event, Key) and event.is_printable and isinstance(target, Input | TextArea)
