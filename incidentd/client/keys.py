"""The keys that sign links."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import keys as wire_keys


class KeyCalls(Calls):
    """When they were exchanged, and exchanging them."""

    async def signing_keys(self) -> wire_keys.SigningKeys:
        return await self._get("/v1/keys", wire_keys.SigningKeys)

    async def rotate_keys(self, body: wire_keys.RotateKeys) -> wire_keys.SigningKeys:
        return await self._send("POST", "/v1/keys/rotate", wire_keys.SigningKeys, body)
