"""The dialog: fields, what sending will do, and the reason when the daemon refuses; the typed text is never lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Input

from incidentd_tui import paint, theme
from incidentd_tui.screens.typeahead import TypeAhead
from incidentd_tui.widgets.bars import Bar, Pane
from incidentd_tui.widgets.choice import Choice
from incidentd_tui.widgets.composer import Composer
from incidentd_tui.widgets.lint_line import LintLine

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

Values = dict[str, str]
WIDTH = 70
LOW = 24
"""In a window of so few lines no empty line stands between fields."""
PREVIEW_AFTER = 0.3
"""Seconds after the last key."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to fill in. With `options` it is a choice; `draft` is the key under which typed text is kept.

    `lint` is for prose that others will learn from, of several lines: wording that judges is pointed out below it.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    multiline: bool = False
    optional: bool = False
    hint: str = ""
    draft: str = ""
    lint: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`send` answers "" when it is done, else the reason why not; `effects` are the lines under "Will do".

    `preview` asks the daemon what the present values would do; it is called when typing pauses. `suggest` gives a text
    to begin the first field of several lines with.
    """

    title: str
    verb: str
    fields: tuple[Field, ...]
    effects: Callable[[Values], Sequence[str]]
    send: Callable[[Values], Awaitable[str]]
    preview: Callable[[Values], Awaitable[Sequence[str]]] | None = None
    suggest: Callable[[Values], Awaitable[str]] | None = None


class Unsettled(Exception):  # noqa: N818
    """`send` cannot go on by itself: `form` has to be answered first, and when it is, all is done."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class Form(TypeAhead[bool]):
    """Answers True when it was sent. `send` of its plan may raise `Unsettled`."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s", "send", show=False),
        Binding("ctrl+t", "suggest", show=False),
        # At once, before the keys that arrived together with it are handed to the field that has the focus.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "send", show=False),
    ]

    def __init__(self, tui: IncidentdApp, plan: Plan) -> None:
        super().__init__()
        self._tui = tui
        self.plan = plan
        self._filled: Mapping[str, str] = {}
        self._sending = False
        self._suggested = ""
        self._previewed: Sequence[str] | None = None
        self._timer: Timer | None = None
        self.fault = ""

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Begin with `values` in the fields of these names; before it is shown. A kept draft stands above its own."""
        self._filled = values
        fields = tuple(msgspec.structs.replace(one, value=values.get(one.name, one.value)) for one in self.plan.fields)
        self.plan = msgspec.structs.replace(self.plan, fields=fields)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Bar(widget_id="form-title")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self.plan.fields:
                    yield Bar(widget_id=f"label-{field.name}", classes="label")
                    yield (box := self._widget(field))
                    if field.lint and isinstance(box, Composer):
                        yield LintLine(self._tui, box)
            yield Pane(widget_id="effects")
            yield Bar(widget_id="form-keys")

    def _widget(self, field: Field) -> Choice | Composer | Input:
        if field.options:
            return Choice(field.options, field.value, widget_id=field.name)
        if field.multiline:
            save = self.saver(field)
            return Composer(field.value, enter_sends=False, save=save, placeholder=field.hint, widget_id=field.name)
        box = Input(field.value, placeholder=field.hint, id=field.name, select_on_focus=False)
        box.cursor_blink = False
        return box

    def saver(self, field: Field) -> Callable[[str], Awaitable[None]] | None:
        """What keeps the text of a field while it is typed; None when nothing does."""
        return (lambda text: self._tui.acts.keep_draft(field.draft, text)) if field.draft else None

    async def on_mount(self) -> None:
        self.query_one("#form-title", Bar).say([(f" {self.plan.title}", theme.bold)])
        for field in self.plan.fields:
            tail = "  (may stay empty)" if field.optional else ""
            note = f"  {field.hint}" if field.options and field.hint else tail
            self.query_one(f"#label-{field.name}", Bar).say([(f" {field.label}", theme.heading), (note, theme.faint)])
        for composer in self.query(Composer):
            composer.move_cursor(composer.document.end)
        self._repaint()
        self._look(0.0)
        if self.plan.fields:
            self.set_focus(self.query_one(f"#{self._to_fill_in().name}"))
        self.call_after_refresh(self.accept_keys)
        for field in self.plan.fields:
            if field.draft and field.multiline:
                await self._load_draft(field)

    async def _load_draft(self, field: Field) -> None:
        draft = await self._tui.acts.draft(field.draft)
        box = self.query_one(f"#{field.name}", Composer)
        if draft and self._filled.get(field.name):
            box.text = f"{draft}\n{box.text}"
        else:
            box.load_draft(draft)

    def _to_fill_in(self) -> Field:
        """The first field that is empty and must not be, else the first."""
        empty = (one for one in self.plan.fields if not (one.optional or one.options or one.value))
        return next(empty, self.plan.fields[0])

    def on_resize(self) -> None:
        self.call_after_refresh(self._repaint)

    # ------------------------------------------------------------------ what it says
    @property
    def values(self) -> Values:
        found: Values = {}
        for field in self.plan.fields:
            widget = self.query_one(f"#{field.name}")
            if isinstance(widget, Composer):
                found[field.name] = widget.text.strip()
            elif isinstance(widget, Choice | Input):
                found[field.name] = widget.value.strip()
        return found

    def _look(self, after: float) -> None:
        """Ask what the values would do, once nothing was typed for `after` seconds."""
        if self.plan.preview is None:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(
            max(after, 0.01),
            lambda: self.run_worker(self._preview(), exit_on_error=False, exclusive=True, group="preview"),
        )

    async def _preview(self) -> None:
        if self.plan.preview is not None:
            self._previewed = await self.plan.preview(self.values)
            self._repaint()

    def _preview_lines(self, width: int) -> list[paint.Line]:
        if self.plan.preview is None:
            return []
        if self._previewed is None:
            return [[(" … looking", theme.muted)]]
        most = max(self.size.height - 19, 2)
        head = [text for text in self._previewed if not text.startswith(" ")]
        listed = [text for text in self._previewed if text.startswith(" ")]
        fits = max(most - len(head), 0)
        lines: list[paint.Line] = [
            [(" ▸ ", theme.warning), (paint.crop(text, width), theme.plain)] for text in head[:most]
        ]
        lines += [[(paint.crop(f"  {text}", width + 3), theme.muted)] for text in listed[:fits]]
        more = len(listed) - fits
        return [*lines, *([[(f"    and {more} more", theme.muted)]] if more > 0 else [])]

    def _repaint(self) -> None:
        pane = self.query_one("#effects", Pane)
        width = max(pane.size.width, min(WIDTH - 4, self.size.width - 4)) - 4
        lines: list[paint.Line] = []
        if self.fault:
            lines = [
                [(" ! " if not index else "   ", theme.danger), (text, theme.plain)]
                for index, text in enumerate(paint.wrap(self.fault, width, 4))
            ]
        else:
            lines = [*self.effect_lines(width), *self._preview_lines(width)]
        pane.styles.height = len(lines)
        # Borders, title, effects and keys stay in sight; the fields scroll in what is left.
        self.query_one("#fields").styles.max_height = max(self.size.height - 7 - len(lines), 3)
        self.set_class(self.size.height <= LOW, "low")
        if self.focused is not None:
            self.focused.call_after_refresh(self.focused.scroll_visible, animate=False)
        pane.say(lines)
        sends = "^s" if any(field.multiline for field in self.plan.fields) else "↵"
        keys: paint.Line = [
            (f" {sends}", theme.key),
            (f" {self.plan.verb}  ", theme.muted),
            ("esc", theme.key),
            (" cancel  ", theme.muted),
        ]
        if len(self.plan.fields) > 1:
            keys += [("tab", theme.key), (" next  ", theme.muted)]
        if self.plan.suggest is not None:
            keys += [("^t", theme.key), (" draft  ", theme.muted)]
        if any(field.options for field in self.plan.fields):
            keys += [("←→", theme.key), (" choose", theme.muted)]
        self.query_one("#form-keys", Bar).say([("  sending …", theme.muted)] if self._sending else keys)

    def effect_lines(self, width: int) -> list[paint.Line]:
        """What sending will do."""
        return [
            [(" ✓ " if not index else "   ", theme.success), (text, theme.plain)]
            for effect in self.plan.effects(self.values)
            for index, text in enumerate(paint.wrap(effect, width, 3))
        ]

    def on_choice_changed(self) -> None:
        self._forgive()

    def on_input_changed(self) -> None:
        self._forgive()

    def on_text_area_changed(self) -> None:
        self._forgive()

    def _forgive(self) -> None:
        self.fault = ""
        self._repaint()
        self._look(PREVIEW_AFTER)

    def action_suggest(self) -> None:
        """Put a draft into the text, in place of an earlier one; never over words that somebody typed."""
        if self.plan.suggest is not None and not self._sending:
            self.run_worker(self._suggest(self.plan.suggest), exit_on_error=False, exclusive=True, group="suggest")

    async def _suggest(self, suggest: Callable[[Values], Awaitable[str]]) -> None:
        box = self.query(Composer).first()
        text = await suggest(self.values)
        if box.text.strip() not in ("", self._suggested.strip()):
            self.fault = "draft: your words stay; empty the text to have one"
            self._repaint()
        elif text:
            self._suggested = text
            box.begin_with(text)

    # ------------------------------------------------------------------ sending
    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.action_send()

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.action_send()

    def on_composer_left(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        if not self._sending:
            self.run_worker(self._leave(), exit_on_error=False)

    async def _leave(self) -> None:
        for composer in self.query(Composer):
            await composer.keep_now()
        self.dismiss(False)

    def action_send(self) -> None:
        if self._sending:
            return
        values = self.values
        missing = next((one for one in self.plan.fields if not (one.optional or one.options or values[one.name])), None)
        if missing is not None:
            self.fault = f"{missing.label}: please fill this in"
            self._repaint()
            self.set_focus(self.query_one(f"#{missing.name}"))
            return
        self._sending = True
        self._repaint()
        self.run_worker(self._send(values), exit_on_error=False)

    async def _send(self, values: Values) -> None:
        try:
            self.fault = await self.plan.send(values)
        except Unsettled as unsettled:
            self._tui.push_screen(unsettled.form, self._settled)
            return
        finally:
            self._sending = False
        if self.fault:
            self._repaint()
            self._go_to(self.fault.partition(":")[0])
            return
        await self._done()

    async def _settled(self, done: bool | None) -> None:
        if done:
            await self._done()
        else:
            self._repaint()

    async def _done(self) -> None:
        for field in self.plan.fields:
            if field.draft and field.multiline:
                self.query_one(f"#{field.name}", Composer).forget()
                await self._tui.acts.drop_draft(field.draft)
        self.dismiss(True)

    def _go_to(self, named: str) -> None:
        """The field that a refusal names is the one to be filled in."""
        meant = next((field for field in self.plan.fields if named in (field.name, field.label)), None)
        if meant is not None:
            self.set_focus(self.query_one(f"#{meant.name}"))
