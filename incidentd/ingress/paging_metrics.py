"""Alerts, pages, and what carries them, in the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from prometheus_client.core import Metric

from incidentd.ingress.families import durations, filled, gauge, single, total
from incidentd.services.event_tally import EventTally
from incidentd.services.histogram import Histogram
from incidentd.services.page_times import TO_ACKNOWLEDGE, TO_SEND
from incidentd.storage import live_counts
from incidentd.storage.live_counts import PagingCounts
from incidentd.storage.store import Store

_STATES = ("open", "acknowledged", "exhausted")
_URGENCIES = ("high", "low")
_OUTCOMES = ("sent", "failed", "retried")
Names = Callable[[], Iterable[str]]


class PagingMetrics:
    """`notifiers` are the instances that there are now: each is shown before its first message."""

    def __init__(self, store: Store, tally: EventTally, notifiers: Names) -> None:
        self._store = store
        self._tally = tally
        self._notifiers = notifiers

    async def read(self) -> list[Metric]:
        """Every figure of paging."""
        now = self._store.clock.now()
        counts = await self._store.read(lambda conn: live_counts.paging(conn, now))
        await self._tally.settle()
        return [*_standing(counts), *self._deliveries(counts), *self._pages()]

    def _deliveries(self, counts: PagingCounts) -> Iterable[Metric]:
        names = list(self._notifiers())
        yield gauge(
            "incidentd_deliveries_waiting",
            "Messages that wait to be sent, by notifier or channel; those of drills too.",
            ("notifier",),
            filled(names, counts.waiting),
        )
        yield total(
            "incidentd_deliveries",
            "Attempts of this node to send a message, by notifier or channel and outcome: sent, failed for good, or "
            "retried later; those of drills too.",
            ("notifier", "outcome"),
            filled(product(names, _OUTCOMES), self._tally.deliveries),
        )

    def _pages(self) -> Iterable[Metric]:
        pages = self._tally.pages
        yield total(
            "incidentd_pages_started",
            "Pages that this node began, by urgency; without drills.",
            ("urgency",),
            filled(_URGENCIES, pages.started),
        )
        yield durations(
            "incidentd_page_delivery_seconds",
            "From a page to the first of its messages that a vendor took; without drills.",
            "urgency",
            {**_each(TO_SEND), **pages.to_send},
        )
        yield durations(
            "incidentd_page_acknowledgement_seconds",
            "From a page to its first acknowledgement; without drills, and without pages that nobody acknowledged.",
            "urgency",
            {**_each(TO_ACKNOWLEDGE), **pages.to_acknowledge},
        )


def _each(bounds: tuple[int, ...]) -> Mapping[str, Histogram]:
    return {urgency: Histogram(bounds) for urgency in _URGENCIES}


def _standing(counts: PagingCounts) -> Iterable[Metric]:
    yield single("incidentd_alerts_firing", "Alerts that fire; without drills.", counts.alerts_firing)
    yield single(
        "incidentd_alerts_unrouted", "Changes of alerts that routing has not seen yet.", counts.alerts_unrouted
    )
    yield gauge(
        "incidentd_pages",
        "Pages that are not over by state (open: nobody acknowledged yet; exhausted: and nobody is asked any more) and "
        "urgency; without drills.",
        ("state", "urgency"),
        filled(product(_STATES, _URGENCIES), counts.pages),
    )
    yield single(
        "incidentd_pages_unreachable",
        "Pages that reached nobody, so that the last resort was written to, and that nobody acknowledged yet.",
        counts.unreachable,
    )
    yield single("incidentd_timers_due", "Acts whose time has come and that were not done yet.", counts.timers_due)
    yield single(
        "incidentd_timers_failing", "Acts that failed the last time and are tried again.", counts.timers_failing
    )
    yield single("incidentd_store_size_bytes", "Size of the database, without its logs.", counts.store_bytes)
