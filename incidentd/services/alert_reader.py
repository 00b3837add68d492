"""Alerts as a source may read them back (Alertmanager's `GET /api/v2/alerts`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from incidentd.clock import Clock
from incidentd.domain.matchers import Matcher
from incidentd.domain.muting import Mute
from incidentd.plugin.values import ActiveAlert
from incidentd.services.hidden import NOT_HIDDEN, Hidden
from incidentd.services.muting import Mutes
from incidentd.services.suppression import Suppression
from incidentd.storage import groups
from incidentd.storage.active_alerts import ActiveRow, active
from incidentd.storage.store import Store

_RECENT = timedelta(minutes=5)


def _active(row: ActiveRow, labels: dict[int, dict[str, str]], hidden: Hidden, mute: Mute | None) -> ActiveAlert:
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
        silenced_by=tuple(silence.id for silence in hidden.silences),
        inhibited_by=tuple(sorted(hidden.sources)),
        muted_by=() if mute is None else mute.by,
        maintained_by=tuple(window.name for window in hidden.windows),
    )


class StoreReader:
    """Implements the plugin API's `AlertReader`."""

    def __init__(self, store: Store, clock: Clock, suppression: Suppression, mutes: Mutes) -> None:
        self._store = store
        self._mutes = mutes
        self._suppression = suppression
        self._clock = clock

    async def alerts(
        self, *, include_resolved: bool = False, matchers: Sequence[Matcher] = ()
    ) -> Sequence[ActiveAlert]:
        """The firing alerts that fulfil `matchers`, and those that ended within five minutes if asked; oldest first."""
        now = self._clock.now()
        since = now - _RECENT if include_resolved else None

        def query(conn: Connection) -> list[ActiveAlert]:
            rows = active(conn, matchers, since)
            ids = sorted({row.group_id for row in rows if row.group_id is not None})
            labels = {group: dict(one) for group, one in groups.labels_of(conn, ids).items()}
            hidden = self._suppression.of(conn, rows, now)
            muted = self._mutes.of_alerts(conn, rows, now)
            return [_active(row, labels, hidden.get(row.id, NOT_HIDDEN), muted.get(row.id)) for row in rows]

        return await self._store.read(query)
