"""Versions of the process as the socket API shows them; when each was in force is read from the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from incidentd.storage import event_log, process_versions
from incidentd.storage.process_versions import VersionRow
from incidentd.wire import Event
from incidentd.wire import process_versions as wire_process

_MOST = 10_000


def shown(conn: Connection, rows: Sequence[VersionRow]) -> tuple[wire_process.ProcessVersion, ...]:
    """Each of `rows` with its history."""
    spans = _spans(event_log.after_of_kinds(conn, 0, (process_versions.ADOPTED,), _MOST))
    counted = process_versions.incidents_under(conn, [one.process_version for one in rows])
    return tuple(wire_process.ProcessVersion(**_values(one, spans, counted)) for one in rows)


def whole(conn: Connection, row: VersionRow) -> wire_process.WholeProcessVersion:
    """One with its texts."""
    (one,) = shown(conn, [row])
    values = {name: getattr(one, name) for name in wire_process.ProcessVersion.__struct_fields__}
    return wire_process.WholeProcessVersion(**values, document=row.document, files=row.files)


def _values(
    row: VersionRow, spans: Mapping[str, tuple[wire_process.InForceSpan, ...]], counted: Mapping[str, int]
) -> dict[str, Any]:
    names = set(wire_process.ProcessVersion.__struct_fields__) - {"in_force", "incidents"}
    return {
        **{name: getattr(row, name) for name in names},
        "in_force": spans.get(row.subject, ()),
        "incidents": counted.get(row.process_version, 0),
    }


def _spans(adoptions: Sequence[Event]) -> dict[str, tuple[wire_process.InForceSpan, ...]]:
    """When each version was in force, by its subject: each adoption ends the time of the one before."""
    found: dict[str, tuple[wire_process.InForceSpan, ...]] = {}
    ends = [*(one.at for one in adoptions[1:]), None]
    for event, until in zip(adoptions, ends, strict=False):
        span = wire_process.InForceSpan(since=event.at, until=until, how=str(event.data["how"]), by=event.actor)
        found[event.subject] = (*found.get(event.subject, ()), span)
    return found
