"""What the socket API asks of the running of the house itself: nodes, backups, retention; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import backups as wire_backups
from incidentd.wire import keys as wire_keys
from incidentd.wire import nodes as wire_nodes
from incidentd.wire import retention as wire_retention
from incidentd.wire import store as wire_store


class NodeCalls(Protocol):
    async def list(self) -> wire_nodes.Nodes: ...
    async def forget(self, name: str, *, actor: str) -> wire_nodes.Nodes: ...


class StoreCalls(Protocol):
    async def size(self) -> wire_store.StoreSize: ...


class KeyCalls(Protocol):
    async def state(self) -> wire_keys.SigningKeys: ...
    async def rotate(self, at_once: bool, actor: str) -> wire_keys.SigningKeys: ...


class RetentionCalls(Protocol):
    async def show(self) -> wire_retention.RetentionPolicy: ...
    async def preview(self) -> wire_retention.RetentionPreview: ...
    async def run(self, actor: str) -> wire_retention.RetentionRun: ...


class HoldCalls(Protocol):
    async def list(self, *, released: bool) -> wire_retention.HoldList: ...
    async def get(self, hold_id: int) -> wire_retention.Hold: ...
    async def add(self, body: wire_retention.AddHold, actor: str) -> wire_retention.Hold: ...
    async def release(self, hold_id: int, body: wire_retention.ReleaseHold, actor: str) -> wire_retention.Hold: ...


class ErasingCalls(Protocol):
    async def erase(
        self, customer_id: int, body: wire_retention.EraseCustomer, actor: str
    ) -> wire_retention.ErasedCustomer: ...


class LogCheckCalls(Protocol):
    async def check(self) -> wire_retention.LogCheck: ...


class BackupCalls(Protocol):
    async def list(self) -> wire_backups.StoreBackups: ...
    async def now(self, actor: str) -> wire_backups.StoreBackup: ...


class OperationCalls(msgspec.Struct, frozen=True, kw_only=True):
    """What the API can call of those who keep the daemon going."""

    nodes: NodeCalls
    store: StoreCalls
    keys: KeyCalls
    retention: RetentionCalls
    holds: HoldCalls
    erasing: ErasingCalls
    log: LogCheckCalls
    backups: BackupCalls
