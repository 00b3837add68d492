"""The store itself."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import store as wire_store


class StoreCalls(Calls):
    """How large it is."""

    async def store(self) -> wire_store.StoreSize:
        return await self._get("/v1/store", wire_store.StoreSize)
