"""Backups of a SQLite database, made beside a store that goes on writing."""

import asyncio
import sqlite3
import stat
from contextlib import closing

import pytest

from incidentd.plugin.testing import FakeClock
from incidentd.storage import event_log
from incidentd.storage.backup import CannotBackUp, back_up
from incidentd.storage.store import Store


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'live.db'}"


async def test_a_backup_under_writes_is_a_whole_database(url, tmp_path):
    store = await Store.open(url, FakeClock())
    for _ in range(50):
        await store.write(lambda tx: tx.emit("a", "b:1"))
    writing = asyncio.create_task(_write_on(store))
    await asyncio.to_thread(back_up, url, tmp_path / "copy.db")
    await writing
    await store.close()

    restored = await Store.open(f"sqlite:///{tmp_path / 'copy.db'}", FakeClock())
    last = await restored.read(event_log.last_seq)
    events = await restored.read(lambda conn: event_log.after(conn, 0, 1000))
    await restored.close()
    assert last >= 50
    assert [event.seq for event in events] == list(range(1, last + 1))


async def _write_on(store):
    for _ in range(100):
        await store.write(lambda tx: tx.emit("a", "b:1"))


async def test_only_its_owner_can_read_a_backup(url, tmp_path):
    await (await Store.open(url, FakeClock())).close()
    back_up(url, tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.partial")) == []


async def test_a_file_that_exists_is_left_alone(url, tmp_path):
    await (await Store.open(url, FakeClock())).close()
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(CannotBackUp, match="exists"):
        back_up(url, target)
    assert target.read_text() == "mine"


def test_what_is_no_sqlite_database_is_said(tmp_path):
    with pytest.raises(CannotBackUp, match="pg_dump"):
        back_up("postgresql://somebody@host/db", tmp_path / "copy.db")
    with pytest.raises(CannotBackUp, match="there is no database"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(CannotBackUp, match="cannot write"):
        back_up(f"sqlite:///{tmp_path / 'text.db'}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_a_damaged_database_is_refused_at_start(url, tmp_path):
    store = await Store.open(url, FakeClock())
    for _ in range(300):
        await store.write(lambda tx: tx.emit("a", "b:1", {"text": "x" * 500}))
    await store.close()
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(Exception, match=r"damaged|malformed"):
        await Store.open(url, FakeClock())
