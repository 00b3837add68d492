"""The append-only event log: the timeline, the audit, the stream and the figures are all read from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, Connection, Row, Text, bindparam, select, type_coerce, update

from incidentd.clock import from_micros, to_micros
from incidentd.storage import audit_chain, driver_sql
from incidentd.storage.schema import counters, events
from incidentd.storage.tx import Tx
from incidentd.wire import Event

_SEQ = "event_seq"
_INSERT = "INSERT INTO events (seq, at, actor, kind, subject, data) VALUES (?, ?, ?, ?, ?, ?)"
_TAKE = (
    update(counters)
    .where(counters.c.name == _SEQ)
    .values(value=counters.c.value + bindparam("count"))
    .returning(counters.c.value)
)
_OF_SUBJECTS = select(events).where(events.c.subject.in_(bindparam("some", expanding=True)))
_OF_KINDS = _OF_SUBJECTS.where(events.c.kind.in_(bindparam("kinds", expanding=True)))
_RAW = select(
    events.c.seq,
    type_coerce(events.c.at, BigInteger),
    events.c.actor,
    events.c.kind,
    events.c.subject,
    type_coerce(events.c.data, Text),
).where(events.c.subject.in_(bindparam("some", expanding=True)), events.c.kind.in_(bindparam("kinds", expanding=True)))
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
RawEvents = Sequence[Row[int, int, str, str, str, str]]


def append_pending(tx: Tx) -> list[Event]:
    """Number and insert the events a batch left.

    The counter row stays locked until the commit, which follows at once: seqs are free of gaps and become visible in
    order on PostgreSQL too, where an identity column would let a reader skip rows that commit late.
    """
    if not tx.events:
        return []
    count = len(tx.events)
    last: int = tx.conn.execute(_TAKE, {"count": count}).scalar_one()
    numbered = [event.numbered(last - count + 1 + index) for index, event in enumerate(tx.events)]
    rows = [(e.seq, to_micros(e.at), e.actor, e.kind, e.subject, _encode(e.data).decode()) for e in numbered]
    driver_sql.run_many(tx, _INSERT, rows)
    audit_chain.extend(tx, numbered)
    return numbered


def event(row: Row[tuple[object, ...]]) -> Event:
    return Event(seq=row.seq, at=row.at, actor=row.actor, kind=row.kind, subject=row.subject, data=row.data)


def after(conn: Connection, seq: int, limit: int) -> list[Event]:
    """The events that follow `seq`, oldest first."""
    rows = conn.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit))
    return [event(row) for row in rows]


def after_of_kinds(conn: Connection, seq: int, kinds: Collection[str], limit: int) -> list[Event]:
    """The events of some kinds that follow `seq`, oldest first."""
    query = select(events).where(events.c.seq > seq, events.c.kind.in_(kinds)).order_by(events.c.seq).limit(limit)
    return [event(row) for row in conn.execute(query)]


def last_seq(conn: Connection) -> int:
    """The seq of the newest committed event, 0 for none."""
    seq: int = conn.execute(select(counters.c.value).where(counters.c.name == _SEQ)).scalar_one()
    return seq


def first_at(conn: Connection) -> datetime | None:
    """When the oldest event that is kept happened, None for none."""
    return conn.execute(select(events.c.at).order_by(events.c.seq).limit(1)).scalar_one_or_none()


def raw_of_subjects(conn: Connection, subjects: Sequence[str], kinds: Sequence[str]) -> RawEvents:
    """The events of some kinds about any of a few hundred subjects, in no order, for `read_raw` to read elsewhere."""
    return conn.execute(_RAW, {"some": subjects, "kinds": kinds}).all()


def read_raw(rows: RawEvents) -> list[Event]:
    """Events that were taken from the log as they are stored, oldest first; this needs no connection."""
    return [
        Event(seq=seq, at=from_micros(at), actor=actor, kind=kind, subject=subject, data=_decode(data))
        for seq, at, actor, kind, subject, data in sorted(rows)
    ]


def of_subjects(conn: Connection, subjects: Iterable[str], kinds: Sequence[str] = ()) -> list[Event]:
    """Every event about any of `subjects`, oldest first; only `kinds` if given."""
    found: list[Event] = []
    wanted = list(subjects)
    for start in range(0, len(wanted), 500):
        some = {"some": wanted[start : start + 500]}
        rows = conn.execute(_OF_KINDS, some | {"kinds": kinds}) if kinds else conn.execute(_OF_SUBJECTS, some)
        found += [event(row) for row in rows]
    return sorted(found, key=lambda event: event.seq)
