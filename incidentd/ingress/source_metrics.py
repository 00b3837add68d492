"""The sources in the metrics: what each sent, when it was last heard of, and what was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from prometheus_client.core import Metric

from incidentd.ingress.families import gauge, total
from incidentd.services.source_traffic import Traffic

LastSignals = Callable[[], Awaitable[Mapping[str, datetime]]]


class SourceMetrics:
    """Reads this node's traffic at each scrape. Label values are names of the configuration and reasons of ours."""

    def __init__(self, traffic: Traffic, last_signals: LastSignals) -> None:
        self._traffic = traffic
        self._last_signals = last_signals

    async def read(self) -> list[Metric]:
        """Every figure of every source."""
        heard = {source: at.timestamp() for source, at in (await self._last_signals()).items()}
        refused = {
            (source, reason): number
            for source, reasons in self._traffic.refused.items()
            for reason, number in reasons.items()
        }
        return [
            total(
                "incidentd_source_signals",
                "Signals of a source that this node stored.",
                ("source",),
                self._traffic.signals,
            ),
            gauge(
                "incidentd_source_last_signal_timestamp_seconds",
                "When a source last sent a signal, to whichever node.",
                ("source",),
                heard,
            ),
            total(
                "incidentd_source_refused",
                "Requests of a source's senders that this node refused, by reason.",
                ("source", "reason"),
                refused,
            ),
        ]
