"""Those who subscribe by mail."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import subscribers as wire_subscribers

_PATH = "/v1/subscribers"


class SubscriberCalls(Calls):
    """How many there are; their addresses, and forgetting one."""

    async def subscribers(self) -> wire_subscribers.SubscriberCounts:
        return await self._get(_PATH, wire_subscribers.SubscriberCounts)

    async def subscriber_addresses(self, channel: str = "") -> wire_subscribers.SubscriberList:
        return await self._get(f"{_PATH}/addresses{query_string(channel=channel)}", wire_subscribers.SubscriberList)

    async def remove_subscriber(self, body: wire_subscribers.RemoveSubscriber) -> wire_subscribers.SubscribersRemoved:
        return await self._send("POST", f"{_PATH}/remove", wire_subscribers.SubscribersRemoved, body)
