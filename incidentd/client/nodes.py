"""The nodes that share the database."""

from __future__ import annotations

from urllib.parse import quote

from incidentd.client.calls import Calls
from incidentd.wire import nodes as wire_nodes


class NodeCalls(Calls):
    """Who runs besides, and how they are."""

    async def nodes(self) -> wire_nodes.Nodes:
        return await self._get("/v1/nodes", wire_nodes.Nodes)

    async def forget_node(self, name: str) -> wire_nodes.Nodes:
        """Wait no longer for a node that will not return."""
        return await self._send("POST", f"/v1/nodes/{quote(name, safe='')}/forget", wire_nodes.Nodes)
