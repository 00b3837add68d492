"""The life of incidents beyond their status: corrections of times, what is measured, and what is taken elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from incidentd import wire
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services import corrections, exports, measuring, relations, splitting
from incidentd.services.exports import AlertViews
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_views import Seen, existing, expected, in_command, view
from incidentd.services.splitting import Declare
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import Measures

T = TypeVar("T")


class Life:
    """Implements `contracts.LifeCalls`."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        alert_views: AlertViews,
        declare: Declare,
    ) -> None:
        self._store = store
        self._process = process
        self._status = StatusChanges(process, roster)
        self._alert_views = alert_views
        self._declare = declare

    async def _read(self, query: Callable[[Seen], T]) -> T:
        now, process = self._store.clock.now(), self._process()
        return await self._store.read(lambda conn: query(Seen(conn=conn, now=now, process=process)))

    async def measures(self, incident_id: int, as_of: datetime | None) -> Measures:
        """What is measured, as it was known at `as_of` (default: now). Raises `NotFound`."""
        return await self._read(lambda seen: measuring.measures(seen, existing(seen.conn, incident_id), as_of))

    async def export(self, incident_id: int, viewer: str) -> IncidentExport:
        """Everything about an incident. Raises `NotFound`."""
        return await self._read(lambda seen: exports.export(seen, incident_id, self._alert_views, viewer))

    async def correct(
        self, incident_id: int, body: wire_life.CorrectTime, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Correct a time by appending. Raises `NotFound`, `Invalid` or `Conflict`."""
        return await self._change(
            incident_id,
            if_version,
            lambda tx, incident: corrections.correct(tx, incident, body, actor, self._status),
        )

    async def split(self, incident_id: int, body: wire_life.SplitIncident, actor: str) -> wire.Incident:
        """Make a part of it an incident of its own, which is the answer. Raises `NotFound` and `Invalid`."""
        return await self._change(
            incident_id, None, lambda tx, incident: splitting.split(tx, incident, body, actor, self._declare)
        )

    async def resemble(self, incident_id: int, body: wire_life.Resembles, actor: str) -> wire.Incident:
        """Say that it resembles another one, which says so, too. Raises `NotFound` and `Invalid`."""
        return await self._change(incident_id, None, lambda tx, incident: relations.resemble(tx, incident, body, actor))

    async def resemble_no_more(self, incident_id: int, other_id: int, actor: str) -> wire.Incident:
        """Take that back. Raises `NotFound`."""
        return await self._change(
            incident_id, None, lambda tx, incident: relations.resemble_no_more(tx, incident, other_id, actor)
        )

    async def _change(
        self, incident_id: int, if_version: int | None, action: Callable[[Tx, Incident], Incident]
    ) -> wire.Incident:
        def command(tx: Tx) -> wire.Incident:
            seen = in_command(tx, self._process())
            return view(seen, action(tx, expected(seen, existing(tx.conn, incident_id, lock=True), if_version)))

        return await self._store.write(command)
