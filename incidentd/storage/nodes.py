"""Signs of life of the nodes that share this database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, text, update

from incidentd.clock import from_micros
from incidentd.domain.nodes import GONE, Node
from incidentd.storage.schema_nodes import nodes
from incidentd.storage.tx import Tx

_CLOCK = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


def now(conn: Connection, here: datetime) -> datetime:
    """What the clock of the database says; a file has none but that of its only node, `here`."""
    if conn.dialect.name != "postgresql":
        return here
    return from_micros(conn.execute(_CLOCK).scalar_one())


def _node(row: Row[Any]) -> Node:
    values = row._asdict()
    values |= {"addresses": tuple(row.addresses), "clock_offset": timedelta(microseconds=row.clock_offset)}
    return Node(**values)


def _values(node: Node) -> dict[str, Any]:
    values = msgspec.structs.asdict(node)
    return values | {"clock_offset": node.clock_offset // timedelta(microseconds=1)}


def listed(conn: Connection) -> list[Node]:
    """Every node, by name."""
    return [_node(row) for row in conn.execute(select(nodes).order_by(nodes.c.name, nodes.c.started_at))]


def find(tx: Tx, node_id: str) -> Node | None:
    """One node, locked."""
    row = tx.conn.execute(select(nodes).where(nodes.c.id == node_id).with_for_update()).one_or_none()
    return None if row is None else _node(row)


def put(tx: Tx, node: Node) -> None:
    """Keep what `node` says of itself."""
    values = _values(node)
    if tx.conn.execute(update(nodes).where(nodes.c.id == node.id).values(**values)).rowcount == 0:
        tx.conn.execute(insert(nodes).values(**values))


def stop(tx: Tx, node_id: str, run: str, at: datetime) -> bool:
    """Keep that this run of a node ended in an orderly way; False when another run has begun."""
    mine = (nodes.c.id == node_id) & (nodes.c.run == run)
    return tx.conn.execute(update(nodes).where(mine).values(stopped_at=at, seen_at=at)).rowcount > 0


def contest(tx: Tx, node_id: str, host: str, at: datetime) -> None:
    """Keep that a daemon on `host`, too, goes by this name with this state directory."""
    tx.conn.execute(update(nodes).where(nodes.c.id == node_id).values(contested_by=host, contested_at=at))


def find_gone(tx: Tx, at: datetime) -> list[Node]:
    """Those of whom nobody has said yet that they are gone; each is found once, on however many nodes."""
    silent = (nodes.c.seen_at < at - GONE) & nodes.c.stopped_at.is_(None) & nodes.c.gone_at.is_(None)
    return [_node(row) for row in tx.conn.execute(update(nodes).where(silent).values(gone_at=at).returning(nodes))]


def forget(tx: Tx, node_id: str) -> None:
    """Remove a node."""
    tx.conn.execute(delete(nodes).where(nodes.c.id == node_id))
