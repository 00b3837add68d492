"""What happens before a review."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import review_window as wire_review


class ReviewWindowCalls(Calls):
    """When it may be held."""

    async def review_window(self, incident_id: int) -> wire_review.ReviewWindow:
        return await self._get(f"/v1/incidents/{incident_id}/review/window", wire_review.ReviewWindow)
