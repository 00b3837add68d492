"""Every row of a store, copied to the other engine and compared there.

Values travel as they are stored: times as microseconds, JSON as its text. What PostgreSQL cannot hold is refused before
anything is committed. The hash of a table is the SHA-256 of its rows in the order of their keys, each as a JSON array.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    TypeDecorator,
    collate,
    func,
    insert,
    select,
    text,
)

from incidentd.storage.schema_library import SUFFIX, TEXTS
from incidentd.storage.tables import metadata

_BATCH = 2000
_SHOWN = 20
_INT32 = 2**31
_FRESH = ("counters", "meta")
"""The tables that have rows in a store that nothing ever happened in."""
_encode = msgspec.json.Encoder().encode
Rows = Sequence[Row[Any]]


class CannotCopy(Exception):  # noqa: N818
    """Nothing was committed; the message says why and what to do."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One table in both stores."""

    table: str
    rows: int
    rows_there: int
    digest: str
    digest_there: str

    @property
    def same(self) -> bool:
        return (self.rows, self.digest) == (self.rows_there, self.digest_there)


def _as_stored(table: Table) -> Table:
    """The table with the types that the engine has, so that no value is read into something else and written again."""

    def plain(column: Column[Any]) -> Column[Any]:
        kind = column.type
        return Column(column.name, kind.impl_instance if isinstance(kind, TypeDecorator) else kind)

    return Table(table.name, MetaData(), *(plain(column) for column in table.columns))


def _tables() -> list[Table]:
    """Every table, those first that others refer to."""
    return [_as_stored(table) for table in metadata.sorted_tables]


def _read(conn: Connection, table: Table) -> Iterator[Rows]:
    """The rows in the order of their keys. SQLite compares texts by their bytes; PostgreSQL would ask its locale."""
    keys: list[ColumnElement[Any]] = [table.c[key.name] for key in metadata.tables[table.name].primary_key.columns]
    if conn.dialect.name == "postgresql":
        keys = [collate(key, "C") if isinstance(key.type, String) else key for key in keys]
    query = select(table).order_by(*keys)
    yield from conn.execute(query, execution_options={"stream_results": True, "yield_per": _BATCH}).partitions(_BATCH)


