"""The silences: set, extended, changed and ended here; what each hides stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from incidentd.wire.silences import Silence
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import silencing
from incidentd_tui.rows import silences
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.screens.recurring import RecurringScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

BACK = Verb("silences.back", "escape,q", "back", "Clear the filter, then back to where you came from")


class SilencesScreen(KeptScreen[Silence]):
    heading = "Silences"
    kind = "silence"
    views = silences.VIEWS
    VERBS = (
        Verb("silences.new", "S", "new", "Set a silence: a form", writes=True),
        Verb("silences.extend", "E", "end", "Let it end at another time: a form", writes=True),
        Verb("silences.change", "C", "change", "Change matchers, end or comment: a form (Enter too)", writes=True),
        Verb("silences.expire", "X", "end now", "End it now: a form that says what would be told", writes=True),
        BACK,
        Verb("silences.recurring", "r", "recurring", "Silences and maintenance that recur by a rule"),
        FILTER,
        VIEW,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    async def fetch(self) -> Iterable[tuple[str, Silence]]:
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.silences("all"))
        return [(str(one.id), one) for one in found.silences]

    def hidden_counts(self) -> Counter[str]:
        return silences.hidden_counts(self.model)

    def in_view(self, view: str, one: Silence) -> bool:
        return silences.shown_in(view, one)

    def accepts(self, one: Silence) -> bool:
        text = f"{one.name} {' '.join(one.matchers)} {one.comment} {one.created_by} {one.status}"
        return self.filter.accepts(text.lower(), {"by": one.created_by, "status": one.status})

    def rank(self, one: Silence) -> tuple[object, ...]:
        return (one.status == "expired", one.ends_at, one.id)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [silences.row(self.model, one, self.hides[str(key)], width) if one else []]

    def head(self, width: int) -> paint.Line:
        return silences.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return silences.lines(self.model, one, width) if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self.here
        comment = f" · {one.created_by}: {one.comment}" if one and not self.wide else ""
        left: paint.Line = [
            (f" {phrases.count(len(self.table.keys), 'silence')} · the next to end first", theme.muted),
            (comment, theme.plain),
        ]
        return left, []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        one = self.here
        if name in ("extend", "change", "expire") and one is None:
            return f"{verb.label}: choose a silence first"
        if name in ("extend", "expire") and one is not None and one.status == "expired":
            return f"{verb.label}: {one.name} has ended; C sets it anew"
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("silences.change"), exit_on_error=False)

    def do_recurring(self) -> None:
        self.app.push_screen(RecurringScreen())

    def do_new(self) -> None:
        self.app.push_screen(silencing.new(self.tui, []), self.after_form)

    def do_change(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(silencing.change(self.tui, one), self.after_form)

    def do_extend(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(silencing.extend(self.tui, one), self.after_form)

    def do_expire(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(silencing.expire(self.tui, one, self.hides[str(one.id)]), self.after_form)
