"""The routes of what is known of an incident; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import attachments, facts
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import attachments as wire_attachments
from incidentd.wire import facts as wire_facts

_FILE_AS_JSON = wire_attachments.MOST_BYTES * 3 // 2  # base64 takes a third more


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
    get(
        "/v1/incidents/{id}/attachments",
        attachments.list_attachments,
        wire_attachments.AttachmentList,
        "Attached files",
    ),
    Route(
        method="POST",
        path="/v1/incidents/{id}/attachments",
        handler=attachments.attach,
        role=Role.RESPONDER,
        answer=wire_attachments.IncidentAttachment,
        summary="Attach a file, or what is attached to a report",
        body=wire_attachments.AttachFile,
        status=201,
        max_bytes=_FILE_AS_JSON,
    ),
    Route(
        method="GET",
        path="/v1/incidents/{id}/attachments/{attachment_id}",
        handler=attachments.get_incident_attachment,
        role=Role.VIEWER,
        answer=wire_attachments.IncidentAttachmentContent,
        summary="One attached file",
        query=queries.File,
        documents=(attachments.BYTES,),
    ),
)
