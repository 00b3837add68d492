"""Modes: who is in support and who on project work."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from incidentd.client.calls import Calls, query_string
from incidentd.wire import modes as wire_modes
from incidentd.wire import protection as wire_protection


class ModeCalls(Calls):
    """Who is left alone, and who is not."""

    async def modes(
        self, team: str = "", *, starts_at: datetime | None = None, ends_at: datetime | None = None
    ) -> wire_modes.Modes:
        """Modes of a team (or of all) now and next, and the blocks of a time (13 weeks from now)."""
        times = {name: at.isoformat() for name, at in (("starts_at", starts_at), ("ends_at", ends_at)) if at}
        return await self._get(f"/v1/modes{query_string(team=team, **times)}", wire_modes.Modes)

    async def set_mode(self, body: wire_modes.SetMode) -> wire_modes.ModeBlock:
        return await self._send("POST", "/v1/modes", wire_modes.ModeBlock, body)

    async def change_mode(
        self, block_id: int, body: wire_modes.ChangeMode, *, if_version: int | None = None
    ) -> wire_modes.ModeBlock:
        return await self._send("PATCH", f"/v1/modes/{block_id}", wire_modes.ModeBlock, body, if_version=if_version)

    async def split_mode(
        self, block_id: int, body: wire_modes.SplitMode, *, if_version: int | None = None
    ) -> wire_modes.ModeSplit:
        path = f"/v1/modes/{block_id}/split"
        return await self._send("POST", path, wire_modes.ModeSplit, body, if_version=if_version)

    async def end_mode(self, block_id: int, reason: str = "", *, if_version: int | None = None) -> wire_modes.ModeBlock:
        """Take a block back; one that has begun ends now."""
        path, body = f"/v1/modes/{block_id}/end", wire_modes.EndMode(reason=reason)
        return await self._send("POST", path, wire_modes.ModeBlock, body, if_version=if_version)

    async def mode_plan(
        self, team: str, *, starts_at: datetime | None = None, weeks: int = 13, replace: bool = False
    ) -> wire_modes.ModePlan:
        """A fair plan of a team's modes; nothing is changed."""
        given = {"starts_at": starts_at.isoformat()} if starts_at else {}
        query = query_string(weeks=weeks, replace=str(replace).lower(), **given)
        return await self._get(f"{_plan_of(team)}{query}", wire_modes.ModePlan)

    async def apply_mode_plan(self, team: str, body: wire_modes.ApplyModePlan) -> wire_modes.ModePlan:
        return await self._send("POST", _plan_of(team), wire_modes.ModePlan, body)

    async def interruptions(self, team: str = "", *, days: int = 28) -> wire_protection.Interruptions:
        """Interruptions of the people of a team (or of all) in the last days, the newest first."""
        return await self._get(f"/v1/interruptions{query_string(team=team, days=days)}", wire_protection.Interruptions)

    async def record_interruption(self, body: wire_protection.RecordInterruption) -> wire_protection.Interruption:
        return await self._send("POST", "/v1/interruptions", wire_protection.Interruption, body)

    async def withdraw_interruption(self, interruption_id: int, note: str = "") -> wire_protection.Interruption:
        """It was none, and counts no longer."""
        body = wire_protection.WithdrawInterruption(note=note)
        path = f"/v1/interruptions/{interruption_id}/withdraw"
        return await self._send("POST", path, wire_protection.Interruption, body)

    async def protection(self, team: str, *, weeks: int = 13) -> wire_protection.Protection:
        """How well a team's project work is protected, by week."""
        path = f"/v1/teams/{quote(team, safe='')}/protection{query_string(weeks=weeks)}"
        return await self._get(path, wire_protection.Protection)


def _plan_of(team: str) -> str:
    return f"/v1/teams/{quote(team, safe='')}/mode-plan"
