"""Taking events out of the log, or their texts, so that it shows: each time leaves a record in a chain of hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Text,
    bindparam,
    delete,
    desc,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from incidentd.clock import to_micros
from incidentd.domain.blanking import blanked
from incidentd.domain.removals import GENESIS, digest, link, packed
from incidentd.storage.schema import counters, events
from incidentd.storage.schema_retention import removals
from incidentd.storage.tx import Tx

_PART = 500
_COUNTER = "removals"  # its row is locked while a record is added, so that two nodes do not follow the same one
_RAW = select(
    events.c.seq,
    type_coerce(events.c.at, BigInteger),
    events.c.actor,
    events.c.kind,
    events.c.subject,
    type_coerce(events.c.data, Text),
)
_encode = msgspec.json.Encoder().encode


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the chain, in the order of its members that its hash covers."""

    id: int
    at: datetime
    by: str
    name: str  # of the class
    why: str
    blanked: bool
    events: int
    last_seq: int
    seqs: list[int]
    digest: str
    rows: dict[str, int]
    chains: dict[str, tuple[int, str]]
    hash: str

    def link(self, previous: str) -> str:
        """What its hash is when it follows the one with the hash `previous`."""
        covered = msgspec.to_builtins(self) | {"at": to_micros(self.at)}
        return link(previous, {name: value for name, value in covered.items() if name != "hash"})


def size_of(conn: Connection, seqs: Sequence[int]) -> int:
    """About how many bytes events take, without their indexes."""
    total = 0
    for start in range(0, len(seqs), _PART):
        length = func.sum(func.length(type_coerce(events.c.data, Text)) + func.length(events.c.subject) + 60)
        total += conn.execute(select(length).where(events.c.seq.in_(seqs[start : start + _PART]))).scalar_one() or 0
    return total


def take_events(tx: Tx, seqs: Iterable[int]) -> tuple[list[int], str]:
    """Remove events; returns which were there, and the digest of what they were."""
    found, of = _read(tx.conn, seqs)
    for start in range(0, len(found), _PART):
        tx.conn.execute(delete(events).where(events.c.seq.in_(found[start : start + _PART])))
    return found, of


_BLANK = update(events).where(events.c.seq == bindparam("of_seq")).values(data=bindparam("without"))


def blank_events(tx: Tx, seqs: Iterable[int]) -> tuple[list[int], str]:
    """Take the texts out of events that have some; returns of which, and the digest of what they were."""
    changed: dict[int, Mapping[str, Any]] = {}
    wanted = sorted(seqs)
    for start in range(0, len(wanted), _PART):
        some = select(events.c.seq, events.c.data).where(events.c.seq.in_(wanted[start : start + _PART]))
        for row in tx.conn.execute(some):
            without = blanked(row.data)
            if without != row.data:
                changed[row.seq] = without
    found, of = _read(tx.conn, changed)
    if changed:
        tx.conn.execute(_BLANK, [{"of_seq": seq, "without": changed[seq]} for seq in found])
    return found, of


def _read(conn: Connection, seqs: Iterable[int]) -> tuple[list[int], str]:
    wanted = sorted(seqs)
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), _PART):
        rows += conn.execute(_RAW.where(events.c.seq.in_(wanted[start : start + _PART])).order_by(events.c.seq)).all()
    return [row[0] for row in rows], digest(_encode(list(row)) for row in rows)


def record(
    tx: Tx,
    name: str,
    why: str,
    by: str,
    *,
    seqs: Sequence[int] = (),
    of: str = "",
    blanked: bool = False,
    rows: Mapping[str, int],
    chains: Mapping[str, tuple[int, str]] | None = None,
) -> None:
    """Add a record of what one transaction took. `seqs` are in order, `of` is their digest."""
    number, previous = _last(tx)
    found = Removal(
        id=number + 1,
        at=tx.now,
        by=by,
        name=name,
        why=why,
        blanked=blanked,
        events=len(seqs),
        last_seq=seqs[-1] if seqs else 0,
        seqs=packed(seqs),
        digest=of,
        rows={table: count for table, count in sorted(rows.items()) if count},
        chains=dict(chains or {}),
        hash="",
    )
    values = msgspec.structs.asdict(msgspec.structs.replace(found, hash=found.link(previous)))
    values["class"] = values.pop("name")
    tx.conn.execute(insert(removals).values(**values))


def _last(tx: Tx) -> tuple[int, str]:
    """The number and the hash of the newest record; nobody else adds one before the commit."""
    taken = update(counters).where(counters.c.name == _COUNTER).values(value=counters.c.value + 1)
    if tx.conn.execute(taken).rowcount == 0:
        tx.conn.execute(insert(counters).values(name=_COUNTER, value=1))
    query = select(removals.c.id, removals.c.hash).order_by(desc(removals.c.id)).limit(1)
    row = tx.conn.execute(query).one_or_none()
    return (0, GENESIS) if row is None else (row.id, row.hash)


def _removal(row: Row[Any]) -> Removal:
    values = dict(row._mapping)
    values["name"] = values.pop("class")
    values["chains"] = {incident: (count, head) for incident, (count, head) in row.chains.items()}
    return Removal(**values)


def after(conn: Connection, number: int, limit: int) -> list[Removal]:
    """The records that follow one, in order."""
    query = select(removals).where(removals.c.id > number).order_by(removals.c.id).limit(limit)
    return [_removal(row) for row in conn.execute(query)]


def whole_from(conn: Connection) -> int:
    """The seq from which on no event was removed: 1 while all are there."""
    gone: int | None = conn.execute(select(func.max(removals.c.last_seq)).where(~removals.c.blanked)).scalar_one()
    return (gone or 0) + 1
