"""Which checks are paused."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from incidentd.domain.checks import Pause
from incidentd.storage.schema import paused_checks
from incidentd.storage.tx import Tx


def paused(conn: Connection) -> dict[tuple[str, str], Pause]:
    """Every pause, by source and name of the check."""
    rows = conn.execute(select(paused_checks).order_by(paused_checks.c.source, paused_checks.c.name))
    return {(row.source, row.name): Pause(at=row.at, by=row.by, note=row.note) for row in rows}


def pause(tx: Tx, source: str, name: str, pause: Pause) -> None:
    """Pause a check that is not."""
    values = {"at": pause.at, "by": pause.by, "note": pause.note}
    tx.conn.execute(insert(paused_checks).values(source=source, name=name, **values))


def resume(tx: Tx, source: str, name: str) -> bool:
    """Take a pause back; False when there was none."""
    one = (paused_checks.c.source == source) & (paused_checks.c.name == name)
    return tx.conn.execute(delete(paused_checks).where(one)).rowcount > 0
