"""What customers were told of incidents, as a plugin that publishes it is lent it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.incidents import ENDED
from incidentd.domain.updates import Phase
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.status import PublicIncident, PublicUpdate
from incidentd.storage import public_updates
from incidentd.storage.public_updates import ToldRow
from incidentd.storage.store import Store, StoreClosed

MAX_INCIDENTS = 500


class LentStatus:
    """Implements the plugin API's `StatusReader`. `store` is asked at each use: it is opened later."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    async def incidents(self, since: datetime) -> Sequence[PublicIncident]:
        """What customers were told. Raises `StoreUnavailable`."""
        try:
            return await self._store().read(lambda conn: _public(conn, since))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("what customers were told cannot be read now") from error


def _public(conn: Connection, since: datetime) -> list[PublicIncident]:
    by_incident: dict[int, list[ToldRow]] = {}
    for row in public_updates.told(conn, ENDED, since, MAX_INCIDENTS):
        by_incident.setdefault(row.incident_id, []).append(row)
    return [_incident(rows) for _, rows in sorted(by_incident.items(), reverse=True)]


def _incident(rows: Sequence[ToldRow]) -> PublicIncident:
    last = rows[-1]
    return PublicIncident(
        id=last.incident_id,
        title=last.public_title,
        service=last.service,
        over=last.status in ENDED or last.phase == Phase.RESOLVED,
        continued_in=last.merged_into,
        updates=tuple(
            PublicUpdate(id=one.update_id, at=one.at, phase=one.phase, text=one.text, next_at=one.next_at)
            for one in rows
        ),
    )
