"""What recurs: silences and maintenance by a rule, with their next times; ended here."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.quieting import Recurring
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import recurring as forms
from incidentd_tui.rows import recurring
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class RecurringScreen(KeptScreen[Recurring]):
    heading = "Recurring"
    kind = "recurring"
    views = recurring.VIEWS
    VERBS = (
        Verb("recurring.end", "X", "end", "Let it not come again: a form", writes=True),
        Verb("recurring.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        FILTER,
        VIEW,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, Recurring]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.recurring())
        return [(str(one.id), one) for one in found.rules]

    def in_view(self, view: str, one: Recurring) -> bool:
        return recurring.shown_in(view, one)

    def accepts(self, one: Recurring) -> bool:
        text = f"{one.name} {one.kind} {recurring.about(one)} {one.rule} {one.text} {one.created_by}"
        return self.filter.accepts(text.lower(), {"by": one.created_by, "kind": one.kind})

    def rank(self, one: Recurring) -> tuple[object, ...]:
        first = one.coming[0].starts_at.timestamp() if one.coming else 0.0
        return (not one.coming, first, -one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [recurring.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return recurring.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return recurring.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.here
        told = f" · {one.created_by}: {one.text} ({one.rule})" if one and not self.wide else ""
        return [(f" {phrases.count(len(self.table.keys), 'rule')}", theme.muted), (told, theme.plain)], []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        one = self.here
        if verb.id == "recurring.end" and one is None:
            return "end: choose a rule first"
        if verb.id == "recurring.end" and one is not None and one.status != "active":
            return f"end: {one.name} is {one.status}"
        return ""

    def do_end(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(forms.end(self.tui, one), self.after_form)
