"""Reviews: the workshop."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import reviews as wire_reviews


class ReviewCalls(Calls):
    """One review an incident, as the caller may see it."""

    async def reviews(self, *, state: str = "all", limit: int = 100, cursor: str = "") -> wire_reviews.ReviewPage:
        query = query_string(state=state, limit=limit, cursor=cursor)
        return await self._get(f"/v1/reviews{query}", wire_reviews.ReviewPage)

    async def review(self, incident_id: int) -> wire_reviews.ReviewView:
        return await self._get(f"/v1/incidents/{incident_id}/review", wire_reviews.ReviewView)

    async def start_review(self, incident_id: int, body: wire_reviews.StartReview) -> wire_reviews.ReviewView:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review", wire_reviews.ReviewView, body)
