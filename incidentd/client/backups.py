"""Backups of the store."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import backups as wire_backups


class BackupCalls(Calls):
    """What there is to fall back on."""

    async def backups(self) -> wire_backups.StoreBackups:
        return await self._get("/v1/backups", wire_backups.StoreBackups)

    async def make_backup(self) -> wire_backups.StoreBackup:
        """It takes as long as copying the store does."""
        return await self._send("POST", "/v1/backups", wire_backups.StoreBackup)
