"""The size of the store as the API's tests see it."""

from datetime import UTC, datetime

from incidentd.wire.store import StoreHealth, StoreSize, StoreTable

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
WHOLE = StoreHealth(
    engine="sqlite", bytes=3_000_000, reusable=4096, growth_a_day=2e5, disk_free=10**9, disk_size=4 * 10**9
)


class Store:
    async def size(self):
        events = StoreTable(name="events", bytes=2_000_000, rows=7000, oldest=NOW)
        return StoreSize(measured_at=NOW, whole=WHOLE, enough_for=5000.0, tables=(events,))
