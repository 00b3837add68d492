"""What the incident is called, and what is said of it in a few sentences."""

from __future__ import annotations

from incidentd_tui.forms import editing
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (Verb("room.edit", "E", "edit", "Edit title and summary", writes=True),)


class EditVerbs(RoomPart):
    def do_edit(self) -> None:
        self.open_form(editing.EditForm, writing="title and summary")
