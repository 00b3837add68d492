"""Learnings, with one's name or without; and ideas for the parking lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire import review_records as wire_records
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.screens.review_verbs.base import ReviewPart

_NAMED = Field(name="named", label="signed", options=(("yes", "with my name"), ("", "anonymous")), value="yes")


def learning(screen: ReviewPart) -> Box:
    """Without a name nobody is stored who wrote it, so that nobody can change it either."""
    text = Field(
        name="text", label="learning", hint="what do you know now that you did not know before?",
        lint=True, draft=draft_key(screen.incident_id, "learning"),
    )  # fmt: skip

    async def send(values: Values) -> str:
        body = wire_records.WriteLearning(text=values["text"], anonymous=not values["named"])
        return await screen.sent(screen.tui.acts.client.write_learning(screen.incident_id, body))

    return Box(
        about="A learning", seen_by="anonymous: who wrote it is stored nowhere",
        doing="a learning", fields=(text, _NAMED), send=send, stays=True,
    )  # fmt: skip


def idea(screen: ReviewPart) -> Box:
    """Uncommented; it stays open for the next one."""
    text = Field(
        name="text", label="", hint="what could be tried?", lint=True, draft=draft_key(screen.incident_id, "idea")
    )

    async def send(values: Values) -> str:
        body = wire_records.WriteIdea(text=values["text"])
        return await screen.sent(screen.tui.acts.client.write_idea(screen.incident_id, body))

    seen_by = "everybody reads it; nothing is decided here"
    return Box(about="An idea for later", seen_by=seen_by, doing="an idea", fields=(text,), send=send, stays=True)
