"""Metrics in the text format of Prometheus, on a registry of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.registry import Collector

from incidentd.plugin.values import WebhookResponse

ALERTMANAGER_VERSION = "0.25.0"
"""The version of Alertmanager whose API the alertmanager source follows; karma reads it."""
Gauges = Callable[[], Awaitable[Mapping[str, float]]]


class Metrics:
    """Counts requests; reads the gauges when it is scraped."""

    def __init__(self, version: str, gauges: Gauges) -> None:
        self._registry = CollectorRegistry()
        self._gauges = gauges
        self._requests = Counter(
            "incidentd_ingress_requests",
            "Requests by instance and status",
            ("instance", "code"),
            registry=self._registry,
        )
        self._values: dict[str, Gauge] = {}
        self._children: dict[tuple[str, int], Counter] = {}
        build = Gauge("incidentd_build_info", "Version of incidentd", ("version",), registry=self._registry)
        build.labels(version).set(1)
        other = Gauge("alertmanager_build_info", "API that is followed", ("version",), registry=self._registry)
        other.labels(ALERTMANAGER_VERSION).set(1)

    def add(self, collector: Collector) -> None:
        """Show what another part of the daemon counts."""
        self._registry.register(collector)

    def count(self, instance: str, status: int) -> None:
        """One request was answered."""
        key = (instance, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(instance, str(status))
        child.inc()

    async def answer(self) -> WebhookResponse:
        """The answer to GET /metrics."""
        for name, value in (await self._gauges()).items():
            if name not in self._values:
                self._values[name] = Gauge(f"incidentd_{name}", name.replace("_", " "), registry=self._registry)
            self._values[name].set(value)
        return WebhookResponse(body=generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)
