"""How large the store is: as a whole, by table, and day by day.

SQLite tells the size of a table by `dbstat`, where its library has it, by reading every page of the file. PostgreSQL
knows it from its files, indexes and long values included.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select, text
from sqlalchemy.exc import OperationalError

from incidentd.domain.store_growth import Sample
from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata
from incidentd.storage.schema import events
from incidentd.storage.schema_store import store_sizes
from incidentd.storage.tx import Tx

Bytes = int | None


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """The store as a whole, in bytes. `reusable` is room within it; the disk is unknown where it is another host's."""

    used: int
    reusable: int
    disk_free: Bytes
    disk_size: Bytes


class OfTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table with its indexes; `oldest` by its first column of a time."""

    name: str
    bytes: Bytes
    rows: int
    oldest: datetime | None


def whole(conn: Connection) -> Whole:
    """Cheap at any size."""
    if conn.dialect.name == "postgresql":
        used: int = conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return Whole(used=used, reusable=0, disk_free=None, disk_size=None)
    page, count, spare = (
        conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_size", "page_count", "freelist_count")
    )
    free, size = _disk(conn)
    return Whole(used=page * (count - spare), reusable=page * spare, disk_free=free, disk_size=size)


def _disk(conn: Connection) -> tuple[Bytes, Bytes]:
    file = next((row[2] for row in conn.exec_driver_sql("PRAGMA database_list") if row[1] == "main"), "")
    if not file:
        return None, None
    found = os.statvfs(os.path.dirname(file))
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def all_tables(conn: Connection) -> list[OfTable]:
    """Every table, the largest first; where sizes are unknown, the one with most rows."""
    sizes = _sizes(conn)
    found = [
        OfTable(
            name=name,
            bytes=sizes.get(name, 0) if sizes else None,
            rows=conn.execute(select(func.count()).select_from(table)).scalar_one(),
            oldest=_oldest(conn, table),
        )
        for name, table in metadata.tables.items()
    ]
    return sorted(found, key=lambda one: (-(one.bytes or 0), -one.rows, one.name))


def _oldest(conn: Connection, table: Table) -> datetime | None:
    """When the oldest row is from."""
    if table is events:  # it has no index on the time, and needs none: numbers follow it
        return conn.execute(select(events.c.at).order_by(events.c.seq).limit(1)).scalar_one_or_none()
    column = next((one for one in table.c if isinstance(one.type, Instant) and not one.nullable), None)
    if column is None:
        return None
    oldest: datetime | None = conn.execute(select(func.min(column, type_=column.type))).scalar_one()
    return oldest


def _sizes(conn: Connection) -> Mapping[str, int]:
    """Bytes by table, its indexes and its index of words included; nothing where the engine cannot tell."""
    if conn.dialect.name == "postgresql":
        query = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relname = ANY(:names)"
        )
        return {row[0]: row[1] for row in conn.execute(text(query), {"names": list(metadata.tables)})}
    query = (
        "SELECT coalesce(s.tbl_name, d.name), sum(d.pgsize) FROM dbstat d LEFT JOIN sqlite_schema s USING (name)"
        " WHERE d.aggregate = TRUE GROUP BY 1"
    )
    try:
        return _by_table((row[0], row[1]) for row in conn.exec_driver_sql(query))
    except OperationalError:  # a library without it
        return {}


def _by_table(found: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """What belongs to a table's index of words is named after the table: learnings_search_data."""
    sizes: dict[str, int] = {}
    for name, size in found:
        of, searched, _ = name.partition("_search")
        owner = of if searched and of in metadata.tables else name
        sizes[owner] = sizes.get(owner, 0) + size
    return sizes


def samples(conn: Connection) -> list[Sample]:
    """The sizes that were noted, the oldest first."""
    return [Sample(row.at, row.bytes) for row in conn.execute(select(store_sizes).order_by(store_sizes.c.at))]


def last_noted(conn: Connection) -> datetime | None:
    at: datetime | None = conn.execute(select(func.max(store_sizes.c.at, type_=store_sizes.c.at.type))).scalar_one()
    return at


def note(tx: Tx, size: int, forget_before: datetime) -> None:
    """Keep how large the store is now."""
    tx.conn.execute(insert(store_sizes).values(at=tx.now, bytes=size))
    tx.conn.execute(delete(store_sizes).where(store_sizes.c.at < forget_before))
