"""Rest after heavy shifts."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.wire import rest as wire_rest


async def list_rests(calls: Calls, call: Call[Empty, queries.Rests]) -> wire_rest.RestList:
    return await calls.rests.list(call.query.state, call.actor if call.query.mine else "")


async def answer_rest(calls: Calls, call: Call[wire_rest.AnswerRest, queries.Query]) -> wire_rest.Rest:
    return await calls.rests.answer(call.id, call.body, call.actor)
