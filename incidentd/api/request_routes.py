"""The routes of requests to take a time of duty, and of rest after a heavy shift; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import rests, shift_requests
from incidentd.api.route import Route, changed, created, get, post
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest

REQUEST_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/shift-requests",
        shift_requests.list_requests,
        wire_requests.ShiftRequestList,
        "Requests to take or swap a time of duty",
        query=queries.ShiftRequests,
    ),
    created(
        "/v1/shift-requests",
        shift_requests.ask_for_shift,
        wire_requests.ShiftRequest,
        "Ask people to take or swap a time of duty",
        body=wire_requests.AskForShift,
    ),
    get("/v1/shift-requests/{id}", shift_requests.get_request, wire_requests.ShiftRequest, "One request"),
    changed(
        "/v1/shift-requests/{id}/answer",
        shift_requests.answer_request,
        wire_requests.ShiftRequest,
        "Accept, decline or cancel a request",
        body=wire_requests.AnswerRequest,
    ),
    get("/v1/rests", rests.list_rests, wire_rest.RestList, "Offers to rest after heavy shifts", query=queries.Rests),
    post(
        "/v1/rests/{id}/answer",
        rests.answer_rest,
        wire_rest.Rest,
        "Start late, ask for relief, ask for the next block to be taken, or decline",
        body=wire_rest.AnswerRest,
    ),
)
