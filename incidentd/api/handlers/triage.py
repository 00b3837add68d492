"""The triage of reports."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import triage as wire_triage


async def get_triage(calls: Calls, call: Read) -> wire_triage.Triage:
    return await calls.triage.get(call.id)


async def similar(calls: Calls, call: Read) -> wire_triage.Similar:
    return await calls.triage.similar(call.id)


async def answer(calls: Calls, call: Call[wire_triage.AnswerQuestions, queries.Query]) -> wire_triage.Triage:
    return await calls.triage.answer(call.id, call.body, call.actor, call.if_version)


async def ask(calls: Calls, call: Call[wire_triage.AskReporter, queries.Query]) -> wire_triage.Triage:
    return await calls.triage.ask(call.id, call.body, call.actor, call.if_version)


async def send_canned(calls: Calls, call: Call[wire_triage.SendCanned, queries.Query]) -> wire_triage.Triage:
    return await calls.triage.send_canned(call.id, call.body, call.actor, call.if_version)


async def set_priority(calls: Calls, call: Call[wire_triage.SetPriority, queries.Query]) -> wire_triage.Triage:
    return await calls.triage.set_priority(call.id, call.body, call.actor, call.if_version)


async def propagate(calls: Calls, call: Call[wire_triage.Propagate, queries.Query]) -> wire_triage.Triage:
    return await calls.triage.propagate(call.id, call.body, call.actor, call.if_version)
