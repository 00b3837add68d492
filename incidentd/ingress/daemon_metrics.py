"""All that a daemon shows in its metrics, in sections that are read apart from each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from incidentd.domain.process import Process
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.node_metrics import NodeFacts, NodeMetrics
from incidentd.ingress.nodes_metrics import NodesMetrics
from incidentd.ingress.paging_metrics import PagingMetrics
from incidentd.ingress.process_metrics import ProcessMetrics
from incidentd.ingress.source_metrics import SourceMetrics
from incidentd.ingress.store_metrics import BackupMetrics, StoreMetrics
from incidentd.services.event_tally import EventTally
from incidentd.services.events import EventStream
from incidentd.services.operations_desk import OperationsDesk
from incidentd.services.source_traffic import Traffic
from incidentd.services.source_watch import SourceWatch
from incidentd.storage.store import Store


class Served(Protocol):
    """The services of a node, as far as they are shown here."""

    store: Store
    events: EventStream
    traffic: Traffic
    sources: SourceWatch
    operations: OperationsDesk


def daemon_metrics(
    version: str, served: Served, tally: EventTally, facts: NodeFacts, process: Callable[[], Process]
) -> Metrics:
    """The metrics of one node; `process` is the one in force."""

    def senders() -> list[str]:
        return [one.instance for one in facts.adapters() if one.role in ("notifier", "channel")]

    metrics = Metrics(version)
    metrics.add("node", NodeMetrics(facts, served.events, tally).read)
    metrics.add("sources", SourceMetrics(served.traffic, served.sources.last_signals).read)
    metrics.add("paging", PagingMetrics(served.store, tally, senders).read)
    metrics.add("store", StoreMetrics(served.store).read)
    metrics.add("nodes", NodesMetrics(served.operations.nodes.list).read)
    metrics.add("backups", BackupMetrics(served.operations.backups).read)
    metrics.add("process", ProcessMetrics(served.store, tally, process).read)
    return metrics
