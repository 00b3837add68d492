"""Requests to take or swap a time of duty, and rest after heavy shifts."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest

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

    async def rests(self, state: str = "open", *, mine: bool = False) -> wire_rest.RestList:
        """Offers to rest, newest first."""
        return await self._get(f"/v1/rests{query_string(state=state, mine=int(mine))}", wire_rest.RestList)

    async def answer_rest(self, rest_id: int, body: wire_rest.AnswerRest) -> wire_rest.Rest:
        """Take what is offered to the caller, or decline it."""
        return await self._send("POST", f"/v1/rests/{rest_id}/answer", wire_rest.Rest, body)
