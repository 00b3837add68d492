"""The silences: set, extended, changed and ended here; what each hides stands beside it."""

from __future__ import annotations

from incidentd import wire_silences
from incidentd.client import ClientError
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import silencing
from incidentd_tui.model import Changes
from incidentd_tui.rows import silences
from incidentd_tui.screens.listing import COPY, FILTER, NEXT_VIEW, PREVIOUS_VIEW, VIEW, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

BACK = Verb("silences.back", "escape,q", "back", "Clear the filter, then back to where you came from")


class SilencesScreen(ListScreen):
    mode = "inbox"
    heading = "Silences"
    views = silences.VIEWS
    VERBS = (
        Verb("silences.new", "S", "new", "Set a silence: a form", writes=True),
        Verb("silences.extend", "E", "end", "Let it end at another time: a form", writes=True),
        Verb("silences.change", "C", "change", "Change matchers, end or comment: a form (Enter too)", writes=True),
        Verb("silences.expire", "X", "end now", "End it now: a form that says what would be told", writes=True),
        BACK,
        FILTER,
        VIEW,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, wire_silences.Silence] = {}
        self._hides: dict[str, int] = {}
        self._fault = ""
        self._loaded = False

    # ------------------------------------------------------------------ painting
    def order(self) -> list[Key]:
        self._hides = silences.hidden_counts(self.model)
        chosen = [one for one in self._known.values() if silences.shown_in(self.view, one) and self._accepts(one)]
        chosen.sort(key=lambda one: (one.status == "expired", one.ends_at, one.id))
        return [str(one.id) for one in chosen]

    def _accepts(self, one: wire_silences.Silence) -> bool:
        text = f"{one.name} {' '.join(one.matchers)} {one.comment} {one.created_by} {one.status}"
        return self.filter.accepts(text.lower(), {"by": one.created_by, "status": one.status})

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self._known.get(str(key))
        return [silences.row(self.model, one, self._hides.get(str(key), 0), width) if one else []]

    def head(self, width: int) -> paint.Line:
        return silences.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self._known.get(str(key))
        return silences.lines(self.model, one, width) if one else []

    def view_counts(self) -> dict[str, int]:
        return {name: sum(silences.shown_in(name, one) for one in self._known.values()) for name, _ in self.views}

    def nothing(self) -> list[paint.Line]:
        if self._fault:
            return [[], [("  ! ", theme.danger), (self._fault, theme.plain)]]
        if not self._loaded:
            return [[], [("  loading …", theme.muted)]]
        return [[], [("  No silence here.", theme.muted), ("   S", theme.key), (" sets one", theme.muted)]]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        one = self._here()
        comment = f" · {one.created_by}: {one.comment}" if one and not self.wide else ""
        left: paint.Line = [
            (f" {phrases.count(len(self.table.keys), 'silence')} · the next to end first", theme.muted),
            (comment, theme.plain),
        ]
        return left, []

    def _here(self) -> wire_silences.Silence | None:
        return self._known.get(str(self.table.cursor))

    # ------------------------------------------------------------------ live
    def on_mount(self) -> None:
        self.run_worker(self._load, exit_on_error=False)

    async def _load(self) -> None:
        try:
            found = await self.tui.acts.gateway.ask(self.tui.acts.client.silences("all"))
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        else:
            self._fault, self._loaded = "", True
            self._known = {str(one.id): one for one in found.silences}
        if self.composed:
            self.reorder()

    def on_model(self, changes: Changes) -> None:
        if "silence" in changes.kinds:
            self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")
        elif changes.alerts or changes.everything:
            self._hides = silences.hidden_counts(self.model)
            self.table.repaint_all()
        self.refresh_frame()

    def on_tick(self) -> None:
        if self.model.now().second % 15 == 0:
            self.table.repaint_all()
        self.refresh_frame()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        name = verb.id.partition(".")[2]
        one = self._here()
        if name in ("extend", "change", "expire") and one is None:
            return f"{verb.label}: choose a silence first"
        if name in ("extend", "expire") and one is not None and one.status == "expired":
            return f"{verb.label}: {one.name} has ended; C sets it anew"
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("silences.change"), exit_on_error=False)

    def do_new(self) -> None:
        self.app.push_screen(silencing.new(self.tui, []), self._reload)

    def do_change(self) -> None:
        if (one := self._here()) is not None:
            self.app.push_screen(silencing.change(self.tui, one), self._reload)

    def do_extend(self) -> None:
        if (one := self._here()) is not None:
            self.app.push_screen(silencing.extend(self.tui, one), self._reload)

    def do_expire(self) -> None:
        if (one := self._here()) is not None:
            hides = self._hides.get(str(one.id), 0)
            self.app.push_screen(silencing.expire(self.tui, one, hides), self._reload)

    def _reload(self, sent: bool | None) -> None:
        if sent:
            self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    def do_back(self) -> None:
        if self.filter:
            self.do_clear()
        else:
            self.app.pop_screen()
