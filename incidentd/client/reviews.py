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

    async def drive_review(
        self, incident_id: int, body: wire_reviews.DriveReview, *, if_version: int | None = None
    ) -> wire_reviews.ReviewView:
        target = f"/v1/incidents/{incident_id}/review/drive"
        return await self._send("POST", target, wire_reviews.ReviewView, body, if_version=if_version)

    async def participate(self, incident_id: int, body: wire_reviews.Participate) -> wire_reviews.ReviewView:
        return await self._send(
            "POST", f"/v1/incidents/{incident_id}/review/participate", wire_reviews.ReviewView, body
        )

    async def write_talk(self, incident_id: int, text: str) -> wire_reviews.ReviewView:
        body = wire_reviews.WriteTalk(text=text)
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/talk", wire_reviews.ReviewView, body)

    async def answer_closing(self, incident_id: int, body: wire_reviews.AnswerClosing) -> wire_reviews.ReviewView:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/closing", wire_reviews.ReviewView, body)
