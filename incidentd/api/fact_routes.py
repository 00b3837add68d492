"""The routes of what is known of an incident; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import facts
from incidentd.api.route import Route, created, get, post
from incidentd.wire import facts as wire_facts

FACT_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/incidents/{id}/resembling",
        facts.resembling,
        wire_facts.ResemblingIncidents,
        "What was tried in earlier incidents that resemble it",
    ),
    created(
        "/v1/incidents/{id}/impact",
        facts.claim_impact,
        wire_facts.ImpactClaim,
        "Claim an impact, beside others or in place of one",
        body=wire_facts.ClaimImpact,
    ),
    post(
        "/v1/incidents/{id}/impact/{claim_id}",
        facts.judge_claim,
        wire_facts.ImpactClaim,
        "Dispute a claim, uphold or withdraw it",
        body=wire_facts.JudgeClaim,
    ),
    created(
        "/v1/incidents/{id}/theories",
        facts.theorise,
        wire_facts.Theory,
        "Write down a theory",
        body=wire_facts.Theorise,
    ),
    post(
        "/v1/incidents/{id}/theories/{theory_id}",
        facts.judge_theory,
        wire_facts.Theory,
        "Evidence for or against a theory, or what is thought of it",
        body=wire_facts.JudgeTheory,
    ),
    created(
        "/v1/incidents/{id}/attempts",
        facts.attempt,
        wire_facts.Attempt,
        "Say that something is tried",
        body=wire_facts.Try,
    ),
    post(
        "/v1/incidents/{id}/attempts/{attempt_id}",
        facts.tell_outcome,
        wire_facts.Attempt,
        "Say what came of it",
        body=wire_facts.TellOutcome,
    ),
)
