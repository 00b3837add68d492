"""Requests to take a time of somebody's duty, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from incidentd.domain.shift_requests import Asked, ShiftRequest, State, Wants
from incidentd.storage.schema_handover import shift_requests
from incidentd.storage.tx import Tx


def _request(row: Row[Any]) -> ShiftRequest:
    values = {name: getattr(row, name) for name in ShiftRequest.__struct_fields__}
    typed = {"wants": Wants(row.wants), "state": State(row.state)}
    return ShiftRequest(**values | typed | {"asked": msgspec.convert(row.asked, tuple[Asked, ...])})


def _columns(request: ShiftRequest) -> dict[str, Any]:
    values = {name: getattr(request, name) for name in ShiftRequest.__struct_fields__ if name != "id"}
    return values | {"asked": msgspec.to_builtins(request.asked)}


def add(tx: Tx, request: ShiftRequest) -> ShiftRequest:
    """Store a new request; the id is given here."""
    statement = insert(shift_requests).values(**_columns(request)).returning(shift_requests)
    return _request(tx.conn.execute(statement).one())


def replace(tx: Tx, request: ShiftRequest) -> ShiftRequest:
    """Store a request over its former self, one version on."""
    changed = msgspec.structs.replace(request, version=request.version + 1)
    tx.conn.execute(update(shift_requests).where(shift_requests.c.id == request.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, request_id: int, *, lock: bool = False) -> ShiftRequest | None:
    """One request, None when there is none."""
    query = select(shift_requests).where(shift_requests.c.id == request_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _request(row)


def listed(conn: Connection, states: Sequence[State], limit: int) -> list[ShiftRequest]:
    """Requests in `states`, newest first."""
    query = select(shift_requests).where(shift_requests.c.state.in_(states)).order_by(shift_requests.c.id.desc())
    return [_request(row) for row in conn.execute(query.limit(limit))]
