"""Requests to take or swap a time of duty."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import requests as wire_requests


async def list_requests(calls: Calls, call: Call[Empty, queries.ShiftRequests]) -> wire_requests.ShiftRequestList:
    return await calls.requests.list(call.query.state, call.actor if call.query.mine else "")


async def get_request(calls: Calls, call: Read) -> wire_requests.ShiftRequest:
    return await calls.requests.get(call.id)


async def ask_for_shift(
    calls: Calls, call: Call[wire_requests.AskForShift, queries.Query]
) -> wire_requests.ShiftRequest:
    return await calls.requests.ask(call.body, call.actor)


async def answer_request(
    calls: Calls, call: Call[wire_requests.AnswerRequest, queries.Query]
) -> wire_requests.ShiftRequest:
    return await calls.requests.answer(call.id, call.body, call.actor, call.if_version)
