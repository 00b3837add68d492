"""What differs from an earlier incident, or would show that this is not the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire import review_similar as wire_similar
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.screens.review_verbs.base import ReviewPart


def box(screen: ReviewPart, one: wire_similar.SimilarIncident) -> Box:
    text = Field(
        name="text", label="", hint="what differs? what would show that this is not the same?",
        lint=True, draft=draft_key(screen.incident_id, "differs", one.id),
    )  # fmt: skip

    async def send(values: Values) -> str:
        body = wire_similar.SayDiffers(other_id=one.id, text=values["text"])
        return await screen.sent(screen.tui.acts.client.say_differs(screen.incident_id, body))

    about = f"What differs from INC-{one.id}"
    return Box(
        about=about, seen_by="everybody reads it, with your name", doing="what differs", fields=(text,), send=send
    )
