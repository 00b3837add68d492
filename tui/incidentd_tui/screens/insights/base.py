"""What the views of the mode of insights share: the scope above them, and when they are reckoned again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from textual.app import ComposeResult

from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import scope as scope_forms
from incidentd_tui.model import Changes
from incidentd_tui.rows import scope as scope_rows
from incidentd_tui.scopes import Looking, Scope
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.screens.listing import COPY, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.virtual_list import Key

T = TypeVar("T")
AGAIN_AFTER = timedelta(seconds=30)
"""What happens meanwhile is counted at most this often: a figure is reckoned from the whole log."""
_REST = 10
"""A daemon that reckons for long is asked again after this many times as long."""
_ELSEWHERE = frozenset({"people", "oncall", "health", "view", "group", "presence", "draft"})
"""Kinds of events that change no figure."""

SCOPE_VERBS = (
    Verb("insights.scope", "f", "scope", "What is counted: team, service, severity, version of the process, period"),
    Verb("insights.period", "p", "period", "The last 90, 30 or 365 days, or the whole time, by turns"),
    Verb("insights.everything", "x", "everything", "Count over everything again", hint=False),
)
AGAIN = Verb("insights.again", "full_stop", "reckon again", "Count again now; it is done by itself too", hint=False)
READING = (VIEW, COPY, NEXT_VIEW, PREVIOUS_VIEW, AGAIN)
BACK = Verb("insights.back", "escape,q", "figures", "Back to the figures", hint=False)


class InsightScreen(PreviewBelow[T]):
    """A view is a screen: `view_here` names it. Subclasses put `SCOPE_VERBS` and `READING` among their verbs,
    and `BACK` where they stand on top of the figures."""

    mode = "insights"
    heading = "Insights"
    views: Sequence[tuple[str, str]] = (
        ("figures", "Figures"),
        ("rhythm", "Rhythm"),
        ("load", "Load"),
        ("experiments", "Experiments"),
        ("retros", "Retros"),
        ("ideas", "Ideas"),
        ("versions", "Versions"),
        ("letters", "Letters"),
    )
    view_here: ClassVar[str] = "figures"

    def __init__(self) -> None:
        super().__init__()
        self.view = self.view_here
        self.reckoned_at: datetime | None = None
        self._asked: tuple[Scope, datetime] | None = None
        self._counted: Scope | None = None  # what is shown was counted over
        self._stale = False
        self._took = timedelta()

    @property
    def looking(self) -> Looking:
        return self.tui.looking

    # ------------------------------------------------------------------ frame
    def compose_body(self) -> ComposeResult:
        yield Bar(widget_id="scope")
        yield from super().compose_body()

    def refresh_frame(self) -> None:
        super().refresh_frame()
        if self.composed:
            narrows = any(verb.id == "insights.scope" for verb in self.VERBS)
            key: paint.Line = [("f", theme.key), (" scope ", theme.muted)] if narrows else []
            self.query_one("#scope", Bar).say(self.scope_line(self.size.width - paint.width_of(key) - 1), key)

    def scope_line(self, width: int) -> paint.Line:
        """What is counted over, at the top of the screen."""
        return scope_rows.line(self.looking.scope, width)

    def told(self) -> str:
        """What the status line says of what is shown, before it says when it was reckoned."""
        return ""

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        if self._fault and self.known:
            return [(f" ! {self._fault}: what is shown is older", theme.warning)], []
        if self.reckoned_at is None or self._fault:
            return [], []
        if self._counted != self.looking.scope:
            return [(" counting …  what is shown is still of the scope before", theme.warning)], []
        at = phrases.day_hour(self.reckoned_at, self.model.now(), self.model.zone)
        runs = " · counting again …" if self._worker.is_running else ""
        told = f"{self.told()} · " if self.told() else ""
        return [(f" {told}reckoned at {at}{runs}", theme.muted)], []

    def nothing(self) -> list[paint.Line]:
        if not self._loaded and not self._fault:
            return [[], [("  counting …", theme.muted)]]
        return super().nothing()

    # ------------------------------------------------------------------ what stands under the cursor
    def look_here(self) -> None:
        """Ask for what is shown of the row here only; nothing by default."""

    def on_virtual_list_moved(self) -> None:
        super().on_virtual_list_moved()
        self.look_here()

    def reorder(self, cursor: Key | None = None) -> None:
        super().reorder(cursor)
        self.look_here()

    # ------------------------------------------------------------------ live
    def _fetch_again(self) -> None:
        self._asked, self._stale = (self.looking.scope, self.model.now()), False
        super()._fetch_again()

    async def _load(self) -> None:
        began, scope = time.monotonic(), self.looking.scope
        await super()._load()
        self._took = timedelta(seconds=time.monotonic() - began)
        if not self._fault:
            self._counted = scope
        self.refresh_frame()

    def on_mount(self) -> None:
        self._keep_up()

    def on_model(self, changes: Changes) -> None:
        concerns = changes.alerts or changes.pages or changes.incidents or changes.kinds - _ELSEWHERE
        self._stale = self._stale or changes.everything or bool(concerns)
        if self._fault and changes.everything:
            self._asked = None
        self._keep_up()
        self.refresh_frame()

    def on_tick(self) -> None:
        self._keep_up()
        self.refresh_frame()

    def _keep_up(self) -> None:
        """Ask for another scope at once, for what happened since when the time has come."""
        asked, now = self._asked, self.model.now()
        rest = max(AGAIN_AFTER, self._took * _REST)
        if asked is None or asked[0] != self.looking.scope or (self._stale and now - asked[1] >= rest):
            self._fetch_again()

    # ------------------------------------------------------------------ verbs
    def choose_view(self, name: str) -> None:
        if name != self.view_here:
            self.tui.call_later(self.tui.show_insights, name)  # by the app: this screen may go

    def view_counts(self) -> dict[str, int]:
        return {}

    def narrow(self, scope: Scope) -> None:
        """Count over this; what is shown stays until that comes."""
        self.looking.scope = scope
        self._keep_up()
        self.refresh_frame()

    def do_scope(self) -> None:
        scope_forms.choose(self.tui, self.narrow)

    def do_period(self) -> None:
        self.narrow(self.looking.scope.next_period())

    def do_everything(self) -> None:
        self.narrow(Scope(days=0))

    def do_again(self) -> None:
        self._fetch_again()
        self.refresh_frame()

    def do_back(self) -> None:
        self.app.pop_screen()
