"""How bad it is."""

from __future__ import annotations

from incidentd_tui.forms import room as room_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (Verb("room.severity", "S", "severity", "Set the severity", writes=True),)


class SeverityVerbs(RoomPart):
    def do_severity(self) -> None:
        self.open_form(room_forms.severity)
