"""What the socket API asks of reviews; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import review_window as wire_review


class ReviewWindowCalls(Protocol):
    async def get(self, incident_id: int) -> wire_review.ReviewWindow: ...
