"""What keeps alerts quiet (silences, maintenance, recurring rules) and the checks that raise them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from incidentd.client.calls import Calls, query_string
from incidentd.wire import checks as wire_checks
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import silences as wire_silences


class QuietingCalls(Calls):
    """Quiet on purpose."""

    async def silences(self, state: str = "current") -> wire_silences.SilenceList:
        """`state` is current (active or pending), active, pending, expired (for five days) or all."""
        return await self._get(f"/v1/silences{query_string(state=state)}", wire_silences.SilenceList)

    async def silence(self, silence_id: str) -> wire_silences.Silence:
        return await self._get(f"/v1/silences/{quote(silence_id, safe='')}", wire_silences.Silence)

    async def set_silence(self, body: wire_silences.SetSilence) -> wire_silences.Silence:
        """Set a new silence, or change one; look at the id of the answer."""
        return await self._send("POST", "/v1/silences", wire_silences.Silence, body)

    async def expire_silence(self, silence_id: str) -> wire_silences.Silence:
        return await self._send("DELETE", f"/v1/silences/{quote(silence_id, safe='')}", wire_silences.Silence)

    async def preview_silence(self, matchers: Sequence[str]) -> wire_silences.SilencePreview:
        """The firing alerts that a silence with `matchers` would hide."""
        body = wire_silences.PreviewSilence(matchers=tuple(matchers))
        return await self._send("POST", "/v1/silences/preview", wire_silences.SilencePreview, body)

    async def checks(self, *, kind: str = "", status: str = "") -> wire_checks.CheckList:
        """Heartbeats and probes; `kind` and `status` narrow the list."""
        return await self._get(f"/v1/checks{query_string(kind=kind, status=status)}", wire_checks.CheckList)

    async def check(self, name: str) -> wire_checks.Check:
        """One check by NAME or SOURCE/NAME, with its latest results."""
        return await self._get(f"/v1/checks/{quote(name, safe='')}", wire_checks.Check)

    async def check_url(self, name: str) -> wire_checks.CheckUrl:
        return await self._get(f"/v1/checks/{quote(name, safe='')}/url", wire_checks.CheckUrl)

    async def pause_check(self, name: str, *, note: str = "") -> wire_checks.Check:
        body = wire_checks.PauseCheck(note=note)
        return await self._send("POST", f"/v1/checks/{quote(name, safe='')}/pause", wire_checks.Check, body)

    async def resume_check(self, name: str) -> wire_checks.Check:
        return await self._send("POST", f"/v1/checks/{quote(name, safe='')}/resume", wire_checks.Check)

    async def delete_check(self, name: str) -> wire_checks.Check:
        """Delete a check that a ping made; the answer is what it was."""
        return await self._send("DELETE", f"/v1/checks/{quote(name, safe='')}", wire_checks.Check)

    async def maintenance(self, state: str = "current") -> wire_quieting.MaintenanceList:
        """`state` is current (planned or active), planned, active, over (for thirty days) or all."""
        return await self._get(f"/v1/maintenance{query_string(state=state)}", wire_quieting.MaintenanceList)

    async def maintenance_window(self, window_id: int) -> wire_quieting.Maintenance:
        return await self._get(f"/v1/maintenance/{window_id}", wire_quieting.Maintenance)

    async def plan_maintenance(self, body: wire_quieting.PlanMaintenance) -> wire_quieting.Maintenance:
        return await self._send("POST", "/v1/maintenance", wire_quieting.Maintenance, body)

    async def end_maintenance(self, window_id: int) -> wire_quieting.Maintenance:
        return await self._send("POST", f"/v1/maintenance/{window_id}/end", wire_quieting.Maintenance)

    async def extend_maintenance(self, window_id: int, seconds: float) -> wire_quieting.Maintenance:
        """More time; look at the id of the answer: what is over is continued by another window."""
        body = wire_quieting.ExtendMaintenance(by=seconds)
        return await self._send("POST", f"/v1/maintenance/{window_id}/extend", wire_quieting.Maintenance, body)

    async def recurring(self) -> wire_quieting.RecurringList:
        return await self._get("/v1/recurring", wire_quieting.RecurringList)

    async def recurring_rule(self, rule_id: int) -> wire_quieting.Recurring:
        return await self._get(f"/v1/recurring/{rule_id}", wire_quieting.Recurring)

    async def set_recurring(self, body: wire_quieting.SetRecurring) -> wire_quieting.Recurring:
        """Set a new rule, or with `id` change one."""
        return await self._send("POST", "/v1/recurring", wire_quieting.Recurring, body)

    async def end_recurring(self, rule_id: int) -> wire_quieting.Recurring:
        return await self._send("DELETE", f"/v1/recurring/{rule_id}", wire_quieting.Recurring)

    async def preview_hiding(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview:
        """What something would hide now, and has hidden in the last seven days."""
        return await self._send("POST", "/v1/hiding/preview", wire_quieting.HidingPreview, body)
