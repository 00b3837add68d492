"""Who does what."""

from __future__ import annotations

from incidentd_tui.forms import room as room_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (Verb("room.roles", "R", "roles", "Give or end a role", writes=True),)


class RoleVerbs(RoomPart):
    def do_roles(self) -> None:
        self.open_form(room_forms.role)
