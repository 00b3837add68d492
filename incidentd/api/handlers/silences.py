"""Silences."""

from __future__ import annotations

from incidentd import wire
from incidentd.api import queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls


async def list_silences(calls: Calls, call: Call[Empty, queries.Silences]) -> wire.SilenceList:
    return await calls.silences.list(call.query.state)


async def get_silence(calls: Calls, call: Read) -> wire.Silence:
    return await calls.silences.get(call.names["silence"])


async def set_silence(calls: Calls, call: Call[wire.SetSilence, queries.Query]) -> wire.Silence:
    return await calls.silences.set(call.body, call.actor)


async def expire_silence(calls: Calls, call: Read) -> wire.Silence:
    return await calls.silences.expire(call.names["silence"], call.actor)


async def preview_silence(calls: Calls, call: Call[wire.PreviewSilence, queries.Query]) -> wire.SilencePreview:
    return await calls.silences.preview(call.body)
