"""Backups as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.wire.backups import StoreBackup, StoreBackups

NOW = datetime(2026, 3, 14, 3, 30, tzinfo=UTC)
MADE = StoreBackup(
    file="incidentd-20260314T033000Z.db", made_at=NOW, verified_at=NOW, seconds=1.5, bytes=3_000_000, sha256="ab" * 32,
    engine="sqlite", version="0.1.0", schema="0043", last_seq=7000, last_at=NOW, rows=20_000, doubts=(),
)  # fmt: skip


class Backups:
    async def list(self):
        return StoreBackups(
            directory="/var/lib/incidentd/backups",
            scheduled=True,
            next_at=NOW,
            disk_free=10**9,
            failed="",
            backups=(MADE,),
        )

    async def now(self, actor):
        return MADE
