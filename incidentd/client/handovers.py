"""Handovers at the end of duty blocks."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import handover as wire_handover

_PATH = "/v1/handovers"


class HandoverCalls(Calls):
    """How duty blocks end."""

    async def handovers(
        self, state: str = "current", *, schedule: str = "", person: str = ""
    ) -> wire_handover.HandoverList:
        """Newest first: blocks that run and what is open, or those in `state`."""
        query = query_string(state=state, schedule=schedule, person=person)
        return await self._get(f"{_PATH}{query}", wire_handover.HandoverList)

    async def handover(self, handover_id: int) -> wire_handover.Handover:
        return await self._get(f"{_PATH}/{handover_id}", wire_handover.Handover)

    async def edit_handover(
        self, handover_id: int, surprises: str, *, if_version: int | None = None
    ) -> wire_handover.Handover:
        """Keep what surprised who leaves."""
        body = wire_handover.EditHandover(surprises=surprises)
        path = f"{_PATH}/{handover_id}"
        return await self._send("PATCH", path, wire_handover.Handover, body, if_version=if_version)

    async def send_handover(
        self, handover_id: int, surprises: str | None = None, *, if_version: int | None = None
    ) -> wire_handover.Handover:
        """It is complete: it goes to the next one, at the end of a block that still runs."""
        body = wire_handover.SendHandover(surprises=surprises)
        path = f"{_PATH}/{handover_id}/send"
        return await self._send("POST", path, wire_handover.Handover, body, if_version=if_version)

    async def accept_handover(self, handover_id: int, *, if_version: int | None = None) -> wire_handover.Handover:
        """Take over."""
        path = f"{_PATH}/{handover_id}/accept"
        return await self._send("POST", path, wire_handover.Handover, if_version=if_version)
