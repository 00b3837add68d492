"""Roles of an incident: what is handed over with one."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import roles as wire_roles


async def get_role_note(calls: Calls, call: Read) -> wire_roles.RoleNote:
    return await calls.roles.note(call.id, call.names["role"])
