"""The routes of the nodes that share the database; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import nodes
from incidentd.api.identity import Role
from incidentd.api.route import Route, get
from incidentd.wire import nodes as wire_nodes

NODE_ROUTES: tuple[Route, ...] = (
    get("/v1/nodes", nodes.list_nodes, wire_nodes.Nodes, "The nodes that share the database, and what differs"),
    Route(
        method="POST",
        path="/v1/nodes/{name}/forget",
        handler=nodes.forget_node,
        role=Role.ADMIN,
        answer=wire_nodes.Nodes,
        summary="Wait no longer for a node that will not return",
    ),
)
