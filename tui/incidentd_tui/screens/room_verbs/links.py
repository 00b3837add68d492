"""The alerts and reports of the incident."""

from __future__ import annotations

from incidentd_tui import bulk, phrases
from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.screens.triage import TriageScreen
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.link", "l", "link", "Link firing alerts to this incident", writes=True),
    Verb("room.unlink", "x", "unlink", "Unlink the alert under the cursor of the panel", hint=False, writes=True),
    Verb("room.why", "t,w", "why", "The trace of the alert under the cursor of the panel", hint=False),
)


class LinkVerbs(RoomPart):
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

    def _alert_under_cursor(self) -> int | None:
        name, number = self.row_under_cursor()
        return number if name == "alert" and number > 0 else None

    def do_unlink(self) -> None:
        number, incident = self._alert_under_cursor(), self.incident
        if number is None or incident is None:
            self.tui.say("unlink: go to a linked alert of the panel first (tab)", "warning")
            return
        self.run_worker(bulk.unlink(self.tui.acts, incident, [number]), exit_on_error=False)

    def do_why(self) -> None:
        name, number = self.row_under_cursor()
        if name in ("alert", "page") and number > 0:
            self.app.push_screen(DetailScreen(name, number))
        elif name == "past" and number > 0:
            self.tui.call_later(self.tui.open_room, number)
        elif name == "report" and number > 0:
            self.app.push_screen(TriageScreen(number))
        elif name == "other" and self.detail is not None and 0 <= number < len(self.detail.related):
            self.tui.call_later(self.tui.open_room, self.detail.related[number].incident_id)
        else:
            self.tui.say("why: go to a linked alert of the panel first (tab)", "warning")
