"""The box below a step of the review: a few fields, kept while one types, sent by Enter on the last of them.

Nothing that happens meanwhile closes it: what is typed there stays until it is sent, or left with Escape as a draft.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from incidentd_tui import paint, theme
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.choice import Choice
from incidentd_tui.widgets.composer import Composer
from incidentd_tui.widgets.lint_line import LintLine

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """What is written: `about` says of what, `seen_by` who reads it, `doing` is what others are told ("an account").

    `send` answers "" when it is done, else the reason why not. A box that `stays` opens again, empty.
    """

    about: str
    seen_by: str
    doing: str
    fields: tuple[Field, ...]
    send: Callable[[Values], Awaitable[str]]
    stays: bool = False


GoOn = Callable[[str], None]
"""Called with the name of a field that is answered: at once, so that the next key finds the next field."""


class Answer(Composer):
    """A text of the box: Enter goes on, also from an empty one."""

    def __init__(self, field: Field, go_on: GoOn, save: Callable[[str], Awaitable[None]] | None) -> None:
        super().__init__(field.value, enter_sends=True, save=save, placeholder=field.hint, widget_id=field.name)
        self._go_on = go_on

    def action_send(self) -> None:
        self._go_on(self.id or "")


class OneKey(Choice):
    """A choice that one letter or digit makes; Enter takes what is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False),
        Binding("escape", "leave", show=False),
    ]

    class Left(Message):
        """Escape."""

    def __init__(self, field: Field, go_on: GoOn) -> None:
        super().__init__(field.options, field.value, widget_id=field.name)
        self._go_on = go_on

    def on_key(self, event: events.Key) -> None:
        char = (event.character or "").lower()
        if not char.isalnum():
            return
        event.stop()
        event.prevent_default()
        meant = [
            number for number, (_, label) in enumerate(self.options, 1) if label.startswith(char) or char == str(number)
        ]
        if meant:
            self._choose(meant[0] - 1)
            self.action_take()

    def action_take(self) -> None:
        self._go_on(self.id or "")

    def action_leave(self) -> None:
        self.post_message(self.Left())


