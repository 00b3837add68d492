"""What people do before they meet: everybody writes for themselves."""

from __future__ import annotations

from incidentd.client import ClientError
from incidentd_tui.forms.own_notes import OwnNotesForm
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (Verb("room.own", "N", "own notes", "Write for yourself: nobody else reads it", hint=False, writes=True),)


class BeforeReviewVerbs(RoomPart):
    async def do_own(self) -> None:
        """Not by `open_form`: that somebody writes for themselves is nobody's business."""
        acts = self.tui.acts
        try:
            kept = await acts.gateway.ask(acts.client.own_notes(self.incident_id))
        except ClientError as error:
            self.tui.say(acts.reason("", error), "warning")
            return
        self.writing = ""
        self.app.push_screen(OwnNotesForm(self.tui, kept))
