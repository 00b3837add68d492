"""Escalation policies: what they say, and whom they would call."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from incidentd.client.calls import Calls, query_string
from incidentd.wire import policies as wire_policies


class PolicyCalls(Calls):
    """Whom a policy would call, without calling anybody."""

    async def policies(self) -> wire_policies.Policies:
        return await self._get("/v1/policies", wire_policies.Policies)

    async def policy(self, name: str, *, at: datetime | None = None) -> wire_policies.Policy:
        """One policy, and whom its steps stand for `at` an instant (default: now)."""
        query = query_string(at="" if at is None else at.isoformat())
        return await self._get(f"/v1/policies/{quote(name, safe='')}{query}", wire_policies.Policy)

    async def test_policy(
        self, name: str, *, severity: str = "", urgency: str = "high", at: datetime | None = None
    ) -> wire_policies.PolicyTest:
        """If it fired `at` an instant (default: now): who is called, when and by what."""
        query = query_string(severity=severity, urgency=urgency, at="" if at is None else at.isoformat())
        return await self._get(f"/v1/policies/{quote(name, safe='')}/test{query}", wire_policies.PolicyTest)