class Writing(Vertical):
    """Shows a `Box`. `keep` saves a draft under its key, `kept` answers the text of one, `drop` deletes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", show=False, priority=True),
        Binding("tab", "step(1)", show=False, priority=True),
        Binding("shift+tab", "step(-1)", show=False, priority=True),
    ]

    class Sent(Message):
        """It was sent and taken."""

    class Left(Message):
        """Escape: the texts stay as drafts."""

    def __init__(
        self,
        box: Box,
        *,
        keep: Callable[[str, str], Awaitable[None]],
        kept: Callable[[str], Awaitable[str]],
        drop: Callable[[str], Awaitable[None]],
    ) -> None:
        super().__init__()
        self.box = box
        self._keep, self._kept, self._drop = keep, kept, drop
        self._sending = False
        self._fault = ""
        self._refused: Values = {}

    def compose(self) -> ComposeResult:
        for field in self.box.fields:
            widget = OneKey(field, self._go_on) if field.options else Answer(field, self._go_on, self._saver(field))
            with Horizontal(classes="answer"):
                yield Bar(widget_id=f"label-{field.name}", classes="label")
                yield widget
            if field.lint and isinstance(widget, Answer):
                yield LintLine(cast("IncidentdApp", self.app), widget)
        yield Bar(widget_id="writing-keys")

    def _saver(self, field: Field) -> Callable[[str], Awaitable[None]] | None:
        return (lambda text: self._keep(field.draft, text)) if field.draft else None

    def on_mount(self) -> None:
        for field in self.box.fields:
            label = self.query_one(f"#label-{field.name}", Bar)
            label.display = bool(field.label)
            label.say([(field.label, theme.muted)])
        for answer in self.query(Answer):
            answer.move_cursor(answer.document.end)
        self.say("")
        self.begin()
        self.run_worker(self._load_drafts(), exit_on_error=False)

    async def _load_drafts(self) -> None:
        """What was left unsent stands in it again, unless one typed meanwhile; it may be closed before it comes."""
        for field in self.box.fields:
            text = await self._kept(field.draft) if field.draft else ""
            if not self.is_attached:
                return
            answer = self._widget(field)
            if text and isinstance(answer, Answer) and answer.text == field.value:
                answer.begin_with(text)

    def begin(self) -> None:
        """Go to the first field."""
        self.screen.set_focus(self._widget(self.box.fields[0]))

    def _widget(self, field: Field) -> Answer | OneKey:
        found = self.query_one(f"#{field.name}")
        assert isinstance(found, Answer | OneKey)
        return found

    # ------------------------------------------------------------------ what it says
    @property
    def values(self) -> Values:
        """What stands in the fields."""
        found: Values = {}
        for field in self.box.fields:
            widget = self._widget(field)
            found[field.name] = widget.value if isinstance(widget, OneKey) else widget.text.strip()
        return found

    @property
    def typed(self) -> bool:
        """Whether there is text that was not sent: other than what the fields began with."""
        return any(
            widget.text.strip() != field.value.strip()
            for field in self.box.fields
            if isinstance(widget := self._widget(field), Answer)
        )

    def say(self, fault: str) -> None:
        """Show why it was not taken, or "" for what the keys do."""
        self._fault, self._refused = fault, self.values
        keys = self.query_one("#writing-keys", Bar)
        about: paint.Line = [(f"{self.box.about}  ", theme.heading)]
        if fault:
            keys.say([("! ", theme.danger), (fault, theme.plain)])
        elif self._sending:
            keys.say([*about, ("sending …", theme.muted)])
        else:
            going: paint.Line = [("↵", theme.key), (" next  " if len(self.box.fields) > 1 else " send  ", theme.muted)]
            whole: paint.Line = [("^s", theme.key), (" send  ", theme.muted)] if len(self.box.fields) > 1 else []
            leave: paint.Line = [("esc", theme.key), (" keep as draft", theme.muted)]
            keys.say([*about, (self.box.seen_by, theme.faint)], [*going, *whole, *leave])

    # ------------------------------------------------------------------ keys
    def _go_on(self, name: str) -> None:
        """To the field after the one of this name; after the last one it is sent."""
        names = [field.name for field in self.box.fields]
        at = names.index(name) + 1
        if at < len(names):
            self.screen.set_focus(self._widget(self.box.fields[at]))
        else:
            self.action_send()

    def action_step(self, by: int) -> None:
        names = [field.name for field in self.box.fields]
        focused = self.screen.focused
        at = names.index(focused.id) if focused is not None and focused.id in names else -1
        self.screen.set_focus(self._widget(self.box.fields[(at + by) % len(names)]))

    def on_composer_left(self, event: Composer.Left) -> None:
        event.stop()
        self.run_worker(self._leave(), exit_on_error=False)

    def on_one_key_left(self, event: OneKey.Left) -> None:
        event.stop()
        self.run_worker(self._leave(), exit_on_error=False)

    async def _leave(self) -> None:
        await self.keep_now()
        self.post_message(self.Left())

    async def keep_now(self) -> None:
        """Save at once what was not saved yet."""
        for answer in self.query(Answer):
            await answer.keep_now()

    def on_text_area_changed(self) -> None:
        self._forgive()

    def on_choice_changed(self) -> None:
        self._forgive()

    def _forgive(self) -> None:
        """Once something is changed, what was wrong with it is said no more."""
        if self._fault and self.values != self._refused:
            self.say("")

    # ------------------------------------------------------------------ sending
    def action_send(self) -> None:
        if self._sending:
            return
        values = self.values
        missing = next((one for one in self.box.fields if not (one.optional or one.options or values[one.name])), None)
        if missing is not None:
            self.say(f"{missing.label or 'the text'}: please write something")
            self.screen.set_focus(self._widget(missing))
            return
        self._wait(sending=not self.box.stays)
        self.say("")
        if self.box.stays:  # the next one can be typed at once
            self._empty()
            self.begin()
        self.run_worker(self._send(values), exit_on_error=False)

    def _wait(self, *, sending: bool) -> None:
        """What is being sent is not changed meanwhile."""
        self._sending = sending
        for answer in self.query(Answer):
            answer.read_only = sending

    def _empty(self) -> None:
        for answer in self.query(Answer):
            answer.forget()

    async def _send(self, values: Values) -> None:
        try:
            fault = await self.box.send(values)
        finally:
            self._wait(sending=False)
        if fault:
            await self._refuse(values, fault)
            return
        if self.is_attached and not self.box.stays:
            self._empty()
        for field in self.box.fields:
            if field.draft:
                await self._drop(field.draft)
                await self._keep_next(field)
        if self.is_attached:
            self.say("")
            self.post_message(self.Sent())

    async def _refuse(self, values: Values, fault: str) -> None:
        """It stands in the box again, with the reason; where that is closed, it is a draft again."""
        if self.is_attached:
            if self.box.stays:
                self._put_back(values)
            self.say(fault)
            return
        for field in self.box.fields:
            if field.draft and values[field.name]:
                await self._keep(field.draft, values[field.name])

    def _put_back(self, values: Values) -> None:
        """What was refused stands before what was typed since."""
        for field in self.box.fields:
            widget = self._widget(field)
            if isinstance(widget, Answer) and widget.text.strip() != values[field.name]:
                widget.text = "\n".join(text for text in (values[field.name], widget.text) if text)
                widget.move_cursor(widget.document.end)

    async def _keep_next(self, field: Field) -> None:
        """The draft of what was sent is gone; what was begun since has its own."""
        answer = self._widget(field) if self.is_attached else None
        if isinstance(answer, Answer) and answer.text.strip():
            await self._keep(field.draft, answer.text)
