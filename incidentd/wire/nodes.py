"""The nodes that share one database."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant


class Node(Frozen, frozen=True):
    """One node as it last said. Times are those of the database."""

    id: str  # its name and its state directory
    name: str
    state: str  # up | late | gone | stopped
    here: bool  # the one that answers
    host: str
    version: str
    schema: str  # the newest that it knows
    api_version: str
    process: str  # the version of the process that it works by, V-3
    addresses: tuple[str, ...]
    started_at: Instant
    seen_at: Instant
    stopped_at: Instant | None
    clock_offset: float  # seconds that its clock is ahead of the database's
    differs: tuple[str, ...]  # parts of the configuration in which it is not as most nodes are


class Nodes(Frozen, frozen=True):
    """All nodes that were not forgotten, by name; what is wrong between them, and what is only worth knowing."""

    nodes: tuple[Node, ...]
    engine: str  # sqlite has one node
    schema: str  # of the database
    problems: tuple[str, ...]
    note: str  # "" or that several versions run
