"""Retention, legal holds, and the check of the log."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import retention as wire_retention


class RetentionCalls(Calls):
    """What goes after a time, and what must not."""

    async def retention(self) -> wire_retention.RetentionPolicy:
        return await self._get("/v1/retention", wire_retention.RetentionPolicy)

    async def preview_retention(self) -> wire_retention.RetentionPreview:
        return await self._get("/v1/retention/preview", wire_retention.RetentionPreview)

    async def run_retention(self) -> wire_retention.RetentionRun:
        return await self._send("POST", "/v1/retention/run", wire_retention.RetentionRun)

    async def holds(self, state: str = "") -> wire_retention.HoldList:
        """Those in force, or with state "all" the released ones too."""
        return await self._get(f"/v1/holds{query_string(state=state)}", wire_retention.HoldList)

    async def hold(self, hold_id: int) -> wire_retention.Hold:
        return await self._get(f"/v1/holds/{hold_id}", wire_retention.Hold)

    async def add_hold(self, body: wire_retention.AddHold) -> wire_retention.Hold:
        return await self._send("POST", "/v1/holds", wire_retention.Hold, body)

    async def release_hold(self, hold_id: int, body: wire_retention.ReleaseHold) -> wire_retention.Hold:
        return await self._send("POST", f"/v1/holds/{hold_id}/release", wire_retention.Hold, body)

    async def erase_customer(
        self, customer_id: int, body: wire_retention.EraseCustomer
    ) -> wire_retention.ErasedCustomer:
        return await self._send("POST", f"/v1/customers/{customer_id}/erase", wire_retention.ErasedCustomer, body)

    async def check_log(self) -> wire_retention.LogCheck:
        return await self._get("/v1/log/check", wire_retention.LogCheck)
