"""Rehearsals of the severity matrix."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import rehearsals as wire_rehearsals


async def list_cards(calls: Calls, call: Read) -> wire_rehearsals.RehearsalCards:
    return await calls.rehearsals.cards()


async def list_rehearsals(calls: Calls, call: Read) -> wire_rehearsals.RehearsalList:
    return await calls.rehearsals.list(call.actor)


async def get_rehearsal(calls: Calls, call: Read) -> wire_rehearsals.Rehearsal:
    return await calls.rehearsals.get(call.id, call.actor)


async def start_rehearsal(
    calls: Calls, call: Call[wire_rehearsals.StartRehearsal, queries.Query]
) -> wire_rehearsals.Rehearsal:
    return await calls.rehearsals.start(call.body, call.actor)


async def answer_card(calls: Calls, call: Call[wire_rehearsals.AnswerCard, queries.Query]) -> wire_rehearsals.Rehearsal:
    return await calls.rehearsals.answer(call.id, call.body, call.actor)


async def close_rehearsal(calls: Calls, call: Read) -> wire_rehearsals.RehearsalOutcome:
    return await calls.rehearsals.close(call.id, call.actor)


async def get_outcome(calls: Calls, call: Read) -> wire_rehearsals.RehearsalOutcome:
    return await calls.rehearsals.outcome(call.id, call.actor)
