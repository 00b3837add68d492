"""Alerts and pages."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.domain.matchers import BadMatcher, Matcher, parse_matcher
from incidentd.services.contracts import AlertQuery, Calls
from incidentd.services.errors import Invalid
from incidentd.wire import pages as wire_pages


async def list_alerts(calls: Calls, call: Call[Empty, queries.Alerts]) -> wire.AlertPage:
    query = call.query
    return await calls.alerts.list(
        AlertQuery(
            status=query.status,
            service=query.service,
            matchers=tuple(_matcher(text) for text in query.match),
            text=query.q,
            order=query.order,
            limit=query.limit,
            cursor=query.cursor,
        )
    )


def _matcher(text: str) -> Matcher:
    try:
        return parse_matcher(text)
    except BadMatcher as error:
        remedy = error.remedy or "write match=NAME=VALUE; operators are =, !=, =~ and !~"
        raise Invalid(str(error), field="match", remedy=remedy) from None


async def get_alert(calls: Calls, call: Read) -> wire.Alert:
    return await calls.alerts.get(call.id)


async def trace_alert(calls: Calls, call: Read) -> wire.Trace:
    return await calls.alerts.trace(call.id)


async def raise_alert(calls: Calls, call: Call[wire.RaiseAlert, queries.Query]) -> wire.Raised:
    return await calls.alerts.raise_alert(call.body, call.actor)


async def acknowledge_alert(calls: Calls, call: Call[wire.Acknowledge, queries.Query]) -> wire.Page:
    return await calls.alerts.acknowledge(call.id, call.actor, call.body.note, call.body.until)


async def resolve_alert(calls: Calls, call: Read) -> wire.Alert:
    return await calls.alerts.resolve(call.id, call.actor, call.if_version)


async def list_pages(calls: Calls, call: Call[Empty, queries.Pages]) -> wire.PagePage:
    query = call.query
    mine_of = call.actor if query.mine else None
    return await calls.pages.list(query.state, mine_of, query.limit, query.cursor, call.actor)


async def get_page(calls: Calls, call: Read) -> wire_pages.PageDetail:
    return await calls.pages.get(call.id, call.actor)


async def raise_page(calls: Calls, call: Call[wire.RaisePage, queries.Query]) -> wire.Page:
    return await calls.pages.raise_page(call.body, call.actor)


async def acknowledge_page(calls: Calls, call: Call[wire.Acknowledge, queries.Query]) -> wire.Page:
    return await calls.pages.acknowledge(
        call.id, call.actor, note=call.body.note, via="api", until=call.body.until, if_version=call.if_version
    )


async def hand_back_page(calls: Calls, call: Call[wire_pages.HandBack, queries.Query]) -> wire.Page:
    return await calls.pages.hand_back(call.id, call.actor, call.body.note, call.if_version)


async def take_over_page(calls: Calls, call: Call[wire_pages.TakeOver, queries.Query]) -> wire.Page:
    return await calls.pages.take_over(call.id, call.body, call.actor, call.if_version)


async def reassign_page(calls: Calls, call: Call[wire_pages.Reassign, queries.Query]) -> wire.Page:
    return await calls.pages.reassign(call.id, call.body, call.actor, call.if_version)


async def snooze_page(calls: Calls, call: Call[wire_pages.Snooze, queries.Query]) -> wire.Page:
    return await calls.pages.snooze(call.id, call.body, call.actor, call.if_version)


async def resolve_page(calls: Calls, call: Read) -> wire.Page:
    return await calls.pages.resolve(call.id, call.actor, call.if_version)


async def escalate_page(calls: Calls, call: Read) -> wire.Page:
    return await calls.pages.escalate(call.id, call.actor, call.if_version)


async def test_notifier(calls: Calls, call: Read) -> wire_pages.Delivery:
    return await calls.pages.test(call.names["instance"], call.actor)


async def test_person(calls: Calls, call: Read) -> wire_pages.PersonTest:
    return await calls.contact_tests.start(call.names["person"], call.actor)


async def get_delivery(calls: Calls, call: Read) -> wire_pages.Delivery:
    return await calls.contact_tests.delivery(call.id)
