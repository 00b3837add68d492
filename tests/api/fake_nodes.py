"""Nodes as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.services.errors import NotFound
from incidentd.wire import nodes as wire_nodes

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


class Nodes:
    async def list(self):
        return wire_nodes.Nodes(nodes=(), engine="postgresql", schema="0043", problems=(), note="")

    async def forget(self, name, *, actor):
        if name != "two":
            raise NotFound(f"there is no node {name}")
        return await self.list()
