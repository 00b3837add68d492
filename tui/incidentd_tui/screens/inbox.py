"""Mode 1: alerts and pages that wait for somebody, live."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import incident as incident_forms
from incidentd_tui.forms import paging
from incidentd_tui.forms.base import Form
from incidentd_tui.model import Changes
from incidentd_tui.rows import inbox, preview
from incidentd_tui.screens.base import WIDE
from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, VIEW, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

MANY = 2000
"""With more rows than this, counts and news are worked out on the one-second tick only."""


class InboxScreen(ListScreen):
    mode = "inbox"
    heading = "Inbox"
    markable = True
    views = tuple((name, label) for name, label, _ in inbox.VIEWS)
    VERBS = (
        Verb("inbox.declare", "i", "incident", "Declare an incident from the marked alerts, or this one", writes=True),
        Verb("inbox.link", "l", "link", "Link the marked alerts, or this one, to an open incident", writes=True),
        Verb("inbox.ack", "a", "ack", "Acknowledge the page of this row: the escalation stops", writes=True),
        Verb("inbox.why", "t,w", "why", "The decision trace: why somebody was, or was not, paged"),
        Verb("inbox.resolve", "X", "resolve", "Resolve the page of this row", writes=True),
        FILTER,
        VIEW,
        COPY,
        Verb("inbox.escalate", "E", "next step", "Notify the next escalation step now", hint=False, writes=True),
        Verb("inbox.page", "P", "page", "Page a person or a service by hand", hint=False, writes=True),
        FRESH,
        CLEAR,
    )

    def __init__(self) -> None:
        super().__init__()
        self._counts = dict.fromkeys((name for name, _ in self.views), 0)
        self._news = 0

    # ------------------------------------------------------------------ painting
    def order(self) -> list[Key]:
        return list(inbox.ordered(self.model, self.view, self.filter))

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        return [inbox.row(self.model, cast("inbox.Key", key), width)]

    def head(self, width: int) -> paint.Line:
        return inbox.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        return preview.preview(self.model, cast("inbox.Key | None", key), width)

    def rail_lines(self) -> list[paint.Line]:
        return preview.rail(self.model, self.view, self._counts)

    def view_counts(self) -> dict[str, int]:
        return self._counts

    def nothing(self) -> list[paint.Line]:
        if self.view != "waiting" or not self._counts["all"]:
            return [[], [("  ✓ Nothing here.", theme.success)]]
        rest = f"   {phrases.count(self._counts['in_hand'], 'alert')} in hand: "
        return [
            [],
            [
                ("  ✓ Nothing waits for you.", theme.success),
                (rest, theme.muted),
                ("v", theme.key),
                (" views", theme.muted),
            ],
        ]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        rows = self.table
        left: paint.Line = [(f" {len(rows.keys)} shown · most urgent first", theme.muted)]
        total = self.model.alerts_total
        if total > len(self.model.alerts):
            left.append((f" · {len(self.model.alerts)} of {total} loaded", theme.warning))
        if rows.marks:
            left = [
                (f" {phrases.count(len(rows.marks), 'row')} marked", theme.key),
                (" · i incident · l link", theme.muted),
            ]
        if self.filter:
            left += [(" · / ", theme.muted), (self.filter.text, theme.bold)]
        if self._news:
            left += [(f" · ↑ {self._news} new ", theme.warning), (".", theme.key), (" shows", theme.muted)]
        return left, []

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        rows = self.table
        if not self._settled or not rows.keys:
            self._count()
            self.reorder()
            return
        if changes.everything:
            rows.repaint_all()
        else:
            touched: list[Key] = [("alert", number) for number in changes.alerts]
            touched += [("page", number) for number in changes.pages]
            touched += [("alert", one) for number in changes.pages for one in self._alerts_of(number)]
            rows.repaint(touched)
        if len(self.model.alerts) < MANY:
            self._count()
        self.refresh_frame()

    def _alerts_of(self, page_id: int) -> tuple[int, ...]:
        page = self.model.pages.get(page_id)
        return page.alert_ids if page else ()

    def _count(self) -> None:
        self._counts = inbox.counts(self.model)
        self._news = len(self.waiting_rows()) if self._settled else 0

    def reorder(self, cursor: Key | None = None) -> None:
        self._counts = inbox.counts(self.model)
        self._news = 0
        super().reorder(cursor)

    def on_tick(self) -> None:
        if len(self.model.alerts) >= MANY:
            self._count()
            self.refresh_frame()
        elif self.size.width >= WIDE:
            self.refresh_frame()
        if self.model.now().second % 15 == 0:
            self.table.repaint_all()

    # ------------------------------------------------------------------ what a verb is about
    def _alert(self) -> wire.Alert | None:
        key = self.table.cursor
        return self.model.alerts.get(key[1]) if isinstance(key, tuple) and key[0] == "alert" else None

    def _page(self) -> wire.Page | None:
        key = self.table.cursor
        if isinstance(key, tuple) and key[0] == "page":
            return self.model.pages.get(key[1])
        alert = self._alert()
        return self.model.page_of(alert) if alert else None

    def _chosen(self) -> list[int]:
        """The marked alerts in the order of the list, else the one under the cursor."""
        rows = [key for key in self.table.keys if key in self.table.marks and isinstance(key, tuple)]
        marked = [int(number) for kind, number in rows if kind == "alert"]
        alert = self._alert()
        return marked or ([alert.id] if alert else [])

    # ------------------------------------------------------------------ verbs
    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.do_why()

    def do_why(self) -> None:
        key = self.table.cursor
        if isinstance(key, tuple):
            self.app.push_screen(DetailScreen(str(key[0]), int(key[1])))

    async def do_ack(self) -> None:
        page = self._page()
        if page is None:
            self.tui.say("ack: nobody was paged for this row (t says why)", "warning")
        elif page.state not in ("open", "exhausted"):
            self.tui.say(f"ack: P-{page.id} is {page.state} already", "warning")
        elif page.mine:
            self.run_worker(self.tui.acts.acknowledge(page), exit_on_error=False)
        else:
            self.app.push_screen(paging.acknowledge_for(self.tui, page))

    def do_resolve(self) -> None:
        self._with_page("resolve", paging.resolve)

    def do_escalate(self) -> None:
        self._with_page("next step", paging.escalate)

    def _with_page(self, what: str, form: Callable[..., Form]) -> None:
        page = self._page()
        if page is None or page.state == "resolved":
            self.tui.say(f"{what}: there is no open page for this row", "warning")
        else:
            self.app.push_screen(form(self.tui, page))

    def do_page(self) -> None:
        self.app.push_screen(paging.page_somebody(self.tui))

    def do_declare(self) -> None:
        chosen = self._chosen()
        self.app.push_screen(incident_forms.declare(self.tui, [self.model.alerts[one] for one in chosen]))
        self.table.clear_marks()

    def do_link(self) -> None:
        chosen = self._chosen()
        if not chosen:
            self.tui.say("link: choose an alert first", "warning")
        elif not self.model.open_incidents():
            self.tui.say("link: there is no open incident; i declares one", "warning")
        else:
            incident_forms.link(self.tui, chosen)
            self.table.clear_marks()
