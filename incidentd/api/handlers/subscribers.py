"""Those who subscribe by mail."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import subscribers as wire_subscribers


async def count_subscribers(calls: Calls, call: Read) -> wire_subscribers.SubscriberCounts:
    return await calls.subscribers.counts()


async def export_subscribers(calls: Calls, call: Call[Empty, queries.Subscribers]) -> wire_subscribers.SubscriberList:
    return await calls.subscribers.export(call.query.channel)


async def remove_subscriber(
    calls: Calls, call: Call[wire_subscribers.RemoveSubscriber, queries.Query]
) -> wire_subscribers.SubscribersRemoved:
    return await calls.subscribers.remove(call.body, call.actor)
