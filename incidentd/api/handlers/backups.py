"""Backups of the store."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import backups as wire_backups


async def list_backups(calls: Calls, _: Read) -> wire_backups.StoreBackups:
    return await calls.operations.backups.list()


async def make_backup(calls: Calls, call: Read) -> wire_backups.StoreBackup:
    return await calls.operations.backups.now(call.actor)
