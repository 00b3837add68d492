"""What is known of an incident."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import attachments as wire_attachments
from incidentd.wire import facts as wire_facts


class FactCalls(Calls):
    """Claims about the impact, theories, and what is tried."""

    async def claim_impact(self, incident_id: int, body: wire_facts.ClaimImpact) -> wire_facts.ImpactClaim:
        return await self._send("POST", f"/v1/incidents/{incident_id}/impact", wire_facts.ImpactClaim, body)

    async def judge_claim(self, incident_id: int, claim_id: int, body: wire_facts.JudgeClaim) -> wire_facts.ImpactClaim:
        path = f"/v1/incidents/{incident_id}/impact/{claim_id}"
        return await self._send("POST", path, wire_facts.ImpactClaim, body)

    async def attach(self, incident_id: int, body: wire_attachments.AttachFile) -> wire_attachments.IncidentAttachment:
        path = f"/v1/incidents/{incident_id}/attachments"
        return await self._send("POST", path, wire_attachments.IncidentAttachment, body)

    async def incident_attachments(self, incident_id: int) -> wire_attachments.AttachmentList:
        return await self._get(f"/v1/incidents/{incident_id}/attachments", wire_attachments.AttachmentList)

    async def incident_attachment(
        self, incident_id: int, attachment_id: int
    ) -> wire_attachments.IncidentAttachmentContent:
        path = f"/v1/incidents/{incident_id}/attachments/{attachment_id}"
        return await self._get(path, wire_attachments.IncidentAttachmentContent)

    async def resembling(self, incident_id: int) -> wire_facts.ResemblingIncidents:
        return await self._get(f"/v1/incidents/{incident_id}/resembling", wire_facts.ResemblingIncidents)

    async def theorise(self, incident_id: int, body: wire_facts.Theorise) -> wire_facts.Theory:
        return await self._send("POST", f"/v1/incidents/{incident_id}/theories", wire_facts.Theory, body)

    async def judge_theory(self, incident_id: int, theory_id: int, body: wire_facts.JudgeTheory) -> wire_facts.Theory:
        path = f"/v1/incidents/{incident_id}/theories/{theory_id}"
        return await self._send("POST", path, wire_facts.Theory, body)

    async def attempt(self, incident_id: int, body: wire_facts.Try) -> wire_facts.Attempt:
        return await self._send("POST", f"/v1/incidents/{incident_id}/attempts", wire_facts.Attempt, body)

    async def tell_outcome(self, incident_id: int, attempt_id: int, body: wire_facts.TellOutcome) -> wire_facts.Attempt:
        path = f"/v1/incidents/{incident_id}/attempts/{attempt_id}"
        return await self._send("POST", path, wire_facts.Attempt, body)
