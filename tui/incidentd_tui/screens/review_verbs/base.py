"""What the verbs of every topic of a review stand on: the review as it is seen, and the row under the cursor."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar, cast

from incidentd.client import ClientError
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.workshop import WorkshopPart
from incidentd_tui.verbs import Verb

T = TypeVar("T")


class ReviewPart(WorkshopPart):
    """The verbs of one topic derive from this; `ReviewScreen` has the frame and the loading."""

    view_type = wire_reviews.ReviewView
    incident_id: int
    view: wire_reviews.ReviewView | None
    column: int

    def seen(self) -> rows.Seen | None:
        """What is shown, None before it was loaded."""
        raise NotImplementedError

    def key_here(self) -> rows.Key | None:
        """The row under the cursor."""
        return cast("rows.Key | None", self.items.cursor)

    @property
    def subject(self) -> str:
        """What events of the review carry."""
        return f"incident:{self.incident_id}"

    # ------------------------------------------------------------------ doing
    async def answered(self, call: Awaitable[T]) -> T | str:
        """The answer, or the reason why there is none."""
        try:
            answer = await self.tui.acts.gateway.ask(call)
        except ClientError as error:
            return self.tui.acts.reason(self.subject, error)
        self.load_again()
        return answer

    # ------------------------------------------------------------------ reasons
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None and verb.writes:
            return f"{verb.label}: it is not loaded yet"
        return ""
