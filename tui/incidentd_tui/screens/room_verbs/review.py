"""From the room to the review of its incident."""

from __future__ import annotations

from incidentd.client import ApiError, ClientError
from incidentd_tui.forms import review as review_forms
from incidentd_tui.screens.room_verbs.base import RoomPart
from incidentd_tui.verbs import Verb

VERBS = (
    Verb("room.review", "V", "review", "What people learn from it together; begin it where there is none", hint=False),
)


class ReviewVerb(RoomPart):
    async def do_review(self) -> None:
        incident = self.incident
        if incident is None:
            return
        acts = self.tui.acts
        try:
            await acts.client.review(incident.id)
        except ClientError as error:
            if isinstance(error, ApiError) and error.status == 404:
                review_forms.begin(self.tui, incident.id, str(incident.title))
            else:
                self.tui.say(acts.reason(f"incident:{incident.id}", error), "warning")
            return
        await self.tui.open_review(incident.id)
