"""Replays of an edited configuration."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.call import Call, Read
from incidentd.services.contracts import Calls
from incidentd.wire import replay as wire_replay


async def start_replay(calls: Calls, call: Call[wire_replay.StartReplay, queries.Query]) -> wire_replay.Replay:
    return await calls.replays.start(call.body)


async def get_replay(calls: Calls, call: Read) -> wire_replay.Replay:
    return await calls.replays.get(call.id)


async def cancel_replay(calls: Calls, call: Read) -> wire_replay.Replay:
    return await calls.replays.cancel(call.id)
