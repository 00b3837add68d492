"""Mode 3: who carries the pager now, until when, and who is next; and everybody who can be reached."""

from __future__ import annotations

from typing import cast

from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import paging
from incidentd_tui.model import Changes
from incidentd_tui.rows import duty
from incidentd_tui.screens.listing import COPY, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class OnCallScreen(ListScreen):
    mode = "oncall"
    heading = "On-call"
    uniform = False
    skipped = frozenset({"head", "gap"})
    VERBS = (Verb("oncall.page", "P", "page", "Page the person of this row by hand", writes=True), COPY)

    def order(self) -> list[Key]:
        return list(duty.keys(self.model)) if self.model.loaded else []

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        return duty.row(self.model, cast("duty.Key", key), width)

    def fit_window(self) -> None:
        super().fit_window()
        self.query_one("#preview").display = False

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        empty = sum(not shift.person for shift in self.model.on_call)
        left: paint.Line = [(f" {phrases.count(len(self.model.on_call), 'schedule')}", theme.muted)]
        if empty:
            left.append((f" · ▲ {empty} with nobody on call", theme.warning))
        return left, []

    def on_model(self, changes: Changes) -> None:
        if changes.everything or changes.kinds:
            self.reorder()
        else:
            self.repaint_bars()

    def _person(self) -> str:
        key = self.table.cursor
        name, number = cast("duty.Key", key) if key is not None else ("", 0)
        if name == "shift" and number < len(self.model.on_call):
            return self.model.on_call[number].person
        people = sorted(self.model.people)
        return people[number] if name == "person" and number < len(people) else ""

    def do_page(self) -> None:
        self.app.push_screen(paging.page_somebody(self.tui, person=self._person()))
