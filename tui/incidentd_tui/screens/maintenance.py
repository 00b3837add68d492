"""Maintenance windows: planned, extended and ended here; what each hides stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from incidentd.wire.quieting import Maintenance
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import maintaining
from incidentd_tui.rows import maintenance
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.recurring import RecurringScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class MaintenanceScreen(KeptScreen[Maintenance]):
    heading = "Maintenance"
    kind = "maintenance"
    views = maintenance.VIEWS
    VERBS = (
        Verb("maintenance.new", "M", "plan", "Plan maintenance of services: a form", writes=True),
        Verb("maintenance.extend", "E", "more time", "Let it last longer, or go on: a form", writes=True),
        Verb("maintenance.again", "C", "plan like it", "Plan another one like it: a form", writes=True),
        Verb("maintenance.end", "X", "end now", "End it now, or call it off: a form", writes=True),
        Verb("maintenance.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        Verb("maintenance.recurring", "r", "recurring", "Silences and maintenance that recur by a rule"),
        FILTER,
        VIEW,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, Maintenance]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.maintenance("all"))
        return [(str(one.id), one) for one in found.windows]

    def hidden_counts(self) -> Counter[str]:
        return maintenance.hidden_counts(self.model)

    def in_view(self, view: str, one: Maintenance) -> bool:
        return maintenance.shown_in(view, one)

    def accepts(self, one: Maintenance) -> bool:
        text = f"{one.name} {' '.join(one.services)} {one.text} {one.created_by} {one.status}"
        return self.filter.accepts(text.lower(), {"by": one.created_by, "status": one.status})

    def rank(self, one: Maintenance) -> tuple[object, ...]:
        over = one.status == "over"
        return (over, -one.ends_at.timestamp() if over else one.starts_at.timestamp(), one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [maintenance.row(self.model, one, self.hides[str(key)], width) if one else []]

    def head(self, width: int) -> paint.Line:
        return maintenance.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return maintenance.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.here
        left: paint.Line = [(f" {phrases.count(len(self.table.keys), 'window')}", theme.muted)]
        if one is not None and not self.wide:
            left.append((f" · {one.created_by}: {one.text}", theme.plain))
        return left, []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        one = self.here
        if name in ("extend", "again", "end") and one is None:
            return f"{verb.label}: choose a window first"
        if name == "end" and one is not None and one.status == "over":
            return f"{verb.label}: {one.name} is over"
        return ""

    def do_recurring(self) -> None:
        self.app.push_screen(RecurringScreen())

    def do_new(self) -> None:
        self.app.push_screen(maintaining.new(self.tui, []), self.after_form)

    def do_again(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(maintaining.again(self.tui, one), self.after_form)

    def do_extend(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(maintaining.extend(self.tui, one), self.after_form)

    def do_end(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(maintaining.end(self.tui, one, self.hides[str(one.id)]), self.after_form)
