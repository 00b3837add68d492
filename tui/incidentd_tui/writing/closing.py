"""The two questions at the end, and what one wants to say besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from incidentd.wire import reviews as wire_reviews
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.rows.review.closing import FEELINGS
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.rows.review import Seen
    from incidentd_tui.screens.review_verbs.base import ReviewPart

_OPTIONS = tuple((one, one) for one in FEELINGS)


def box(screen: ReviewPart, seen: Seen) -> Box:
    """One's own answers, until the workshop is over."""
    mine = seen.view.closing.mine
    fields = (
        Field(name="learned", label="changed", options=_OPTIONS, value=str(mine.learned) if mine else "yes"),
        Field(name="come_again", label="again", options=_OPTIONS, value=str(mine.come_again) if mine else "yes"),
        Field(
            name="text", label="besides", optional=True, value=str(mine.text) if mine else "",
            hint="anything else; it is shown without your name",
            lint=True, draft=draft_key(screen.incident_id, "closing"),
        ),
    )  # fmt: skip

    async def send(values: Values) -> str:
        body = wire_reviews.AnswerClosing(
            learned=cast("wire_reviews.Feeling", values["learned"]),
            come_again=cast("wire_reviews.Feeling", values["come_again"]),
            text=values["text"],
        )
        return await screen.sent(screen.tui.acts.client.answer_closing(screen.incident_id, body))

    about = "Does it change your work? Would you come again?"
    return Box(about=about, seen_by="counted without names", doing="the last answers", fields=fields, send=send)
