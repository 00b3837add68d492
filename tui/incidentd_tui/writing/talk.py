"""Notes of the talk: what was said, at any step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd_tui.forms.base import Field, Values
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.screens.review_verbs.base import ReviewPart


def box(screen: ReviewPart) -> Box:
    """It stays open: talk goes on."""

    async def send(values: Values) -> str:
        return await screen.sent(screen.tui.acts.client.write_talk(screen.incident_id, values["text"]))

    field = Field(
        name="text", label="", hint="what is being said", lint=True, draft=draft_key(screen.incident_id, "talk")
    )
    return Box(about="Talk", seen_by="everybody reads it", doing="what is said", fields=(field,), send=send, stays=True)
