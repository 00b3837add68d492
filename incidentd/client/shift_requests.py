"""Requests to take or swap a time of duty."""

from __future__ import annotations

from incidentd import wire_requests
from incidentd.client.calls import Calls, query_string

_PATH = "/v1/shift-requests"


class RequestCalls(Calls):
    """Asking others, and answering them."""

    async def shift_requests(self, state: str = "open", *, mine: bool = False) -> wire_requests.ShiftRequestList:
        """Newest first; `mine`: from or to the caller only."""
        query = query_string(state=state, mine=int(mine))
        return await self._get(f"{_PATH}{query}", wire_requests.ShiftRequestList)

    async def shift_request(self, request_id: int) -> wire_requests.ShiftRequest:
        return await self._get(f"{_PATH}/{request_id}", wire_requests.ShiftRequest)

    async def ask_for_shift(self, body: wire_requests.AskForShift) -> wire_requests.ShiftRequest:
        return await self._send("POST", _PATH, wire_requests.ShiftRequest, body)

    async def answer_request(
        self, request_id: int, body: wire_requests.AnswerRequest, *, if_version: int | None = None
    ) -> wire_requests.ShiftRequest:
        """Accept, decline or cancel."""
        path = f"{_PATH}/{request_id}/answer"
        return await self._send("POST", path, wire_requests.ShiftRequest, body, if_version=if_version)
