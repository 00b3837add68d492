"""The nodes that share the database."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import nodes as wire_nodes


async def list_nodes(calls: Calls, _: Read) -> wire_nodes.Nodes:
    return await calls.operations.nodes.list()


async def forget_node(calls: Calls, call: Read) -> wire_nodes.Nodes:
    return await calls.operations.nodes.forget(call.names["name"], actor=call.actor)
