"""What hides alerts: silences and inhibition, looked up in the transaction that decides whether to tell.

An alert counts as stored, routed or not, so it makes no difference what was routed first, nor whether the daemon was
restarted in between: sources and silences stand in the store before anything is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.inhibition import Firing, Inhibited, InhibitRule, inhibited
from incidentd.domain.process import Process
from incidentd.domain.silences import Silence, silencing
from incidentd.storage import alerts, silences, suppressions
from incidentd.storage.active_alerts import ActiveRow
from incidentd.storage.alerts import AlertRow
from incidentd.storage.tx import Tx


class Hidden(msgspec.Struct, frozen=True):
    """Why an alert is not told about now."""

    silences: tuple[Silence, ...] = ()
    inhibited: Inhibited | None = None

    @property
    def subjects(self) -> set[str]:
        """The silences and the alert that hide it, as subjects."""
        found = {silence.subject for silence in self.silences}
        return found if self.inhibited is None else found | {f"alert:{self.inhibited.by}"}


NOT_HIDDEN = Hidden()


class Suppression:
    """Says which alerts are hidden. `process` is asked at each use, so that a reload counts at once."""

    def __init__(self, process: Callable[[], Process]) -> None:
        self._process = process

    def of(self, conn: Connection, rows: Iterable[AlertRow | ActiveRow], now: datetime) -> dict[int, Hidden]:
        """What hides each firing alert among `rows` at `now`; those that nothing hides are missing."""
        firing = [Firing(row.id, row.labels) for row in rows if row.firing]
        if not firing:
            return {}
        active = silences.active(conn, now)
        silenced = {one.id: tuple(found) for one in firing if (found := silencing(active, one.labels, now))}
        explained = inhibited(self._process().inhibit, firing, lambda rule: _sources(conn, rule))
        return {
            one: Hidden(silenced.get(one, ()), explained.get(one)) for one in dict.fromkeys((*silenced, *explained))
        }

    def look(self, tx: Tx, rows: Sequence[AlertRow]) -> dict[int, Hidden]:
        """What hides each of the firing alerts `rows`; the events tell what has changed since they were looked at."""
        now_hidden = self.of(tx.conn, rows, tx.now)
        before = suppressions.of_alerts(tx.conn, [row.id for row in rows])
        changed: dict[int, Iterable[str]] = {}
        for row in rows:
            hidden = now_hidden.get(row.id, NOT_HIDDEN)
            was = before.get(row.id, set())
            if hidden.subjects != was:
                changed[row.id] = sorted(hidden.subjects)
                _tell_silenced(tx, row, hidden, {one for one in was if one.startswith("silence:")})
                _tell_inhibited(tx, row, hidden, {one for one in was if one.startswith("alert:")})
        if changed:
            suppressions.store(tx, changed)
        return now_hidden


def _sources(conn: Connection, rule: InhibitRule) -> list[Firing]:
    return suppressions.firing_like(conn, rule.source)


def _tell_silenced(tx: Tx, row: AlertRow, hidden: Hidden, was: set[str]) -> None:
    if {one.subject for one in hidden.silences} == was:
        return
    if not hidden.silences:
        tx.emit("alert.unsilenced", row.subject, {"name": row.name})
        return
    tx.emit("alert.silenced", row.subject, {"name": row.name, "silences": [told(one) for one in hidden.silences]})


def _tell_inhibited(tx: Tx, row: AlertRow, hidden: Hidden, was: set[str]) -> None:
    by = hidden.inhibited
    if {f"alert:{by.by}"} == was if by is not None else not was:
        return
    if by is None:
        tx.emit("alert.uninhibited", row.subject, {"name": row.name})
        return
    source = alerts.get(tx.conn, by.by)
    data = {"name": row.name, "by": by.by, "by_name": "" if source is None else source.name, "rule": str(by.rule)}
    tx.emit("alert.inhibited", row.subject, data)


def told(silence: Silence) -> Mapping[str, object]:
    """A silence as events carry it."""
    return {
        "id": silence.id,
        "name": silence.name,
        "by": silence.created_by,
        "comment": silence.comment,
        "until": silence.ends_at,
    }
