"""Mode 1: alerts and pages that wait for somebody, live; the alerts of a group fold into one row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes
from incidentd_tui.rows import folding, inbox, preview
from incidentd_tui.screens.base import WIDE
from incidentd_tui.screens.inbox_verbs import InboxVerbs
from incidentd_tui.widgets.virtual_list import Key, VirtualList

MANY = 2000
"""With more rows than this, counts, news and the sums of big groups are worked out on the one-second tick only."""


class InboxScreen(InboxVerbs):
    def __init__(self) -> None:
        super().__init__()
        self._counts = dict.fromkeys((name for name, _ in self.views), 0)
        self._saved_counts: dict[int, int] = {}
        self._news = 0
        self._summaries: dict[int, folding.Summary | None] = {}

    # ------------------------------------------------------------------ rows
    def order(self) -> list[Key]:
        found = inbox.ordered(self.model, self.view, self.filter)
        self.arranged = folding.arrange(self.model, found, self.fold)
        self._summaries.clear()
        return list(self.arranged.keys)

    def folded(self) -> Collection[Key]:
        hidden = [keys for group_id, keys in self.arranged.members.items() if self.fold.hides(group_id)]
        return {key for keys in hidden for key in keys}

    def stands_for(self, key: Key) -> Sequence[Key]:
        if isinstance(key, tuple) and key[0] == "group":
            return self._members(int(key[1]))
        return (key,)

    def _members(self, group_id: int) -> Sequence[Key]:
        """The alerts of a group that stand in the view: those it was arranged with, and those that came since."""
        arranged = self.arranged.members.get(group_id, [])
        if len(arranged) >= MANY:
            return arranged
        known = {number for _, number in arranged}
        came = [("alert", number) for number in self.model.members.get(group_id, ()) if number not in known]
        return [*arranged, *(key for key in came if self._belongs(key))]

    def _belongs(self, key: inbox.Key) -> bool:
        views = inbox.views_of(self.model, key)
        return self.view in views and inbox.accepts(self.model, self.filter, key)

    def summary(self, group_id: int) -> folding.Summary | None:
        if group_id not in self._summaries:
            keys = [cast("inbox.Key", key) for key in self._members(group_id)]
            alerts = [one for _, number in keys if (one := self.model.alerts.get(number))]
            self._summaries[group_id] = folding.summarise(self.model, alerts)
        return self._summaries[group_id]

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        kind, number = cast("inbox.Key", key)
        if kind == "group":
            return [folding.row(self.model, number, self.summary(number), self.fold, width)]
        group_id = folding.group_of(self.model, key)
        inside = group_id in self.arranged.members
        return [inbox.row(self.model, (kind, number), width, inside=inside)]

    def head(self, width: int) -> paint.Line:
        return inbox.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        if isinstance(key, tuple) and key[0] == "group":
            number = int(key[1])
            members = [cast("inbox.Key", one) for one in self._members(number)]
            return folding.preview(self.model, number, members, self.summary(number), width)
        return preview.preview(self.model, cast("inbox.Key | None", key), width)

    def rail_lines(self) -> list[paint.Line]:
        here = self.saved_here()
        shown = "" if here else self.view
        saved = preview.saved_views(self.model, self._saved_counts, here.id if here else 0)
        return preview.rail(self.model, shown, self._counts, saved)

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
        alerts = sum(len(keys) for keys in self.arranged.members.values())
        folded = len(self.folded())
        shown = f" {phrases.count(len(rows.keys), 'row')}"
        if folded:
            shown += f", {folded} of {alerts} grouped alerts folded"
        left: paint.Line = [(f"{shown} · most urgent first", theme.muted)]
        total = self.model.alerts_total
        if total > len(self.model.alerts):
            left.append((f" · {len(self.model.alerts)} of {total} loaded", theme.warning))
        if rows.marks:
            left = [(f" {phrases.count(len(rows.marks), 'alert')} marked", theme.key), *_MARKED]
        if self.filter:
            here = self.saved_here()
            left += [(" · / ", theme.muted), (here.name if here else self.filter.text, theme.bold)]
        if self._news:
            left += [(f" · ↑ {self._news} new ", theme.warning), (".", theme.key), (" shows", theme.muted)]
        return left, []

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        self.begin()
        rows = self.table
        if not self._settled or not rows.keys:
            self._count()
            self.reorder()
            return
        if changes.everything:
            self._summaries.clear()
            rows.repaint_all()
        else:
            self._repaint(changes)
        if len(self.model.alerts) < MANY:
            self._count()
        self.refresh_frame()

    def _repaint(self, changes: Changes) -> None:
        alerts = changes.alerts | {one for number in changes.pages for one in self._alerts_of(number)}
        touched: set[Key] = {("page", number) for number in changes.pages}
        for number in alerts:
            touched.add(("alert", number))
            group_id = folding.group_of(self.model, ("alert", number))
            if group_id is not None and len(self.arranged.members.get(group_id, ())) < MANY:
                self._summaries.pop(group_id, None)
                touched.add(("group", group_id))
        self.table.repaint(touched)

    def _alerts_of(self, page_id: int) -> tuple[int, ...]:
        page = self.model.pages.get(page_id)
        return page.alert_ids if page else ()

    def _count(self) -> None:
        self._counts = inbox.counts(self.model)
        few = len(self.model.alerts) < MANY
        self._saved_counts = inbox.saved_counts(self.model) if few else {}
        self._news = len(self.waiting_rows()) if self._settled else 0

    def waiting_rows(self) -> list[Key]:
        """Rows that `.` would bring; an alert that joined a group with a row is told by that row."""
        shown = set(self.table.keys)
        found = inbox.ordered(self.model, self.view, self.filter)
        fresh = folding.arrange(self.model, found, self.fold).keys
        return [key for key in fresh if key not in shown]

    def reorder(self, cursor: Key | None = None) -> None:
        self._counts = inbox.counts(self.model)
        self._news = 0
        super().reorder(cursor)

    def on_tick(self) -> None:
        if len(self.model.alerts) >= MANY:
            self._summaries.clear()
            self._count()
            self.table.repaint([key for key in self.table.keys if cast("inbox.Key", key)[0] == "group"])
            self.refresh_frame()
        elif self.size.width >= WIDE:
            self.refresh_frame()
        if self.model.now().second % 15 == 0:
            self.table.repaint_all()

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        if isinstance(event.key, tuple) and event.key[0] == "group":
            self.turn(int(event.key[1]))
        else:
            self.do_why()


_MARKED: paint.Line = [
    (" · ", theme.muted),
    ("a", theme.key),
    (" ack  ", theme.muted),
    ("l", theme.key),
    (" link  ", theme.muted),
    ("S", theme.key),
    (" silence  ", theme.muted),
    ("i", theme.key),
    (" incident", theme.muted),
]
