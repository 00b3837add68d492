"""The nodes that share one database: each gives signs of life, and any of them notices when one has gone.

A sign of life is a row: it survives whoever wrote it, needs no connection between nodes, and shows what a node that is
cut off from the database cannot do. No node leads; a node that is gone is noticed by whoever looks first.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd import wire
from incidentd.domain import nodes as rules
from incidentd.domain.nodes import Node, State
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.services.errors import NotFound, Refused
from incidentd.services.workers import Loop
from incidentd.storage import leases, migrate, nodes
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx
from incidentd.wire import nodes as wire_nodes


class Myself(msgspec.Struct, frozen=True, kw_only=True):
    """What a node says of itself that may change while it runs."""

    version: str = ""
    process: str = ""
    addresses: tuple[str, ...] = ()
    alike: Mapping[str, str] = {}


class Nodes:
    """Implements `operation_contracts.NodeCalls`. `node` is its name and its state directory (`settings.lease_owner`).

    `outgrown` is called once the database was migrated beyond what this program can work on.
    """

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self._id = node
        self._run = uuid.uuid4().hex
        self._started_at: datetime | None = None
        self._offset = timedelta()
        self._next: datetime | None = None
        self._said: Myself | None = None
        self._seen: tuple[Node, ...] = ()
        self._looked_at: datetime | None = None  # by the database's clock
        self._alone = store.engine == "sqlite"
        self.myself: Callable[[], Myself] = Myself
        self.outgrown: Callable[[str], None] = lambda _: None
        self.loop = Loop("nodes", self.work)
        store.on_heard["schema"] = lambda _: self._at_once()

    # ------------------------------------------------------------------ signs of life
    async def start(self) -> None:
        """Say that this node runs."""
        self._started_at = await self._store.write(self._begin)
        await self._look()

    async def work(self) -> float | None:
        """Give a sign of life when one is due or there is news, and look at the others."""
        now, me = self._store.clock.now(), self.myself()
        waits = self._next is not None and self._next - rules.BEAT_ALONE < now < self._next
        if waits and me == self._said:
            return None
        self._said = me
        self._next = now + (rules.BEAT_ALONE if self._alone else rules.BEAT)
        if why := await self._store.read(migrate.outgrown):
            self.outgrown(why)
            return None
        steady = await self._store.write(self._beat)
        await self._look()
        if steady:  # who was away itself cannot tell: all may have been, with the database
            await self._stand_in()
        return None

    def _at_once(self) -> None:
        self._next = None
        self.loop.wake()

    async def stop(self) -> None:
        """Say that this node ends as it should, as far as the database can be told."""
        if self._started_at is None:
            return
        try:
            await self._store.write(self._end)
        except (SQLAlchemyError, StoreClosed, OSError):
            return  # it will be called gone

    def _says(self, seen_at: datetime, started_at: datetime) -> Node:
        name, _, _ = self._id.rpartition(":")
        me = self.myself()
        return Node(
            id=self._id,
            name=name or self._id,
            run=self._run,
            host=socket.gethostname(),
            version=me.version,
            schema=migrate.HEAD,
            api_version=wire.API_VERSION,
            process=me.process,
            addresses=me.addresses,
            alike=me.alike,
            clock_offset=self._offset,
            started_at=started_at,
            seen_at=seen_at,
        )

    def _begin(self, tx: Tx) -> datetime:
        now = nodes.now(tx.conn, tx.now)
        before = nodes.find(tx, self._id)
        me = self._says(now, now)
        for other in nodes.listed(tx.conn):
            # A file has one node, whatever it was called; elsewhere a node that has moved to another directory is not
            # missing where it was.
            if other.id != self._id and (self._alone or (other.name == me.name and not other.alive(now))):
                nodes.forget(tx, other.id)
        nodes.put(tx, me)
        ended = "" if before is None else str(before.state(now))
        tx.emit("node.started", f"node:{me.name}", {"version": me.version, "host": me.host, "found": ended})
        return now

    def _beat(self, tx: Tx) -> bool:
        """Whether the sign before this one was given in time."""
        now = nodes.now(tx.conn, tx.now)
        found = nodes.find(tx, self._id)
        if found is not None and found.run != self._run:
            nodes.contest(tx, self._id, socket.gethostname(), now)
            return False
        me = self._says(now, self._started_at or now)
        if found is not None:
            me = msgspec.structs.replace(me, contested_by=found.contested_by, contested_at=found.contested_at)
            if found.gone_at is not None:
                away = (now - found.seen_at).total_seconds()
                tx.emit("node.returned", f"node:{me.name}", {"away": round(away)})
        nodes.put(tx, me)
        return found is not None and now - found.seen_at <= rules.LATE

    def _end(self, tx: Tx) -> None:
        now = nodes.now(tx.conn, tx.now)
        if nodes.stop(tx, self._id, self._run, now):
            tx.emit("node.stopped", f"node:{self._id.rpartition(':')[0] or self._id}")

    async def _look(self) -> None:
        """See how all nodes stand, and how far the clock here is ahead of the database's."""

        def read(conn: Connection) -> tuple[tuple[Node, ...], datetime]:
            return tuple(nodes.listed(conn)), nodes.now(conn, self._store.clock.now())

        self._seen, now = await self._store.read(read)
        self._looked_at = now
        self._offset = timedelta() if self._alone else self._store.clock.now() - now

    async def _stand_in(self) -> None:
        """What a silent node was sending does not wait for its lease; that it is gone is said once."""
        assert self._looked_at is not None
        stands = {one.id: one.state(self._looked_at) for one in self._seen if one.gone_at is None}
        silent = [node for node, state in stands.items() if state in (State.LATE, State.GONE)]
        if silent:
            await self._store.write(lambda tx: [leases.take_back(tx, node) for node in silent])
        if State.GONE in stands.values():
            await self._store.write(self._say_gone)

    def _say_gone(self, tx: Tx) -> None:
        for one in nodes.find_gone(tx, nodes.now(tx.conn, tx.now)):
            tx.emit("node.gone", f"node:{one.name}", {"seen_at": one.seen_at, "version": one.version})

    # ------------------------------------------------------------------ what others ask
    def others(self) -> list[Node]:
        """Those that gave signs of life when the database was last seen."""
        return [one for one in self._seen if one.id != self._id and one.stopped_at is None and one.gone_at is None]

    def problems(self) -> list[OwnAlarm]:
        """What is wrong between the nodes, as of the last look."""
        return [] if self._looked_at is None else rules.problems(self._seen, self._looked_at)

    async def list(self) -> wire_nodes.Nodes:
        """All nodes, as they are now."""

        def read(conn: Connection) -> tuple[list[Node], datetime, str | None]:
            return nodes.listed(conn), nodes.now(conn, self._store.clock.now()), migrate.revision(conn)

        found, now, schema = await self._store.read(read)
        alive = rules.living(found, now)
        return wire_nodes.Nodes(
            nodes=tuple(self._shown(one, alive, now) for one in found),
            engine=self._store.engine,
            schema=schema or "",
            problems=tuple(one.text for one in rules.problems(found, now)),
            note=rules.note(alive),
        )

    def _shown(self, node: Node, alive: Sequence[Node], now: datetime) -> wire_nodes.Node:
        return wire_nodes.Node(
            id=node.id,
            name=node.name,
            state=node.state(now),
            here=node.run == self._run,
            host=node.host,
            version=node.version,
            schema=node.schema,
            api_version=node.api_version,
            process=node.process,
            addresses=node.addresses,
            started_at=node.started_at,
            seen_at=node.seen_at,
            stopped_at=node.stopped_at,
            clock_offset=round(node.clock_offset.total_seconds(), 3),
            differs=tuple(rules.differs_in(node, alive)) if node in alive else (),
        )

    async def forget(self, name: str, *, actor: str) -> wire_nodes.Nodes:
        """Let nobody wait for the node `name` any more. Raises `NotFound`; `Refused` while it gives signs of life."""
        await self._store.write(partial(self._forget, name, actor))
        await self._look()
        return await self.list()

    def _forget(self, name: str, actor: str, tx: Tx) -> None:
        now = nodes.now(tx.conn, tx.now)
        named = [one for one in nodes.listed(tx.conn) if one.name == name]
        if not named:
            raise NotFound(f"there is no node {name}")
        silent = [one for one in named if not one.alive(now)]
        if not silent:
            remedy = "stop it first; one that was killed can be forgotten a minute later"
            raise Refused(f"node {name} gives signs of life", remedy=remedy)
        for one in silent:
            nodes.forget(tx, one.id)
        tx.emit("node.forgotten", f"node:{name}", {"seen_at": silent[0].seen_at}, actor=actor)
