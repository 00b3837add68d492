"""The listener's connections in the metrics."""

from __future__ import annotations

from typing import Any

from prometheus_client.core import Metric

from incidentd.ingress.crowd import Crowd
from incidentd.ingress.families import single, total


async def crowd_metrics(crowd: Crowd[Any]) -> list[Metric]:
    """How many are open, and how many had to give way."""
    return [
        single("incidentd_ingress_connections", "Connections to the TCP listener that are open.", len(crowd)),
        total(
            "incidentd_ingress_connections_turned_away",
            "Connections to the TCP listener that were closed because too many were open.",
            (),
            {(): crowd.turned_away},
        ),
    ]
