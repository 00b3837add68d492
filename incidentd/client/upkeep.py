"""The daemon's upkeep."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import upkeep as wire


class UpkeepCalls(Calls):
    """What is wrong with the installation, and how much is logged."""

    async def doctor(self) -> wire.DoctorReport:
        return await self._get("/v1/doctor", wire.DoctorReport)

    async def log_level(self) -> wire.LogLevel:
        return await self._get("/v1/log-level", wire.LogLevel)

    async def set_log_level(self, body: wire.SetLogLevel) -> wire.LogLevel:
        return await self._send("POST", "/v1/log-level", wire.LogLevel, body)
