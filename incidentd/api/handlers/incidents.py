"""Incidents, their roles, notes, updates and alerts."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates


async def list_incidents(calls: Calls, call: Call[Empty, queries.Incidents]) -> wire.IncidentPage:
    query = call.query
    return await calls.incidents.list(query.state, query.q, query.limit, query.cursor, query.review, query.process)


async def get_incident(calls: Calls, call: Read) -> wire_incidents.IncidentDetail:
    return await calls.incidents.get(call.id)


async def declare_incident(calls: Calls, call: Call[wire_incidents.DeclareIncident, queries.Query]) -> wire.Incident:
    return await calls.incidents.declare(call.body, call.actor)


async def edit_incident(calls: Calls, call: Call[wire_incidents.EditIncident, queries.Query]) -> wire.Incident:
    return await calls.incidents.edit(call.id, call.body, call.actor, call.if_version)


async def change_status(calls: Calls, call: Call[wire_incidents.ChangeStatus, queries.Query]) -> wire.Incident:
    return await calls.incidents.change_status(call.id, call.body, call.actor, call.if_version)


async def set_severity(calls: Calls, call: Call[wire_incidents.SetSeverity, queries.Query]) -> wire.Incident:
    return await calls.incidents.set_severity(call.id, call.body, call.actor, call.if_version)


async def assign_role(calls: Calls, call: Call[wire_incidents.AssignRole, queries.Query]) -> wire.Incident:
    return await calls.incidents.assign_role(call.id, call.body, call.actor, call.if_version)


async def add_note(calls: Calls, call: Call[wire_incidents.AddNote, queries.Query]) -> wire.TimelineEntry:
    return await calls.incidents.add_note(call.id, call.body, call.actor)


async def post_update(calls: Calls, call: Call[wire_incidents.PostUpdate, queries.Query]) -> wire.Update:
    return await calls.incidents.post_update(call.id, call.body, call.actor)


async def draft_update(calls: Calls, call: Call[Empty, queries.UpdateDraft]) -> wire_updates.UpdateDraft:
    return await calls.incidents.draft_update(call.id, call.query.audience, call.query.phase)


async def check_update(
    calls: Calls, call: Call[wire_incidents.PostUpdate, queries.Query]
) -> wire_updates.CheckedUpdate:
    return await calls.incidents.check_update(call.id, call.body, call.actor)


async def run_long(calls: Calls, call: Call[wire_updates.RunLong, queries.Query]) -> wire.Incident:
    return await calls.incidents.run_long(call.id, call.body, call.actor, call.if_version)


async def link_alerts(calls: Calls, call: Call[wire_incidents.LinkAlerts, queries.Query]) -> wire.Incident:
    return await calls.incidents.link_alerts(call.id, call.body.alert_ids, call.actor)


async def unlink_alert(calls: Calls, call: Read) -> wire.Incident:
    return await calls.incidents.unlink_alert(call.id, call.ids["alert_id"], call.actor)


async def get_timeline(calls: Calls, call: Read) -> wire.Timeline:
    return await calls.incidents.timeline(call.id)
