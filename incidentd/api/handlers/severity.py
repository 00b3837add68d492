"""The severity matrix, and incidents classified by it."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import severity as wire_severity


async def get_severity_matrix(calls: Calls, call: Read) -> wire_severity.SeverityMatrix:
    return await calls.severity.matrix()


async def classify_answers(
    calls: Calls, call: Call[wire_severity.ClassifyAnswers, queries.Query]
) -> wire_severity.Classified:
    return await calls.severity.classify(call.body)


async def replay_matrix(
    calls: Calls, call: Call[wire_severity.ReplayMatrix, queries.Query]
) -> wire_severity.MatrixReplay:
    return await calls.severity.replay(call.body)


async def classify_incident(
    calls: Calls, call: Call[wire_severity.ClassifyIncident, queries.Query]
) -> wire_severity.ClassifiedIncident:
    return await calls.incidents.classify(call.id, call.body, call.actor, call.if_version)
