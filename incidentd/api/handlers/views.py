"""Saved views of the inbox."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import views as wire_views


async def list_views(calls: Calls, call: Read) -> wire_views.Views:
    return await calls.views.list(call.actor)


async def save_view(calls: Calls, call: Call[wire_views.SaveView, queries.Query]) -> wire_views.View:
    return await calls.views.save(call.body, call.actor)


async def open_with(calls: Calls, call: Call[wire_views.OpenWith, queries.Query]) -> wire_views.Views:
    return await calls.views.open_with(call.body, call.actor)


async def delete_view(calls: Calls, call: Read) -> wire_views.Views:
    return await calls.views.delete(call.id, call.actor)
