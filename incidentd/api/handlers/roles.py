"""Roles of an incident: what is handed over with one, and what each sees to."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import roles as wire_roles


async def get_role_note(calls: Calls, call: Read) -> wire_roles.RoleNote:
    return await calls.roles.note(call.id, call.names["role"])


async def get_checklist(calls: Calls, call: Read) -> wire_checklists.Checklist:
    return await calls.checklists.get(call.id)


async def tick_item(calls: Calls, call: Call[wire_checklists.Tick, queries.Query]) -> wire_checklists.Checklist:
    return await calls.checklists.tick(call.id, call.names["item"], call.body, call.actor)


async def page_role(calls: Calls, call: Call[wire_roles.PageRole, queries.Query]) -> wire.Page:
    return await calls.roles.page(call.id, call.names["role"], call.body, call.actor)
