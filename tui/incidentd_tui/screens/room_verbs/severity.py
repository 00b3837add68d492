"""How bad it is."""

from __future__ import annotations

from incidentd_tui.forms.severity import Answering
from incidentd_tui.screens.questionnaire import Questionnaire
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.severity", "S", "severity", "Classify by the questions of the matrix, or set it by hand", writes=True),
)


class SeverityVerbs(RoomPart):
    def do_severity(self) -> None:
        if self.incident is None or self.detail is None:
            self.tui.say("the incident is not loaded yet", "warning")
            return
        self.writing = "severity"
        self.app.push_screen(Questionnaire(Answering(self.tui, self.incident, self.detail.classification)))
