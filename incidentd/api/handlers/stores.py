"""The store itself: how large it is."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import store as wire_store


async def get_size(calls: Calls, _: Read) -> wire_store.StoreSize:
    return await calls.operations.store.size()
