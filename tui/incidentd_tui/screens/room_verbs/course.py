"""Where the incident stands, and what was decided."""

from __future__ import annotations

from incidentd_tui.forms import room as room_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.status", "T", "state", "Change the state: mitigated, resolved, active again ...", writes=True),
    Verb("room.decision", "D", "decide", "Record a decision and why", writes=True),
)


class CourseVerbs(RoomPart):
    def do_status(self) -> None:
        if self.incident is not None and not self.incident.allowed:
            self.tui.say(f"state: nothing follows {self.incident.status}", "warning")
            return
        self.open_form(room_forms.status)

    def do_decision(self) -> None:
        self.open_form(room_forms.decision)
