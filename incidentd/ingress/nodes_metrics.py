"""The nodes that share the database, in the metrics: how many stand how, and when each gave its last sign of life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

from prometheus_client.core import Metric

from incidentd.domain.nodes import State
from incidentd.ingress.families import filled, gauge
from incidentd.wire.nodes import Nodes


class NodesMetrics:
    """Asks the store at each scrape; the same on every node."""

    def __init__(self, nodes: Callable[[], Awaitable[Nodes]]) -> None:
        self._nodes = nodes

    async def read(self) -> list[Metric]:
        """Every figure of every node."""
        found = (await self._nodes()).nodes
        return [
            gauge(
                "incidentd_nodes",
                "Nodes that share the database by state: up, late, gone without having been stopped, or stopped.",
                ("state",),
                filled([str(state) for state in State], Counter(one.state for one in found)),
            ),
            gauge(
                "incidentd_node_last_sign_timestamp_seconds",
                "When a node last gave a sign of life, by the clock of the database.",
                ("node",),
                {one.name: one.seen_at.timestamp() for one in found},
            ),
        ]
