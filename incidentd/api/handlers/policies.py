"""Escalation policies, and what they would do."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import policies as wire_policies


async def list_policies(calls: Calls, _call: Read) -> wire_policies.Policies:
    return await calls.policies.list()


async def get_policy(calls: Calls, call: Call[Empty, queries.Policy]) -> wire_policies.Policy:
    return await calls.policies.get(call.names["policy"], call.query.at)


async def test_policy(calls: Calls, call: Call[Empty, queries.PolicyTest]) -> wire_policies.PolicyTest:
    query = call.query
    return await calls.policies.test(call.names["policy"], query.severity, query.urgency, query.at)
