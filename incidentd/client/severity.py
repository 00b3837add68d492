"""The severity matrix."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import severity as wire_severity


class SeverityCalls(Calls):
    """Severity ahead of time, and incidents classified by it."""

    async def severity_matrix(self) -> wire_severity.SeverityMatrix:
        return await self._get("/v1/severity", wire_severity.SeverityMatrix)

    async def classify_answers(self, body: wire_severity.ClassifyAnswers) -> wire_severity.Classified:
        return await self._send("POST", "/v1/severity/classify", wire_severity.Classified, body)

    async def replay_matrix(self, body: wire_severity.ReplayMatrix) -> wire_severity.MatrixReplay:
        return await self._send("POST", "/v1/severity/replay", wire_severity.MatrixReplay, body)

    async def classify_incident(
        self, incident_id: int, body: wire_severity.ClassifyIncident, *, if_version: int | None = None
    ) -> wire_severity.ClassifiedIncident:
        path = f"/v1/incidents/{incident_id}/classification"
        return await self._send("POST", path, wire_severity.ClassifiedIncident, body, if_version=if_version)
