"""When each source was last heard of, on whichever node."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from incidentd.storage.schema import sources_heard
from incidentd.storage.tx import Tx


def heard(conn: Connection) -> dict[str, datetime]:
    """The latest signal of every source that ever sent one."""
    return {row.source: row.at for row in conn.execute(select(sources_heard))}


def note(tx: Tx, news: Mapping[str, datetime]) -> None:
    """Write down later signals; an earlier one than is known changes nothing."""
    for source, at in sorted(news.items()):
        later = (sources_heard.c.source == source) & (sources_heard.c.at < at)
        if tx.conn.execute(update(sources_heard).where(later).values(at=at)).rowcount == 0:
            _insert(tx, source, at)


def _insert(tx: Tx, source: str, at: datetime) -> None:
    if tx.is_postgresql:
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    tx.conn.execute(insert(sources_heard).values(source=source, at=at).on_conflict_do_nothing())
