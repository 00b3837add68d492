"""Silences."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import silences as wire_silences


async def list_silences(calls: Calls, call: Call[Empty, queries.Silences]) -> wire_silences.SilenceList:
    return await calls.silences.list(call.query.state)


async def get_silence(calls: Calls, call: Read) -> wire_silences.Silence:
    return await calls.silences.get(call.names["silence"])


async def set_silence(calls: Calls, call: Call[wire_silences.SetSilence, queries.Query]) -> wire_silences.Silence:
    return await calls.silences.set(call.body, call.actor)


async def expire_silence(calls: Calls, call: Read) -> wire_silences.Silence:
    return await calls.silences.expire(call.names["silence"], call.actor)


async def preview_silence(
    calls: Calls, call: Call[wire_silences.PreviewSilence, queries.Query]
) -> wire_silences.SilencePreview:
    return await calls.silences.preview(call.body)
