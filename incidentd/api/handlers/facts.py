"""What is known of an incident: claims, theories and attempts."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import facts as wire_facts


async def claim_impact(calls: Calls, call: Call[wire_facts.ClaimImpact, queries.Query]) -> wire_facts.ImpactClaim:
    return await calls.impact.claim(call.id, call.body, call.actor)


async def judge_claim(calls: Calls, call: Call[wire_facts.JudgeClaim, queries.Query]) -> wire_facts.ImpactClaim:
    return await calls.impact.judge(call.id, call.ids["claim_id"], call.body, call.actor)


async def resembling(calls: Calls, call: Read) -> wire_facts.ResemblingIncidents:
    return await calls.attempts.resembling(call.id)


async def theorise(calls: Calls, call: Call[wire_facts.Theorise, queries.Query]) -> wire_facts.Theory:
    return await calls.attempts.theorise(call.id, call.body, call.actor)


async def judge_theory(calls: Calls, call: Call[wire_facts.JudgeTheory, queries.Query]) -> wire_facts.Theory:
    return await calls.attempts.judge(call.id, call.ids["theory_id"], call.body, call.actor)


async def attempt(calls: Calls, call: Call[wire_facts.Try, queries.Query]) -> wire_facts.Attempt:
    return await calls.attempts.attempt(call.id, call.body, call.actor)


async def tell_outcome(calls: Calls, call: Call[wire_facts.TellOutcome, queries.Query]) -> wire_facts.Attempt:
    return await calls.attempts.tell_outcome(call.id, call.ids["attempt_id"], call.body, call.actor)
