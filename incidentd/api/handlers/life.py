"""The life of an incident: corrections of its times, and what is measured."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.wire import life as wire_life
from incidentd.wire.measures import Measures


async def get_measures(calls: Calls, call: Call[Empty, queries.AsOf]) -> Measures:
    return await calls.life.measures(call.id, call.query.as_of)


async def correct_time(calls: Calls, call: Call[wire_life.CorrectTime, queries.Query]) -> wire.Incident:
    return await calls.life.correct(call.id, call.body, call.actor, call.if_version)
