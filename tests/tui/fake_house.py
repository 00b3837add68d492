"""What the fake daemon tells of its store, backups, retention and holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from incidentd.wire import backups as wire_backups
from incidentd.wire import retention as wire_retention
from incidentd.wire import store as wire_store

AT = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)


class FakeHouse:
    """A part of `FakeClient`."""

    health_now: Any

    async def store(self) -> wire_store.StoreSize:
        await self._turn()  # type: ignore[attr-defined]
        events = wire_store.StoreTable(name="events", bytes=300 * 2**20, rows=81_204, oldest=AT)
        empty = wire_store.StoreTable(name="swaps", bytes=8192, rows=0, oldest=None)
        return wire_store.StoreSize(
            measured_at=AT, whole=self.health_now.store, enough_for=6_900.0, tables=(events, empty)
        )

    async def backups(self) -> wire_backups.StoreBackups:
        await self._turn()  # type: ignore[attr-defined]
        made = wire_backups.StoreBackup(
            file="incidentd-20260312T020000Z.backup", made_at=AT, verified_at=AT, seconds=3.2, bytes=41 * 2**20,
            sha256="00", engine="postgresql", version="1.4.0", schema="0044", last_seq=7, last_at=AT, rows=9,
            doubts=("events: 1 page is damaged\x1b]0;x\x07",),
        )  # fmt: skip
        return wire_backups.StoreBackups(
            directory="/var/backups/incidentd", scheduled=True, next_at=AT, disk_free=2**35, failed="", backups=(made,)
        )

    async def retention(self) -> wire_retention.RetentionPolicy:
        await self._turn()  # type: ignore[attr-defined]
        kept = wire_retention.RetentionClass(name="alerts", what="alerts of no incident", days=400)
        removed = wire_retention.RetentionCount(rows=1204, events=0, bytes=2**20)
        run = wire_retention.RetentionRun(
            id=3, state="done", started_at=AT, by="system", at_class="", removed={"alerts": removed}, error="",
            ended_at=AT,
        )  # fmt: skip
        return wire_retention.RetentionPolicy(
            classes=(kept,), at="03:30", zone="UTC", next_at=AT, runs=(run,), whole_from=1, holds=1
        )

    async def holds(self, state: str = "") -> wire_retention.HoldList:
        await self._turn()  # type: ignore[attr-defined]
        held = wire_retention.Hold(
            id=1, subject="incident:311", reason="a court asked for it", by="mei", at=AT, released_at=None,
            released_by="", released_why="",
        )  # fmt: skip
        return wire_retention.HoldList(holds=(held,))
