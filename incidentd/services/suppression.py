"""What hides alerts: silences, maintenance, inhibition and dependencies, looked up by whoever is about to tell.

It happens in the transaction that decides. An alert counts as stored, routed or not, so it makes no difference what was
routed first, nor whether the daemon was restarted in between: sources and silences stand in the store before anything
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import drills
from incidentd.domain.dependencies import Dependent, Held, Upstream, held
from incidentd.domain.inhibition import Firing, inhibited
from incidentd.domain.maintenance import Window, hiding
from incidentd.domain.matchers import matches_all
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.routing import pages_somebody, service_at
from incidentd.domain.silences import Silence, silencing
from incidentd.services.hidden import NOT_HIDDEN, Hidden, reasons, tell
from incidentd.services.occurrences import Occurrences
from incidentd.storage import maintenance, silences, suppressions
from incidentd.storage.active_alerts import ActiveRow
from incidentd.storage.alerts import AlertRow
from incidentd.storage.tx import Tx


class Suppression:
    """Says which alerts are hidden. `process` and `roster` are asked at each use, so that a reload counts at once."""

    def __init__(self, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._process = process
        self._roster = roster
        self.occurrences = Occurrences(lambda: process().maintenance)

    def of(self, conn: Connection, rows: Iterable[AlertRow | ActiveRow], now: datetime) -> dict[int, Hidden]:
        """What hides each firing alert among `rows` at `now`; those that nothing hides are missing."""
        realms: dict[str, list[AlertRow | ActiveRow]] = {}
        for row in rows:
            if row.firing:
                realms.setdefault(drills.realm(row.source), []).append(row)
        found: dict[int, Hidden] = {}
        for realm, some in realms.items():
            found |= self._within(conn, some, now, realm)
        return found

    def _within(
        self, conn: Connection, rows: Sequence[AlertRow | ActiveRow], now: datetime, realm: str
    ) -> dict[int, Hidden]:
        """Drills and the real world hide nothing from each other; see `domain.drills`."""
        active = silences.active(conn, now)
        silenced = {row.id: tuple(found) for row in rows if (found := _silencing(active, row, now))}
        firing = [Firing(row.id, row.labels) for row in rows] if self._process().inhibit else []
        explained = inhibited(
            self._process().inhibit, firing, lambda rule: suppressions.firing_like(conn, rule.source, realm)
        )
        worked_on = {} if realm else self._worked_on(conn, rows, now)
        waiting = self._held(conn, rows, now, realm)
        return {
            one: Hidden(silenced.get(one, ()), worked_on.get(one, ()), explained.get(one), waiting.get(one))
            for one in dict.fromkeys((*silenced, *worked_on, *explained, *waiting))
        }

    def look(self, tx: Tx, rows: Sequence[AlertRow]) -> dict[int, Hidden]:
        """What hides each of the firing alerts `rows`; the events tell what has changed since they were looked at."""
        self.occurrences.catch_up(tx)
        now_hidden = self.of(tx.conn, rows, tx.now)
        before = suppressions.of_alerts(tx.conn, [row.id for row in rows])
        changed: dict[int, tuple[set[str], set[str]]] = {}
        for row in rows:
            hidden = now_hidden.get(row.id, NOT_HIDDEN)
            was = before.get(row.id, set())
            if hidden.subjects != was:
                changed[row.id] = (was, hidden.subjects)
                tell(tx, row, hidden, was, self._process().dependencies)
        if changed:
            suppressions.store(tx, changed)
        return now_hidden

    def reasons(
        self, conn: Connection, rows: Iterable[AlertRow], hidden: Mapping[int, Hidden]
    ) -> dict[int, tuple[wire.HiddenBy, ...]]:
        """What `of` found of `rows`, as the wire shows it."""
        services = {row.id: row.service or self._service(row) for row in rows if row.id in hidden}
        return reasons(conn, hidden, services, self._process().dependencies)

    def _worked_on(
        self, conn: Connection, rows: Iterable[AlertRow | ActiveRow], now: datetime
    ) -> dict[int, tuple[Window, ...]]:
        windows = maintenance.active(conn, now)
        if not windows:
            return {}
        severities = self._process().maintenance.severities
        return {
            row.id: found
            for row in rows
            if (found := hiding(windows, row.service or self._service(row), row.labels, severities))
        }

    def _held(
        self, conn: Connection, rows: Sequence[AlertRow | ActiveRow], now: datetime, realm: str
    ) -> dict[int, Held]:
        depends_on = self._roster().depends_on
        if not depends_on:
            return {}
        dependents = [
            Dependent(id=row.id, service=service, began_at=row.began_at)
            for row in rows
            if not row.flapping and (service := row.service or self._service(row)) in depends_on
        ]
        rule = self._process().dependencies
        return held(rule, depends_on, dependents, lambda services: self._upstreams(conn, services, realm), now)

    def _upstreams(self, conn: Connection, services: Collection[str], realm: str) -> list[Upstream]:
        """The page-worthy alerts of `services`."""
        process = self._process()
        source = process.dependencies.source
        return [
            Upstream(one.id, service or self._service(one))
            for one, service in suppressions.firing_of(conn, source, services, realm)
            if matches_all(source, one.labels) and pages_somebody(process.route, one.labels)
        ]

    def _service(self, alert: AlertRow | ActiveRow | Firing) -> str:
        return service_at(self._process().route, alert.labels)


def _silencing(active: Sequence[Silence], row: AlertRow | ActiveRow, now: datetime) -> list[Silence]:
    """The silences that hide an alert; one of a drill only when they are meant for drills."""
    found = silencing(active, row.labels, now)
    return [one for one in found if not drills.realm(row.source) or drills.silences_it(one.matchers, row.labels)]
