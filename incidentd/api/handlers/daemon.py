"""The daemon itself, its roster, its event log and the caller's drafts."""

from __future__ import annotations

import msgspec

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.services.errors import Invalid
from incidentd.wire import drafts as wire_drafts
from incidentd.wire import routes as wire_routes


async def get_info(calls: Calls, call: Read) -> wire.Info:
    return await calls.daemon.info(call.caller.person, call.caller.role.word)


async def get_health(calls: Calls, call: Read) -> wire.Health:
    return await calls.daemon.health()


async def reload(calls: Calls, call: Read) -> wire.Reloaded:
    return await calls.daemon.reload(call.actor)


async def get_openapi(calls: Calls, call: Read) -> msgspec.Raw:
    from incidentd.api.openapi import encoded_document  # it is made from the table that names this handler

    return encoded_document()


async def list_events(calls: Calls, call: Call[Empty, queries.Events]) -> wire.EventPage:
    return await calls.events.page(call.query.after or 0, call.query.limit)


async def list_people(calls: Calls, call: Read) -> wire.People:
    return await calls.roster.people()


async def list_services(calls: Calls, call: Read) -> wire.Services:
    return await calls.roster.services()


async def get_on_call(calls: Calls, call: Read) -> wire.OnCallNow:
    return await calls.roster.on_call(call.caller.person)


async def test_route(calls: Calls, call: Call[Empty, queries.RouteTest]) -> wire_routes.RouteTest:
    labels: dict[str, str] = {}
    for text in call.query.label:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Invalid(f"{text!r} is no label", field="label", remedy="write label=NAME=VALUE")
        if labels.setdefault(name, value) != value:
            raise Invalid(f"{name!r} has two values", field="label", remedy="give each label once")
    return await calls.routes.test(labels)


async def get_draft(calls: Calls, call: Read) -> wire_drafts.Draft:
    return await calls.drafts.get(call.actor, call.names["key"])


async def save_draft(calls: Calls, call: Call[wire_drafts.SaveDraft, queries.Query]) -> wire_drafts.Draft:
    return await calls.drafts.put(call.actor, call.names["key"], call.body.text)


async def delete_draft(calls: Calls, call: Read) -> None:
    await calls.drafts.delete(call.actor, call.names["key"])
