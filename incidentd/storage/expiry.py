"""What one class of retention finds and takes. Each class is a module that has a `Sweep`.

Whatever is long, such as looking through a table, is done on a connection that only reads. What is taken is looked at
once more in the transaction that takes it: somebody may have linked it to an incident, or put it under a hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from sqlalchemy import Connection, Table, func, select

from incidentd.domain.holds import Held
from incidentd.storage.named import Named
from incidentd.storage.tx import Tx


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """By what it is judged: `before` when it must have ended, what is under hold, and what kept records name."""

    before: datetime
    held: Held
    named: Named


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What may go among some rows, what is old enough and stays, by reason, and the row to go on behind."""

    ids: Sequence[int] = ()
    kept: Mapping[str, int] = {}
    after: int | None = None  # None: there are no more


class Size(msgspec.Struct, kw_only=True):
    """How much something is. `bytes` are about what is stored of it, without indexes."""

    rows: int = 0
    events: int = 0
    bytes: int = 0

    def add(self, other: Size) -> None:
        self.rows += other.rows
        self.events += other.events
        self.bytes += other.bytes


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction took: `count` alerts, messages or whatever the class is of, and in all the `rows` by table.

    `after` is the last row that it is done with.
    """

    after: int
    count: int = 0
    seqs: Sequence[int] = ()
    digest: str = ""
    blanked: bool = False
    rows: Mapping[str, int] = {}
    chains: Mapping[str, tuple[int, str]] = {}
    bytes: int = 0


class Sweep(Protocol):
    """One class, or a part of it; `key` is what a run is at."""

    name: str
    key: str

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        """What may go among `limit` rows behind the row `after`."""
        ...

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        """How much would go with them."""
        ...

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        """Take as many of `ids`, in order, as `room` rows and events allow, but some. `ids` are not empty."""
        ...


def judged(reasons: Mapping[int, str], old: Sequence[int], after: int | None) -> Found:
    """`old` rows, of which those with a reason stay."""
    return Found(
        ids=tuple(one for one in old if one not in reasons),
        kept=Counter(reasons[one] for one in old if one in reasons),
        after=after,
    )


def newest(conn: Connection, table: Table) -> int:
    """The highest number of a table: its row stays, for SQLite would give its number to the next one."""
    found: int | None = conn.execute(select(func.max(table.c.id))).scalar_one()
    return found or 0
