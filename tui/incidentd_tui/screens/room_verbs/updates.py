"""What others are told."""

from __future__ import annotations

from incidentd_tui.forms import updates
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.update", "U", "update", "Write an update for others, and promise the next one", writes=True),
    Verb("room.long", "L", "long", "Run it as a long incident, or no longer", hint=False, writes=True),
)


class UpdateVerbs(RoomPart):
    def do_update(self) -> None:
        number = len(self.detail.updates) + 1 if self.detail else 1
        self.open_form(updates.update, writing=f"update #{number}")

    def do_long(self) -> None:
        self.open_form(updates.run_long)
