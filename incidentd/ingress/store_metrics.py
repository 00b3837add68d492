"""The store in the metrics: how fast it grows, what can be used again, and what its disk has left."""

from __future__ import annotations

from prometheus_client.core import Metric

from incidentd.ingress.families import single
from incidentd.services.backups import Backups
from incidentd.services.store_size import store_health
from incidentd.storage.store import Store


class StoreMetrics:
    """Asks the engine at every scrape; it costs no look at any row."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self) -> list[Metric]:
        """What is known; a disk of another host is not."""
        found = await self._store.read(store_health)
        shown: list[Metric] = [
            single("incidentd_store_reusable_bytes", "Room in the file that new rows take first.", found.reusable),
        ]
        if found.growth_a_day is not None:
            text = "Bytes that came a day, over two weeks at most; what retention removed is not subtracted."
            shown.append(single("incidentd_store_growth_bytes_per_day", text, found.growth_a_day))
        if found.disk_free is not None:
            text = "What the disk of a SQLite store has left for us."
            shown.append(single("incidentd_store_disk_free_bytes", text, found.disk_free))
        return shown


class BackupMetrics:
    """The last good backup of this node."""

    def __init__(self, backups: Backups) -> None:
        self._backups = backups

    async def read(self) -> list[Metric]:
        """Nothing before the first."""
        found = self._backups.health()
        if found is None or found.last_at is None:
            return []
        when = "When the last good backup of this node was made."
        return [
            single("incidentd_backup_last_timestamp_seconds", when, found.last_at.timestamp()),
            single("incidentd_backup_size_bytes", "Size of the last good backup of this node.", found.last_bytes),
        ]
