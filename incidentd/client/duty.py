"""Schedules and their changes of the day."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import duty as wire_duty


class DutyCalls(Calls):
    """Who carries a pager."""

    async def schedules(
        self, schedule: str = "", *, starts_at: datetime | None = None, ends_at: datetime | None = None
    ) -> wire_duty.Schedules:
        """Final schedules over a time (four weeks from now), with their changes."""
        times = {name: at.isoformat() for name, at in (("starts_at", starts_at), ("ends_at", ends_at)) if at}
        return await self._get(f"/v1/schedules{query_string(schedule=schedule, **times)}", wire_duty.Schedules)

    async def on_call(self) -> wire.OnCallNow:
        return await self._get("/v1/oncall", wire.OnCallNow)

    async def calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        """Where a calendar reads the shifts of a person, a schedule or a team (`kind`)."""
        return await self._get(f"/v1/calendars/{quote(kind, safe='')}/{quote(name, safe='')}", wire_duty.FeedUrl)

    async def revoke_calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        """Another address; the ones given before are void."""
        path = f"/v1/calendars/{quote(kind, safe='')}/{quote(name, safe='')}/revoke"
        return await self._send("POST", path, wire_duty.FeedUrl)

    async def preview_duty(self, body: wire_duty.PreviewDuty) -> wire_duty.DutyPreview:
        """What a change would make of the final schedules; nothing is kept."""
        return await self._send("POST", "/v1/schedules/preview", wire_duty.DutyPreview, body)

    async def set_override(self, body: wire_duty.SetOverride) -> wire_duty.Override:
        return await self._send("POST", "/v1/overrides", wire_duty.Override, body)

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, *, if_version: int | None = None
    ) -> wire_duty.Override:
        path = f"/v1/overrides/{override_id}"
        return await self._send("PATCH", path, wire_duty.Override, body, if_version=if_version)

    async def end_override(self, override_id: int, *, if_version: int | None = None) -> wire_duty.Override:
        """Take an override back; one that has begun ends now."""
        return await self._send("DELETE", f"/v1/overrides/{override_id}", wire_duty.Override, if_version=if_version)

    async def propose_swap(self, body: wire_duty.ProposeSwap) -> wire_duty.Swap:
        return await self._send("POST", "/v1/swaps", wire_duty.Swap, body)

    async def settle_swap(
        self, swap_id: int, body: wire_duty.SettleSwap, *, if_version: int | None = None
    ) -> wire_duty.Swap:
        return await self._send("POST", f"/v1/swaps/{swap_id}/settle", wire_duty.Swap, body, if_version=if_version)

    async def set_absence(self, body: wire_duty.SetAbsence) -> wire_duty.Absence:
        return await self._send("POST", "/v1/absences", wire_duty.Absence, body)

    async def end_absence(self, absence_id: int, *, if_version: int | None = None) -> wire_duty.Absence:
        """Take an absence back; one that has begun ends now."""
        return await self._send("DELETE", f"/v1/absences/{absence_id}", wire_duty.Absence, if_version=if_version)
