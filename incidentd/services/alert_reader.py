"""Alerts as a source may read them back (Alertmanager's `GET /api/v2/alerts`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, or_, select

from incidentd.clock import Clock
from incidentd.plugin.values import ActiveAlert
from incidentd.storage import alerts, groups
from incidentd.storage.alerts import AlertRow
from incidentd.storage.schema import alerts as table
from incidentd.storage.store import Store

_RECENT = timedelta(minutes=5)


def _active(row: AlertRow, labels: dict[int, dict[str, str]]) -> ActiveAlert:
    group = {} if row.group_id is None else labels.get(row.group_id, {})
    return ActiveAlert(
        id=row.id,
        source=row.source,
        key=row.key,
        status=row.status,
        labels=row.labels,
        annotations=row.annotations,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        updated_at=row.last_seen,
        generator_url=row.generator_url,
        service=row.service,
        acknowledged=bool(row.acknowledged_by),
        group_id=row.group_id,
        group_labels=group,
    )


class StoreReader:
    """Implements the plugin API's `AlertReader`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def alerts(self, *, include_resolved: bool = False) -> Sequence[ActiveAlert]:
        """All firing alerts, and those that ended within five minutes if asked; oldest first."""
        since = self._clock.now() - _RECENT

        def query(conn: Connection) -> list[ActiveAlert]:
            wanted = table.c.status == "firing"
            if include_resolved:
                wanted = or_(wanted, table.c.resolved_at >= since)
            rows = alerts.listed(conn, select(table).where(wanted).order_by(table.c.id))
            ids = sorted({row.group_id for row in rows if row.group_id is not None})
            labels = {group: dict(one) for group, one in groups.labels_of(conn, ids).items()}
            return [_active(row, labels) for row in rows]

        return await self._store.read(query)
