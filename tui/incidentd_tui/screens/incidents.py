"""Mode 2: the incidents, the worst first, with what is owed next."""

from __future__ import annotations

import contextlib

from incidentd import wire
from incidentd.client import ClientError
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import incident as incident_forms
from incidentd_tui.forms import roles as role_forms
from incidentd_tui.forms import updates
from incidentd_tui.model import Changes
from incidentd_tui.rows import incidents
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW, ListScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class IncidentsScreen(ListScreen):
    mode = "incidents"
    heading = "Incidents"
    views = incidents.VIEWS
    VERBS = (
        Verb("incidents.open", "o", "open room", "Open the room of this incident (Enter does too)"),
        Verb("incidents.new", "i", "new", "Declare an incident by hand", writes=True),
        Verb("incidents.update", "U", "update", "Write an update on this incident", writes=True),
        Verb("incidents.roles", "R", "roles", "Give a role of this incident", writes=True),
        FILTER,
        VIEW,
        COPY,
        NEXT_VIEW,
        PREVIOUS_VIEW,
        FRESH,
        CLEAR,
    )

    def __init__(self) -> None:
        super().__init__()
        self._past: dict[int, wire.Incident] = {}

    # ------------------------------------------------------------------ painting
    def order(self) -> list[Key]:
        if self.view == "closed":
            chosen = sorted(self._past.values(), key=lambda one: -one.id)
        else:
            chosen = self.model.open_incidents()
        if self.view == "mine":
            chosen = [one for one in chosen if any(held.person == self.model.me for held in one.roles)]
        return [one.id for one in chosen if self._accepts(one)]

    def _accepts(self, one: wire.Incident) -> bool:
        labels = {"service": one.service, "severity": one.severity.value, "status": one.status}
        text = f"inc-{one.id} {one.title} {one.summary} {one.service} {one.status} {one.severity.value}"
        return self.filter.accepts(text.lower(), labels)

    def _incident(self) -> wire.Incident | None:
        key = self.table.cursor
        return self._known(key) if isinstance(key, int) else None

    def _known(self, number: int) -> wire.Incident | None:
        return self.model.incidents.get(number) or self._past.get(number)

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self._known(key) if isinstance(key, int) else None
        return [incidents.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return incidents.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self._known(key) if isinstance(key, int) else None
        return incidents.preview(self.model, one, width) if one else []

    def view_counts(self) -> dict[str, int]:
        chosen = self.model.open_incidents()
        mine = sum(any(held.person == self.model.me for held in one.roles) for one in chosen)
        return {"open": len(chosen), "mine": mine}

    def nothing(self) -> list[paint.Line]:
        if self.view == "closed":
            return [[], [("  no closed incident yet", theme.muted)]]
        new: paint.Line = [("   i", theme.key), (" declares one", theme.muted)]
        return [[], [("  ✓ No open incident.", theme.success), *new]]

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        now = self.model.now()
        chosen = self.model.open_incidents()
        late = sum(one.next_update_at is not None and one.next_update_at <= now for one in chosen)
        broken = sum(bool(one.violations) for one in chosen)
        left: paint.Line = [(f" {phrases.count(len(chosen), 'open incident')}", theme.muted)]
        if late:
            left.append((f" · {phrases.count(late, 'update')} late", theme.warning))
        if broken:
            left.append((f" · ▲ {broken} with a broken rule", theme.warning))
        return [*left, *self.news()], []

    # ------------------------------------------------------------------ live
    def on_model(self, changes: Changes) -> None:
        if not self._settled or not self.table.keys:
            self.reorder()
            return
        self.table.repaint_all() if changes.everything else self.table.repaint(changes.incidents)
        self.refresh_frame()

    def on_tick(self) -> None:
        self.table.repaint_all()
        self.refresh_frame()

    # ------------------------------------------------------------------ verbs
    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.do_open()

    def do_open(self) -> None:
        if (one := self._incident()) is not None:
            self.tui.call_later(self.tui.open_room, one.id)

    def choose_view(self, name: str) -> None:
        super().choose_view(name)
        if self.view == "closed":
            self.run_worker(self._load_closed(), exit_on_error=False)

    async def _load_closed(self) -> None:
        with contextlib.suppress(ClientError):
            answer = await self.tui.acts.gateway.ask(self.tui.acts.client.incidents(state="closed", limit=200))
            self._past = {one.id: one for one in answer.incidents}
            self.reorder()

    def do_new(self) -> None:
        self.app.push_screen(incident_forms.declare(self.tui, []))

    def do_update(self) -> None:
        if (one := self._incident()) is not None:
            self.app.push_screen(updates.update(self.tui, one))

    def do_roles(self) -> None:
        if (one := self._incident()) is not None:
            self.app.push_screen(role_forms.role(self.tui, one))
