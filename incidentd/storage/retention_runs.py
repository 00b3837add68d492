"""Runs of retention as rows: what they are at, who works on them, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from incidentd.storage.schema_retention import retention_runs
from incidentd.storage.tx import Tx

Counts = Mapping[str, Mapping[str, int]]
"""Rows, events and bytes by class."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `at_class` and `after` are where it goes on."""

    id: int
    state: str  # running | done | failed | stopped
    started_at: datetime
    by: str
    at_class: str
    after: int
    counts: dict[str, dict[str, int]]
    lease_owner: str
    lease_until: datetime
    failures: int
    error: str
    ended_at: datetime | None


_COLUMNS = [
    (retention_runs.c["class"] if name == "at_class" else retention_runs.c[name]).label(name)
    for name in Run.__struct_fields__
]


def _run(row: Row[Any]) -> Run:
    return Run(**row._mapping)


def running(conn: Connection, *, lock: bool = False) -> Run | None:
    """The run that goes on; there is one at most."""
    query = select(*_COLUMNS).where(retention_runs.c.state == "running").order_by(retention_runs.c.id).limit(1)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _run(row)


def latest(conn: Connection, limit: int) -> list[Run]:
    """The newest runs."""
    return [_run(row) for row in conn.execute(select(*_COLUMNS).order_by(retention_runs.c.id.desc()).limit(limit))]


def start(tx: Tx, by: str, first: str) -> Run:
    """Let a run begin; whichever node looks first works on it."""
    values = {
        "state": "running", "started_at": tx.now, "by": by, "class": first, "after": 0, "counts": {},
        "lease_owner": "", "lease_until": tx.now, "failures": 0, "error": "",
    }  # fmt: skip
    number = tx.conn.execute(insert(retention_runs).values(**values).returning(retention_runs.c.id)).scalar_one()
    return _run(tx.conn.execute(select(*_COLUMNS).where(retention_runs.c.id == number)).one())


def change(tx: Tx, run: Run, **values: Any) -> None:
    """Store new values of members."""
    if "at_class" in values:
        values["class"] = values.pop("at_class")
    tx.conn.execute(update(retention_runs).where(retention_runs.c.id == run.id).values(**values))
