"""The routes of those who subscribe by mail; a part of the table in `routes`. Addresses are shown to admins only."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import subscribers
from incidentd.api.identity import Role
from incidentd.api.route import Route, get
from incidentd.wire import subscribers as wire_subscribers

SUBSCRIBER_ROUTES: tuple[Route, ...] = (
    get("/v1/subscribers", subscribers.count_subscribers, wire_subscribers.SubscriberCounts, "How many subscribe"),
    Route(
        method="GET",
        path="/v1/subscribers/addresses",
        handler=subscribers.export_subscribers,
        role=Role.ADMIN,
        answer=wire_subscribers.SubscriberList,
        summary="Who subscribes by mail",
        query=queries.Subscribers,
    ),
    Route(
        method="POST",
        path="/v1/subscribers/remove",
        handler=subscribers.remove_subscriber,
        role=Role.ADMIN,
        answer=wire_subscribers.SubscribersRemoved,
        summary="Forget an address that subscribes",
        body=wire_subscribers.RemoveSubscriber,
    ),
)