# ---------------------------------------------------------------------------------------------------------- refusing
class _Faults:
    """What the target cannot hold, with table, row and column."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[str] = []

    def add(self, table: Table, row: Row[Any], column: str, why: str) -> None:
        self.count += 1
        if len(self.shown) < _SHOWN:
            keys = metadata.tables[table.name].primary_key.columns
            which = ", ".join(f"{key.name} {row._mapping[key.name]!r}" for key in keys)
            self.shown.append(f"{table.name} ({which}), column {column}: {why}")

    def look_at(self, table: Table, rows: Rows) -> None:
        for index, column in enumerate(table.columns):
            judge = _judge_of(column)
            for row in rows:
                if row[index] is not None and (why := judge(row[index])):
                    self.add(table, row, column.name, why)


def _judge_of(column: Column[Any]) -> Callable[[Any], str]:
    for kind, judge in _JUDGES:
        if isinstance(column.type, kind):
            return judge
    raise TypeError(f"{column} has a type that was never moved")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return f"{value!r} is no text"
    return "a NUL character, which PostgreSQL cannot store" if "\0" in value else ""


def _of_type(kind: type | tuple[type, ...], words: str) -> Callable[[Any], str]:
    return lambda value: "" if isinstance(value, kind) else f"{value!r} is {words}"


def _int32(value: Any) -> str:
    if not isinstance(value, int):
        return f"{value!r} is no integer"
    return "" if -_INT32 <= value < _INT32 else f"{value} does not fit into 32 bits"


_JUDGES: tuple[tuple[type[Any], Callable[[Any], str]], ...] = (
    (String, _text),
    (Boolean, _of_type(bool, "neither true nor false")),
    (BigInteger, _of_type(int, "no integer")),
    (Integer, _int32),
    (Float, _of_type((float, int), "no number")),
    (LargeBinary, _of_type(bytes, "no bytes")),
)
"""By type, the special ones first."""


# ---------------------------------------------------------------------------------------------------------- copying
def copy(source: Connection, target: Connection, tell: Callable[[str, int], None] = lambda *_: None) -> None:
    """Copy everything within the transaction of `target`, whose schema is the present one. Raises `CannotCopy`."""
    if full := not_fresh(target):
        raise CannotCopy(f"the target is not empty, it has rows in {', '.join(full)}: name a database of its own")
    for name in _FRESH:
        target.execute(metadata.tables[name].delete())
    faults = _Faults()
    with _without_references(target):
        for table in _tables():
            tell(table.name, _copy_table(source, target, table, faults))
        if faults.count:
            more = f"\n… {faults.count - len(faults.shown)} more" if faults.count > len(faults.shown) else ""
            raise CannotCopy("PostgreSQL cannot hold:\n" + "\n".join(faults.shown) + more)
    _follow_up(target)


def not_fresh(conn: Connection) -> list[str]:
    """The tables that show that something happened in a store."""
    others = [table for name, table in metadata.tables.items() if name not in _FRESH]
    return [one.name for one in others if conn.execute(select(1).select_from(one).limit(1)).first()]


def _copy_table(source: Connection, target: Connection, table: Table, faults: _Faults) -> int:
    count = 0
    for rows in _read(source, table):
        count += len(rows)
        if target.dialect.name == "postgresql":
            faults.look_at(table, rows)
        if not faults.count:
            target.execute(insert(table), [dict(row._mapping) for row in rows])
    return count


class _without_references:  # noqa: N801 - reads as what it does
    """Lets rows come in any order: a row may refer to a later one of its own table. They are checked at the end."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._dropped: list[tuple[str, str, str]] = []

    def __enter__(self) -> None:
        if self._conn.dialect.name == "postgresql":
            found = self._conn.execute(_REFERENCES)
            self._dropped = [(row.of_table, row.name, row.definition) for row in found]
        for table, name, _ in self._dropped:
            self._conn.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return  # everything is rolled back
        for table, name, definition in self._dropped:
            self._conn.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
        if self._conn.dialect.name == "sqlite" and (broken := self._conn.execute(_BROKEN).first()):
            raise CannotCopy(f"a row of {broken[0]} refers to one of {broken[2]} that is not there")


_REFERENCES = text(
    "SELECT conrelid::regclass::text AS of_table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition"
    " FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"
)
_BROKEN = text("PRAGMA foreign_key_check")


def _follow_up(target: Connection) -> None:
    """Numbers go on after those that were copied; what is searched can be found."""
    if target.dialect.name == "sqlite":  # its numbers follow from the rows
        for name in TEXTS:
            words = f"{name}{SUFFIX}"
            target.execute(text(f"INSERT INTO {words}({words}) VALUES ('rebuild')"))  # noqa: S608
        return
    numbered = (key for table in metadata.sorted_tables for key in table.primary_key if key.autoincrement is True)
    for key in numbered:
        highest = target.execute(select(func.max(key))).scalar_one()
        if highest is not None:
            target.execute(_NUMBER_ON, {"of": key.table.name, "key": key.name, "highest": highest})


_NUMBER_ON = text("SELECT setval(pg_get_serial_sequence(:of, :key), :highest)")


# ---------------------------------------------------------------------------------------------------------- comparing
def compare(source: Connection, target: Connection) -> list[Compared]:
    """Count and hash every table of both."""
    found = []
    for table in _tables():
        (rows, digest), (rows_there, there) = (_digest(conn, table) for conn in (source, target))
        found.append(
            Compared(table=str(table.name), rows=rows, rows_there=rows_there, digest=digest, digest_there=there)
        )
    return found


def _digest(conn: Connection, table: Table) -> tuple[int, str]:
    count, found = 0, hashlib.sha256()
    for rows in _read(conn, table):
        count += len(rows)
        for row in rows:
            found.update(_encode(tuple(row)))
            found.update(b"\n")
    return count, found.hexdigest()
