"""The keys that sign links."""

from __future__ import annotations

from incidentd.api.call import Call, Read
from incidentd.api.queries import Query
from incidentd.services.contracts import Calls
from incidentd.wire import keys as wire_keys


async def get_keys(calls: Calls, _: Read) -> wire_keys.SigningKeys:
    return await calls.operations.keys.state()


async def rotate_keys(calls: Calls, call: Call[wire_keys.RotateKeys, Query]) -> wire_keys.SigningKeys:
    return await calls.operations.keys.rotate(call.body.at_once, call.actor)
