"""Store what signals said about many alerts. A hot path: see `driver_sql`.

One look-up for all keys of a submission, one `executemany` for the new rows, one for the known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.clock import from_micros, to_micros
from incidentd.domain import drills
from incidentd.domain.alerts import AlertState, display_name, display_summary
from incidentd.storage import driver_sql
from incidentd.storage.tx import Tx

_STATE_COLUMNS = (
    "name", "summary", "severity", "labels", "annotations", "generator_url", "status", "starts_at", "ends_at",
    "resolved_at", "expired", "count", "episode", "changes", "last_seen",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode
_decode_texts = msgspec.json.Decoder(dict[str, str]).decode
_decode_numbers = msgspec.json.Decoder(tuple[int, ...]).decode
_NUL = rb"\u0000"  # as JSON spells it; an escaped backslash before it costs a needless second try, no more
# ruff: noqa: S608 - the statements are built from the constant column names above, values are always bound

_SELECT = (
    "SELECT id, key, status, labels, annotations, generator_url, starts_at, ends_at, resolved_at, expired, count,"
    " episode, changes FROM alerts WHERE source = ? AND key "
)
_INSERT = (
    f"INSERT INTO alerts (source, key, {', '.join(_STATE_COLUMNS)}, pending, first_seen, routed_episode, service,"
    " acknowledged_by, flapping, version) VALUES (?, ?, " + "?, " * len(_STATE_COLUMNS) + "?, ?, 0, '', '', ?, 1)"
)
_UPDATE = (
    f"UPDATE alerts SET {', '.join(f'{name} = ?' for name in _STATE_COLUMNS)}, pending = (pending OR ?),"
    " version = version + 1 WHERE id = ?"
)


class Known(msgspec.Struct, gc=False):
    """An alert during one submission; `id` is None until it is inserted."""

    id: int | None
    key: str
    state: AlertState | None
    changed: bool = False  # differs from the row
    pending: bool = False  # routing has to see it


class Unstorable(ValueError):
    """A text holds NUL, which PostgreSQL cannot store."""


def _state(row: Sequence[Any]) -> AlertState:
    return AlertState(
        status=row[2],
        labels=_decode_texts(row[3]),
        annotations=_decode_texts(row[4]),
        generator_url=row[5],
        starts_at=from_micros(row[6]),
        ends_at=None if row[7] is None else from_micros(row[7]),
        resolved_at=None if row[8] is None else from_micros(row[8]),
        expired=bool(row[9]),
        count=row[10],
        episode=row[11],
        changes=tuple(from_micros(at) for at in _decode_numbers(row[12])),
    )


def find(tx: Tx, source: str, keys: Sequence[str]) -> dict[str, Known]:
    """What is known of `keys`; unknown ones have no state. Locks the rows on PostgreSQL."""
    known = {key: Known(None, key, None) for key in keys}
    if tx.is_postgresql:
        rows = driver_sql.query(tx, _SELECT + "= ANY(?) ORDER BY id FOR UPDATE", source, list(known))
    else:
        rows = driver_sql.query(tx, _SELECT + "IN (SELECT value FROM json_each(?))", source, json.dumps(list(known)))
    for row in rows:
        known[row[1]] = Known(row[0], row[1], _state(row))
    return known


def _values(state: AlertState, key: str, now: int, mark: str) -> tuple[Any, ...]:
    labels: Mapping[str, str] = state.labels
    encoded_labels, encoded_annotations = _encode(labels), _encode(state.annotations)
    if _NUL in encoded_labels or _NUL in encoded_annotations:
        raise Unstorable("a label or an annotation holds NUL")
    return (
        mark + display_name(labels, state.annotations, key),
        display_summary(state.annotations),
        labels.get("severity", "")[:60],
        encoded_labels.decode(),
        encoded_annotations.decode(),
        state.generator_url,
        state.status,
        to_micros(state.starts_at),
        None if state.ends_at is None else to_micros(state.ends_at),
        None if state.resolved_at is None else to_micros(state.resolved_at),
        state.expired,
        state.count,
        state.episode,
        _encode([to_micros(at) for at in state.changes]).decode(),
        now,
    )


def save(tx: Tx, source: str, alerts: Sequence[Known], now: datetime) -> None:
    """Insert or update every alert that changed. Raises `Unstorable` and, for lone surrogates, UnicodeEncodeError."""
    micros = to_micros(now)
    mark = drills.MARK if drills.realm(source) else ""
    new: list[tuple[Any, ...]] = []
    old: list[tuple[Any, ...]] = []
    for alert in alerts:
        if not alert.changed or alert.state is None:
            continue
        values = _values(alert.state, alert.key, micros, mark)
        if alert.id is None:
            new.append((source, alert.key, *values, alert.pending, micros, False))
        else:
            old.append((*values, alert.pending, alert.id))
    driver_sql.run_many(tx, _INSERT, new)
    driver_sql.run_many(tx, _UPDATE, old)
