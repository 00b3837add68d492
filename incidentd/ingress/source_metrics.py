"""The sources in the metrics: what each sent, when it was last heard of, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from incidentd.services.source_traffic import Traffic


class SourceMetrics(Collector):
    """Reads this node's traffic at each scrape. Label values are names of the configuration and reasons of ours."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        """Every figure of every source."""
        signals = CounterMetricFamily("incidentd_source_signals", "Signals that were stored", labels=("instance",))
        last = GaugeMetricFamily(
            "incidentd_source_last_signal_timestamp_seconds", "When a source last sent a signal", labels=("instance",)
        )
        refused = CounterMetricFamily(
            "incidentd_source_refused", "Requests that were refused", labels=("instance", "reason")
        )
        for instance, count in sorted(self._traffic.signals.items()):
            signals.add_metric((instance,), count)
            last.add_metric((instance,), self._traffic.last_at[instance].timestamp())
        for instance, reasons in sorted(self._traffic.refused.items()):
            for reason, count in sorted(reasons.items()):
                refused.add_metric((instance, reason), count)
        yield from (signals, last, refused)
