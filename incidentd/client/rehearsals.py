"""Rehearsals of the severity matrix."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import rehearsals as wire_rehearsals


class MatrixRehearsalCalls(Calls):
    """Everybody classifies the same cards blind."""

    async def rehearsal_cards(self) -> wire_rehearsals.RehearsalCards:
        return await self._get("/v1/rehearsal-cards", wire_rehearsals.RehearsalCards)

    async def rehearsals(self) -> wire_rehearsals.RehearsalList:
        return await self._get("/v1/rehearsals", wire_rehearsals.RehearsalList)

    async def rehearsal(self, rehearsal_id: int) -> wire_rehearsals.Rehearsal:
        return await self._get(f"/v1/rehearsals/{rehearsal_id}", wire_rehearsals.Rehearsal)

    async def start_rehearsal(self, body: wire_rehearsals.StartRehearsal) -> wire_rehearsals.Rehearsal:
        return await self._send("POST", "/v1/rehearsals", wire_rehearsals.Rehearsal, body)

    async def answer_card(self, rehearsal_id: int, body: wire_rehearsals.AnswerCard) -> wire_rehearsals.Rehearsal:
        return await self._send("POST", f"/v1/rehearsals/{rehearsal_id}/answers", wire_rehearsals.Rehearsal, body)

    async def close_rehearsal(self, rehearsal_id: int) -> wire_rehearsals.RehearsalOutcome:
        path = f"/v1/rehearsals/{rehearsal_id}/close"
        return await self._send("POST", path, wire_rehearsals.RehearsalOutcome)

    async def rehearsal_outcome(self, rehearsal_id: int) -> wire_rehearsals.RehearsalOutcome:
        return await self._get(f"/v1/rehearsals/{rehearsal_id}/outcome", wire_rehearsals.RehearsalOutcome)
