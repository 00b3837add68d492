"""What the socket API asks of the running of the house itself: nodes, backups, retention; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import keys as wire_keys
from incidentd.wire import nodes as wire_nodes
from incidentd.wire import store as wire_store


class NodeCalls(Protocol):
    async def list(self) -> wire_nodes.Nodes: ...
    async def forget(self, name: str, *, actor: str) -> wire_nodes.Nodes: ...


class StoreCalls(Protocol):
    async def size(self) -> wire_store.StoreSize: ...


class KeyCalls(Protocol):
    async def state(self) -> wire_keys.SigningKeys: ...
    async def rotate(self, at_once: bool, actor: str) -> wire_keys.SigningKeys: ...


class OperationCalls(msgspec.Struct, frozen=True, kw_only=True):
    """What the API can call of those who keep the daemon going."""

    nodes: NodeCalls
    store: StoreCalls
    keys: KeyCalls
