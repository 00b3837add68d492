"""What the socket API asks of what is known of an incident; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import attachments as wire_attachments
from incidentd.wire import facts as wire_facts


class ImpactCalls(Protocol):
    async def claim(self, incident_id: int, body: wire_facts.ClaimImpact, actor: str) -> wire_facts.ImpactClaim: ...
    async def judge(
        self, incident_id: int, claim_id: int, body: wire_facts.JudgeClaim, actor: str
    ) -> wire_facts.ImpactClaim: ...


class AttachmentCalls(Protocol):
    async def list(self, incident_id: int) -> wire_attachments.AttachmentList: ...
    async def get(self, incident_id: int, attachment_id: int) -> wire_attachments.IncidentAttachmentContent: ...
    async def attach(
        self, incident_id: int, body: wire_attachments.AttachFile, actor: str
    ) -> wire_attachments.IncidentAttachment: ...


class AttemptCalls(Protocol):
    async def resembling(self, incident_id: int) -> wire_facts.ResemblingIncidents: ...
    async def theorise(self, incident_id: int, body: wire_facts.Theorise, actor: str) -> wire_facts.Theory: ...
    async def judge(
        self, incident_id: int, theory_id: int, body: wire_facts.JudgeTheory, actor: str
    ) -> wire_facts.Theory: ...
    async def attempt(self, incident_id: int, body: wire_facts.Try, actor: str) -> wire_facts.Attempt: ...
    async def tell_outcome(
        self, incident_id: int, attempt_id: int, body: wire_facts.TellOutcome, actor: str
    ) -> wire_facts.Attempt: ...
