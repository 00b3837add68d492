"""How large the store is."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant


class StoreHealth(Frozen, frozen=True):
    """The store and its disk, in bytes. What is unknown is None: the disk of another host, a growth of less than a day.

    `bytes` is what is in use; `reusable` is room within the file that new rows take first.
    """

    engine: str  # sqlite | postgresql
    bytes: int
    reusable: int
    growth_a_day: float | None
    disk_free: int | None
    disk_size: int | None


class StoreTable(Frozen, frozen=True):
    """One table with its indexes. `bytes` is None where the engine cannot tell."""

    name: str
    bytes: int | None
    rows: int
    oldest: Instant | None  # when the oldest row is from; None where rows have no time


class StoreSize(Frozen, frozen=True):
    """The store by table, the largest first. `enough_for`: days until its disk is full, growing as lately."""

    measured_at: Instant
    whole: StoreHealth
    enough_for: float | None
    tables: tuple[StoreTable, ...]
