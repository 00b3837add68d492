"""The verbs of the incident room that open a dialog or act on a row of its panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from incidentd import wire
from incidentd_tui import bulk, phrases
from incidentd_tui.forms import paging
from incidentd_tui.forms import room as room_forms
from incidentd_tui.forms.base import Form
from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.page_verbs import PAGE_VERBS, PageVerbs, why_no_ack
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.triage import TriageScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import VirtualList


class RoomVerbs(PageVerbs):
    """`RoomScreen` adds the frame, the loading and the notes."""

    incident_id: int
    VERBS = (
        Verb("room.note", "n", "note", "Write a note to the timeline", writes=True),
        Verb("room.update", "U", "update", "Write an update for others, and promise the next one", writes=True),
        Verb("room.roles", "R", "roles", "Give or end a role", writes=True),
        Verb("room.severity", "S", "severity", "Set the severity", writes=True),
        Verb("room.status", "T", "state", "Change the state: mitigated, resolved, active again ...", writes=True),
        Verb("room.decision", "D", "decide", "Record a decision and why", writes=True),
        Verb("room.link", "l", "link", "Link firing alerts to this incident", writes=True),
        Verb("room.edit", "E", "edit", "Edit title and summary", writes=True),
        Verb("room.expand", "e", "expand", "Show this entry in full, with its evidence"),
        Verb("room.pane", "tab", "panel", "Between timeline and panel"),
        Verb("room.unlink", "x", "unlink", "Unlink the alert under the cursor of the panel", hint=False, writes=True),
        Verb("room.page", "P", "page", "Page somebody into this incident", hint=False, writes=True),
        Verb("room.ack", "a", "ack", "Acknowledge the page under the cursor of the panel", hint=False, writes=True),
        *PAGE_VERBS,
        Verb("room.why", "t,w", "why", "The trace of the alert under the cursor of the panel", hint=False),
        Verb("room.copy", "y", "copy", "Copy the entry under the cursor", hint=False),
        Verb("room.fresh", "full_stop", "show new", "Go to the newest entry", hint=False),
        Verb("room.back", "escape,q", "back", "Back to the list; what you typed is kept"),
    )

    @property
    def incident(self) -> wire.Incident | None:
        """The incident as it stands, None before it was loaded."""
        return self.model.incidents.get(self.incident_id)

    @property
    def panel(self) -> VirtualList:
        return self.query_one("#panel", VirtualList)

    # ------------------------------------------------------------------ pages
    def page_here(self) -> wire.Page | None:
        """The page under the cursor of the panel."""
        name, number = self._row_under_cursor()
        return self.model.pages.get(number) if name == "page" else None

    def no_page(self) -> str:
        return "go to a page of the panel first (tab)"

    def why_not(self, verb: Verb) -> str:
        if (reason := super().why_not(verb)) or verb.id != "room.ack":
            return reason
        page = self.page_here()
        reason = why_no_ack(self.model, page) if page is not None else self.no_page()
        return f"ack: {reason}" if reason else ""

    def do_ack(self) -> None:
        if (page := self.page_here()) is not None:
            paging.acknowledge(self.tui, page)

    # ------------------------------------------------------------------ verbs
    def _form(self, make: Callable[..., Form]) -> None:
        if self.incident is None:
            self.tui.say("the incident is not loaded yet", "warning")
        else:
            self.app.push_screen(make(self.tui, self.incident))

    def do_update(self) -> None:
        self._form(room_forms.update)

    def do_roles(self) -> None:
        self._form(room_forms.role)

    def do_severity(self) -> None:
        self._form(room_forms.severity)

    def do_status(self) -> None:
        if self.incident is not None and not self.incident.allowed:
            self.tui.say(f"state: nothing follows {self.incident.status}", "warning")
            return
        self._form(room_forms.status)

    def do_decision(self) -> None:
        self._form(room_forms.decision)

    def do_edit(self) -> None:
        self._form(room_forms.title)

    def do_page(self) -> None:
        self.app.push_screen(paging.page_somebody(self.tui, incident_id=self.incident_id))

    def do_link(self) -> None:
        incident = self.incident
        if incident is None:
            return
        free = [
            one for one in self.model.alerts.values() if one.status == "firing" and one.id not in incident.alert_ids
        ]
        if not free:
            self.tui.say("link: every firing alert is part of it already", "warning")
            return
        free.sort(key=lambda one: (bool(one.incident_ids), phrases.alert_rank(one.severity), -one.id))
        items = [Item(str(one.id), f"A-{one.id}  {one.name}  {one.summary}", one.service) for one in free[:500]]

        def chosen(value: str | None) -> None:
            if value is not None:
                self.run_worker(bulk.link(self.tui.acts, incident, [int(value)]), exit_on_error=False)

        self.app.push_screen(Picker(f"Link to INC-{incident.id}", items), chosen)

    def _row_under_cursor(self) -> tuple[str, int]:
        key = self.panel.cursor if self.panel.has_focus else None
        return cast("tuple[str, int]", key) if key is not None else ("", -1)

    def _alert_under_cursor(self) -> int | None:
        name, number = self._row_under_cursor()
        return number if name == "alert" and number > 0 else None

    def do_unlink(self) -> None:
        number, incident = self._alert_under_cursor(), self.incident
        if number is None or incident is None:
            self.tui.say("unlink: go to a linked alert of the panel first (tab)", "warning")
            return
        self.run_worker(bulk.unlink(self.tui.acts, incident, [number]), exit_on_error=False)

    def do_why(self) -> None:
        name, number = self._row_under_cursor()
        if name in ("alert", "page") and number > 0:
            self.app.push_screen(DetailScreen(name, number))
        elif name == "report" and number > 0:
            self.app.push_screen(TriageScreen(number))
        else:
            self.tui.say("why: go to a linked alert of the panel first (tab)", "warning")
