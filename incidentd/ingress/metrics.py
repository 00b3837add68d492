"""GET /metrics, in the text format of Prometheus.

Names follow Prometheus' rules: seconds and bytes, `_total` for what only grows. No label holds the name of a person or
free text: their values are names of the configuration and words of ours, so that their number is bounded. What counts
is this node's, from its start; what is, is the store's, and the same on every node.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from incidentd.ingress.families import gauge, total
from incidentd.plugin.values import WebhookResponse

ALERTMANAGER_VERSION = "0.25.0"
"""The version of Alertmanager whose API the alertmanager source follows; karma reads it."""
Read = Callable[[], Awaitable[Iterable[Metric]]]
_SECONDS = 5.0
"""How long a section may take; Prometheus itself gives up after ten by default."""
log = structlog.get_logger("incidentd.metrics")


class _Section:
    """A part of the answer that is read on its own, once at a time for however many who ask."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._reading: asyncio.Task[list[Metric]] | None = None

    async def families(self) -> list[Metric]:
        """What it shows now. Raises `TimeoutError`, and whatever went wrong while it was read."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._run(), name="metrics")
        return await asyncio.wait_for(asyncio.shield(self._reading), _SECONDS)

    async def _run(self) -> list[Metric]:
        try:
            return list(await self._read())
        finally:
            self._reading = None


class _Shown(Collector):
    """What was read, as the library wants it."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


class Metrics:
    """Counts requests of the listener, and answers a scrape. A section that cannot be read is missing, and counted."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._sections: dict[str, _Section] = {}
        self._requests: Counter[tuple[str, int]] = Counter()
        self._failures: Counter[str] = Counter()
        self._process = ProcessCollector(registry=None)

    def add(self, name: str, read: Read) -> None:
        """Show what `read` returns at each scrape."""
        self._sections[name] = _Section(read)
        self._failures[name] = 0

    def count(self, handler: str, status: int) -> None:
        """One request was answered by an instance, or by the listener itself."""
        self._requests[handler, status] += 1

    async def answer(self) -> WebhookResponse:
        """The answer to GET /metrics."""
        found: list[Metric] = []
        for name, section in self._sections.items():
            try:
                found += await section.families()
            except Exception as error:
                self._failures[name] += 1
                log.error("metrics_failed", section=name, error=repr(error))
        body = generate_latest(_Shown([*self._own(), *found, *self._process.collect()]))
        return WebhookResponse(body=body, content_type=CONTENT_TYPE_LATEST)

    def _own(self) -> Iterable[Metric]:
        yield gauge(
            "incidentd_build_info", "Version of the program that runs; always 1.", ("version",), {self._version: 1}
        )
        yield gauge(
            "alertmanager_build_info",
            "Version of Alertmanager whose API is followed; always 1.",
            ("version",),
            {ALERTMANAGER_VERSION: 1},
        )
        yield total(
            "incidentd_ingress_requests",
            "Requests to the TCP listener by status and by the plugin instance that answered, or incidentd itself.",
            ("handler", "code"),
            {(handler, str(status)): number for (handler, status), number in self._requests.items()},
        )
        yield total(
            "incidentd_metrics_failures",
            "Scrapes in which a section of the metrics could not be read and is missing.",
            ("section",),
            self._failures,
        )
