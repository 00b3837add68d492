"""The process that runs, in the metrics: its event loop, its plugins, its certificate, and what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from prometheus_client.core import Metric

from incidentd.configuration.tls_files import Certificate
from incidentd.ingress.families import filled, gauge, single, total
from incidentd.services.event_tally import EventTally
from incidentd.services.events import EventStream
from incidentd.wire import AdapterHealth

ALWAYS = (
    "alert.fired",
    "alert.held",
    "alert.inhibited",
    "alert.silenced",
    "incident.review_published",
    "learning.used",
    "learning.written",
    "page.acknowledged",
    "page.exhausted",
    "page.started",
)
"""The kinds of events that the dashboard asks for: they are shown as 0 before the first, for an increase from nothing
is none to Prometheus."""
_WELL = ("ok", "degraded")
"""The states in which a plugin is called as usual."""


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Where the figures come from; each is asked at every scrape."""

    adapters: Callable[[], Sequence[AdapterHealth]]
    lag_ms: Callable[[], float]
    requests: Mapping[tuple[str, str, str], int]
    certificate: Callable[[], Certificate | None]


class NodeMetrics:
    """Needs no store: what it says can be read when nothing else can."""

    def __init__(self, facts: NodeFacts, log: EventStream, tally: EventTally) -> None:
        self._facts = facts
        self._log = log
        self._tally = tally

    async def read(self) -> list[Metric]:
        """Everything of this node."""
        return [*self._plugins(), *self._work(), *self._certificate()]

    def _plugins(self) -> Iterable[Metric]:
        shown = self._facts.adapters()
        yield gauge(
            "incidentd_plugin_up",
            "1 while a configured plugin instance is called as usual, 0 in quarantine or when it cannot be used.",
            ("role", "name", "type"),
            {(one.role, one.instance, one.type): float(one.state in _WELL) for one in shown},
        )
        yield gauge(
            "incidentd_plugin_consecutive_failures",
            "Calls of a plugin instance that failed since the last one that went well.",
            ("role", "name", "type"),
            {(one.role, one.instance, one.type): one.failures for one in shown},
        )

    def _work(self) -> Iterable[Metric]:
        yield single(
            "incidentd_event_loop_lag_seconds",
            "How late the event loop ran its timers: the worst of the last seconds.",
            self._facts.lag_ms() / 1000,
        )
        yield single(
            "incidentd_last_event_seq",
            "Number of the newest event of the log that this node knows.",
            self._log.last_seq,
        )
        yield total(
            "incidentd_events",
            "Events that this node committed to the log, by kind; those of drills too.",
            ("kind",),
            filled(ALWAYS, self._tally.events),
        )
        yield total(
            "incidentd_api_requests",
            "Requests to the socket API by method, route and status.",
            ("method", "route", "code"),
            self._facts.requests,
        )

    def _certificate(self) -> Iterable[Metric]:
        certificate = self._facts.certificate()
        if certificate is not None:
            yield single(
                "incidentd_tls_certificate_expires_timestamp_seconds",
                "When the certificate of the TLS listener ends.",
                certificate.not_after.timestamp(),
            )
