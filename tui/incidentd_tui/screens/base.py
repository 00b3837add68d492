"""What every screen has: the four one-line bars, verbs with their reasons, and the way from model to widgets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, cast

from textual.app import ComposeResult
from textual.screen import Screen

from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes, Link, Model
from incidentd_tui.verbs import GLOBAL, MODES, Verb, bindings
from incidentd_tui.widgets.bars import Bar

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

WIDE = 118
"""From this many columns there is room for rail and preview."""
LOW = 18
"""Below this many lines only the most needed bars are shown."""
_SHORT = {
    "Incidents": "Inc", "On-call": "Call", "Reports": "Rep", "Reviews": "Rev", "Learn": "Lrn", "Insights": "Ins",
}  # fmt: skip


class _Tabs(NamedTuple):
    """A form of the line of tabs. `named` are those with a name beside that of the mode here."""

    named: Literal["all", "waiting", "none"]
    brand: bool = False
    short: bool = False
    close: bool = False


_TABS = (
    _Tabs("all", brand=True),
    _Tabs("all"),
    _Tabs("all", close=True),
    _Tabs("all", short=True, close=True),
    _Tabs("waiting", short=True, close=True),
    _Tabs("none", close=True),
)
"""The widest first; the first one that fits is shown."""


class VerbScreen(Screen[None]):
    """A screen whose keys are verbs. `VERBS` are its own, `mode` names the tab it belongs to."""

    VERBS: ClassVar[tuple[Verb, ...]] = ()
    AUTO_FOCUS = "VirtualList"
    mode: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: object) -> None:
        cls.BINDINGS = [*bindings(cls.VERBS)]
        super().__init_subclass__(**kwargs)  # type: ignore[arg-type]

    @property
    def tui(self) -> IncidentdApp:
        return cast("IncidentdApp", self.app)

    @property
    def model(self) -> Model:
        return self.tui.model

    @property
    def wide(self) -> bool:
        return self.size.width >= WIDE

    @property
    def composed(self) -> bool:
        """Whether its widgets are there to be painted."""
        return self.is_mounted and bool(self.query("#hints"))

    @property
    def about(self) -> str:
        """Where the viewer is, for what they write down from here."""
        return f"screen:{self.mode}"

    # ------------------------------------------------------------------ frame
    def compose(self) -> ComposeResult:
        yield Bar(widget_id="tabs")
        yield Bar(widget_id="banner")
        yield from self.compose_body()
        yield Bar(widget_id="status")
        yield Bar(widget_id="hints")

    def compose_body(self) -> ComposeResult:
        """What stands between the banner and the status line."""
        raise NotImplementedError

    def fit_window(self) -> None:
        """Show and hide what depends on the size of the window."""

    def show_all(self) -> None:
        """Paint everything: at first, after a resize, and when another screen was left."""
        self.fit_window()
        self.repaint_bars()
        everything = Changes()
        everything.everything = True
        self.on_model(everything)

    def on_mount(self) -> None:
        self.show_all()

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self.show_all)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_all)

    def on_model(self, changes: Changes) -> None:
        """The model changed: repaint what shows it."""

    def on_tick(self) -> None:
        """A second passed."""

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        """What the status line says when there is no message."""
        return [], []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        """The reason why `verb` cannot be done now, "" when it can."""
        if verb.writes and not self.model.may_write:
            return f"{verb.label}: you may only look (role viewer)"
        if verb.writes and self.model.link is not Link.LIVE:
            return f"{verb.label}: not while the daemon does not answer"
        return ""

    async def action_verb(self, verb_id: str) -> None:
        verb = next(one for one in (*self.VERBS, *GLOBAL, *MODES) if one.id == verb_id)
        if reason := self.why_not(verb):
            self.tui.say(reason, "warning")
            return
        handler: Callable[[], Awaitable[None] | None] = getattr(self, verb.handler)
        result = handler()
        if result is not None:
            await result

    def hinted(self) -> Sequence[Verb]:
        """What the hint bar offers, the most needed first."""
        return [verb for verb in self.VERBS if verb.hint]

    # ------------------------------------------------------------------ bars
    def repaint_bars(self) -> None:
        if not self.composed:
            return
        width = self.size.width
        self.query_one("#tabs", Bar).say(*self._tabs(width))
        banner = self.query_one("#banner", Bar)
        line, tail = self._banner()
        banner.display = bool(line)
        banner.say(line, tail)
        message = self.tui.message
        self.query_one("#status", Bar).say(*(message if message is not None else self._status()))
        self.query_one("#hints", Bar).say(*self._hints(width))

    def _status(self) -> tuple[paint.Line, paint.Line]:
        left, right = self.status_line()
        undo = self.tui.acts.undoable
        if undo is not None:
            seconds = int((undo.until - self.model.now()).total_seconds()) + 1
            right = [("u", theme.key), (f" undo {seconds} s ", theme.muted)]
        return left, right

    def _tabs(self, width: int) -> tuple[paint.Line, paint.Line]:
        counts = self.tui.tab_counts()
        right = self._connection(width)
        room = width - paint.width_of(right)
        lines = [self._tab_line(counts, form) for form in _TABS]
        return next((one for one in lines if paint.width_of(one) < room), lines[-1]), right

    def _tab_line(self, counts: dict[str, int], form: _Tabs) -> paint.Line:
        left: paint.Line = [(" incidentd ", theme.key)] if form.brand else []
        for verb in MODES:
            here, count = verb.id == f"mode.{self.mode}", counts.get(verb.id)
            named = here or form.named == "all" or bool(count and form.named == "waiting")
            name = f" {_SHORT.get(verb.label, verb.label) if form.short else verb.label}" if named else ""
            waiting = f"{' ' if named else '·'}{count}" if count else ""
            end = " " if here or not form.close else ""
            left.append((f" {verb.keys}{name}{waiting}{end}", theme.tab_here if here else theme.muted))
        return left

    def _connection(self, width: int) -> paint.Line:
        model = self.model
        now = model.now()
        spans: paint.Line = []
        shifts = model.my_shifts()
        if shifts and width >= WIDE:
            spans += [(f" ON CALL {', '.join(one.schedule for one in shifts[:2])} ", theme.chip), ("  ", theme.plain)]
        spent = phrases.clock(now - model.link_since)
        match model.link:
            case Link.LIVE:
                spans.append(("● live", theme.success))
            case Link.CONNECTING:
                spans.append(("◌ connecting", theme.warning))
            case Link.LOST:
                spans.append((f"○ offline {spent}", theme.warning))
        if model.me and width >= 100:
            spans.append((f" {model.me}", theme.plain))
        mark = phrases.zone_mark(now, model.zone)
        if width >= 60:
            gap = "  " if width >= 100 else " "
            spans.append(
                (f"{gap}{phrases.hour(now, model.zone)}{mark if width >= 76 or mark == 'Z' else ''}", theme.muted)
            )
        return [*spans, (" ", theme.plain)]

    def _banner(self) -> tuple[paint.Line, paint.Line]:
        pages = self.model.my_open_pages()
        if not pages:
            return [], []
        page = pages[0]
        more = f" (+{len(pages) - 1})" if len(pages) > 1 else ""
        ran = phrases.clock(self.model.now() - page.started_at)
        wait = f"next step in {phrases.clock(page.next_step_at - self.model.now())} " if page.next_step_at else ""
        tail = f"  {wait}· ! ack " if self.size.width >= 60 else " ! ack "
        return [(f" ▲ PAGE P-{page.id}{more}  {page.title} — {ran}", theme.banner)], [(tail, theme.banner)]

    def _hints(self, width: int) -> tuple[paint.Line, paint.Line]:
        keymap = self.tui.keymap
        right: paint.Line = [("?", theme.key), (" keys  ", theme.muted), ("^p", theme.key), (" commands ", theme.muted)]
        room = width - paint.width_of(right) - 2
        left: paint.Line = [(" ", theme.plain)]
        for verb in self.hinted():
            spans: paint.Line = [(verb.key_shown(keymap), theme.key), (f" {verb.label}  ", theme.muted)]
            if paint.width_of(left) + paint.width_of(spans) - 2 > room:
                break
            left += spans
        left[-1] = (left[-1][0].rstrip(), left[-1][1])  # blanks at the end are not worth an ellipsis
        return left, right
