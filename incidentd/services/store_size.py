"""How large the store is, how fast it grows, and whether its disk will do."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain import store_growth
from incidentd.domain.byte_sizes import readable
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.store_growth import Room
from incidentd.services.workers import Loop
from incidentd.storage import sizes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire.store import StoreHealth, StoreSize, StoreTable

_EVERY = timedelta(hours=6)
_LOOK = timedelta(minutes=1)
_FRESH = timedelta(minutes=5)  # SQLite reads the whole file to tell the sizes of its tables


class StoreSizes:
    """Implements `operation_contracts.StoreCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._measuring = asyncio.Lock()
        self._measured: StoreSize | None = None
        self._looked_at: datetime | None = None
        self._room: Room | None = None
        self.loop = Loop("store size", self.work)

    async def work(self) -> float | None:
        """Look every minute what the disk has left; note the size four times a day, on whichever node is first."""
        now = self._store.clock.now()
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + _LOOK:
            return None
        self._looked_at = now
        self._room = room(await self._store.read(store_health))
        noted = await self._store.read(sizes.last_noted)
        if noted is None or noted <= now - _EVERY:
            used = (await self._store.read(sizes.whole)).used
            await self._store.write(lambda tx: _note(tx, used))
        return None

    def problems(self) -> list[OwnAlarm]:
        """What the disk will not do, told ahead."""
        left = self._room
        if left is None or not left.is_short:
            return []
        free = f"the disk of the store has {readable(left.free)} left"
        if left.is_full:
            return [OwnAlarm("store-full", f"{free}: soon nothing can be stored, and senders are refused")]
        grows = f", grows {readable(left.growth)} a day" if left.growth else ""
        return [
            OwnAlarm(
                "store-grows",
                f"{free}; the store takes {readable(left.used)}{grows}: "
                f"a backup and a week more need {readable(left.needed)}",
            )
        ]

    async def size(self) -> StoreSize:
        """The store by table, at most some minutes old."""
        async with self._measuring:
            now = self._store.clock.now()
            if self._measured is None or not now - _FRESH < self._measured.measured_at <= now:
                tables = await self._store.read(sizes.all_tables)
                whole = await self._store.read(store_health)
                self._measured = StoreSize(
                    measured_at=now,
                    whole=whole,
                    enough_for=_enough_for(whole),
                    tables=tuple(StoreTable(**msgspec.structs.asdict(one)) for one in tables),
                )
            return self._measured


def _note(tx: Tx, used: int) -> None:
    noted = sizes.last_noted(tx.conn)
    if noted is None or noted <= tx.now - _EVERY:
        sizes.note(tx, used, tx.now - store_growth.KEPT)


def store_health(conn: Connection) -> StoreHealth:
    """The store as a whole."""
    whole = sizes.whole(conn)
    return StoreHealth(
        engine="postgresql" if conn.dialect.name == "postgresql" else "sqlite",
        bytes=whole.used,
        reusable=whole.reusable,
        growth_a_day=store_growth.growth_a_day(sizes.samples(conn)),
        disk_free=whole.disk_free,
        disk_size=whole.disk_size,
    )


def room(of: StoreHealth) -> Room | None:
    """What its disk has left; None where that is unknown."""
    if of.disk_free is None:
        return None
    return Room(used=of.bytes, free=of.disk_free + of.reusable, growth=of.growth_a_day)


def _enough_for(of: StoreHealth) -> float | None:
    left = room(of)
    return left.days if left is not None else None
