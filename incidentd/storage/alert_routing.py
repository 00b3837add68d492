"""What routing reads of changed alerts, and what it writes about them. A hot path: see `driver_sql`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.clock import from_micros, to_micros
from incidentd.storage import driver_sql
from incidentd.storage.alerts import acknowledgement
from incidentd.storage.tx import Tx

_decode_labels = msgspec.json.Decoder(dict[str, str]).decode
_decode_numbers = msgspec.json.Decoder(tuple[int, ...]).decode

_COLUMNS = (
    "SELECT id, source, status, name, summary, severity, labels, starts_at, resolved_at, expired, episode,"
    " routed_episode, service, group_id, flapping, changes, acknowledged_by, acknowledged_episode FROM alerts"
)
_PENDING = _COLUMNS + " WHERE pending ORDER BY id LIMIT ?"
_ONE_PENDING = _COLUMNS + " WHERE pending AND id = ?"
_ROUTED = "UPDATE alerts SET pending = FALSE, service = ?, group_id = ?, routed_episode = ?, flapping = ? WHERE id = ?"
_JOIN = (
    "INSERT INTO group_alerts (group_id, alert_id, joined_at, announced) VALUES (?, ?, ?, FALSE)"
    " ON CONFLICT (group_id, alert_id)"
    " DO UPDATE SET joined_at = excluded.joined_at, announced = FALSE, left_at = NULL"
)
_LEAVE = "UPDATE group_alerts SET left_at = ? WHERE group_id = ? AND alert_id = ?"


class Changed(msgspec.Struct, frozen=True, gc=False):
    """What routing needs to know of an alert that changed; the fields are those of `alerts.AlertRow`."""

    id: int
    source: str
    status: str
    name: str
    summary: str
    severity: str
    labels: Mapping[str, str]
    starts_at: datetime
    resolved_at: datetime | None
    expired: bool
    episode: int
    routed_episode: int
    service: str
    group_id: int | None
    flapping: bool
    changes: tuple[datetime, ...]
    acknowledged_by: str
    acknowledged_before: str

    @property
    def firing(self) -> bool:
        return self.status == "firing"

    @property
    def subject(self) -> str:
        """What events about it carry."""
        return f"alert:{self.id}"


class Routed(msgspec.Struct, gc=False):
    """Routing's outcome for one alert."""

    id: int
    episode: int
    service: str
    group_id: int | None
    flapping: bool


def take_pending(tx: Tx, limit: int) -> list[Changed]:
    """Changed alerts that routing has not seen, oldest first; other nodes leave them alone until the commit."""
    lock = " FOR UPDATE SKIP LOCKED" if tx.is_postgresql else ""
    return [_changed(row) for row in driver_sql.query(tx, _PENDING + lock, limit)]


def take_one(tx: Tx, alert_id: int) -> list[Changed]:
    """One changed alert; none when it was routed meanwhile."""
    lock = " FOR UPDATE SKIP LOCKED" if tx.is_postgresql else ""
    return [_changed(row) for row in driver_sql.query(tx, _ONE_PENDING + lock, alert_id)]


def _changed(row: Sequence[Any]) -> Changed:
    taken_by, taken_before = acknowledgement(row[16], row[17], row[10])
    return Changed(
        id=row[0],
        source=row[1],
        status=row[2],
        name=row[3],
        summary=row[4],
        severity=row[5],
        labels=_decode_labels(row[6]),
        starts_at=from_micros(row[7]),
        resolved_at=None if row[8] is None else from_micros(row[8]),
        expired=bool(row[9]),
        episode=row[10],
        routed_episode=row[11],
        service=row[12],
        group_id=row[13],
        flapping=bool(row[14]),
        changes=tuple([from_micros(at) for at in _decode_numbers(row[15])]),
        acknowledged_by=taken_by,
        acknowledged_before=taken_before,
    )


def mark_routed(tx: Tx, routed: Sequence[Routed]) -> None:
    """Store the outcomes; what has one is no longer pending."""
    rows = [(one.service, one.group_id, one.episode, one.flapping, one.id) for one in routed]
    driver_sql.run_many(tx, _ROUTED, rows)


def join_groups(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Put alerts into groups: (group, alert) pairs; an alert that is in already will be announced again."""
    now = to_micros(tx.now)
    driver_sql.run_many(tx, _JOIN, [(group, alert, now) for group, alert in pairs])


def leave_groups(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Take alerts out of groups: (group, alert) pairs. That they were in is kept, for the trace."""
    now = to_micros(tx.now)
    driver_sql.run_many(tx, _LEAVE, [(now, group, alert) for group, alert in pairs])
