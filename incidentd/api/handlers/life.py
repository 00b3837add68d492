"""The life of an incident: corrections of its times, what is measured, and what is taken elsewhere."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Document, Read
from incidentd.domain.incident_markdown import markdown
from incidentd.services.contracts import Calls
from incidentd.services.incident_calendar import calendar
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import Measures

MARKDOWN, ICALENDAR = "text/markdown", "text/calendar"


async def get_measures(calls: Calls, call: Call[Empty, queries.AsOf]) -> Measures:
    return await calls.life.measures(call.id, call.query.as_of)


async def export_incident(calls: Calls, call: Call[Empty, queries.Export]) -> IncidentExport | Document:
    found = await calls.life.export(call.id, call.actor)
    if call.query.format == "markdown":
        return Document(MARKDOWN, markdown(found).encode())
    return found if call.query.format == "json" else Document(ICALENDAR, calendar(found))


async def correct_time(calls: Calls, call: Call[wire_life.CorrectTime, queries.Query]) -> wire.Incident:
    return await calls.life.correct(call.id, call.body, call.actor, call.if_version)


async def split_incident(calls: Calls, call: Call[wire_life.SplitIncident, queries.Query]) -> wire.Incident:
    return await calls.life.split(call.id, call.body, call.actor)


async def say_resembles(calls: Calls, call: Call[wire_life.Resembles, queries.Query]) -> wire.Incident:
    return await calls.life.resemble(call.id, call.body, call.actor)


async def resembles_no_more(calls: Calls, call: Read) -> wire.Incident:
    return await calls.life.resemble_no_more(call.id, call.ids["other_id"], call.actor)
