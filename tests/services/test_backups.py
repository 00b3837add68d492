"""Backups that a daemon makes by itself: when they are due, that they can be relied on, and what is said if not."""

import asyncio
import sqlite3
from datetime import UTC, timedelta
from types import SimpleNamespace

import msgspec
import pytest
from sqlalchemy import update

from incidentd.configuration.backup_table import BackupSettings
from incidentd.domain.backups import Keeping, Schedule
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import Secret
from incidentd.services.backups import Backups
from incidentd.services.errors import Conflict
from incidentd.storage import backup_directory, event_log, schema
from incidentd.storage.store import Store

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def in_memory():
    """A backup is made of a file."""
    return False


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def daemon(directory, database_url):
    """What incidentd.toml says."""
    backup = BackupSettings(enabled=True, directory=directory, schedule=Schedule(), keeping=Keeping(newest=2))
    return SimpleNamespace(backup=backup, database_url=Secret(database_url))


@pytest.fixture
async def backups(make_store, daemon):
    """The service on a store that holds an event."""
    one = Backups(await make_store())
    one.follow(lambda: daemon)
    await one._store.write(lambda tx: tx.emit("incident.declared", "incident:1", {"title": "x" * 500}))
    return one


async def told(backups, kind):
    found = await backups._store.read(lambda conn: event_log.after(conn, 0, 1000))
    return [event for event in found if event.kind == kind]


@pytest.fixture
def live(backups, clock):
    """`await live(span)` lets the loop look every minute that matters: at the end of the span."""

    async def until(span):
        clock.advance(span)
        await backups.work()

    return until


async def test_one_is_made_each_night_and_two_are_kept(backups, live, clock, directory):
    await backups.work()
    assert (await backups.list()).backups == ()
    for _ in range(3):
        await live(DAY)
        await live(MINUTE)
    there = await backups.list()
    assert [one.last_seq for one in there.backups] == [3, 2]
    assert there.next_at.astimezone(UTC).strftime("%H:%M") == "03:30"
    assert there.next_at > clock.now()
    assert {one.name for one in directory.iterdir()} == {
        name for one in there.backups for name in (one.file, f"{one.file}.json")
    }
    assert [len(event.data["removed"]) for event in await told(backups, "backup.made")] == [0, 0, 1]
    assert backups.problems() == []
    assert backups.health().count == 2


async def test_it_can_be_started_on(backups, live, directory):
    await live(DAY)
    (made,) = (await backups.list()).backups
    store = await Store.open(f"sqlite:///{directory / made.file}", FakeClock())
    events = await store.read(lambda conn: event_log.after(conn, 0, 100))
    await store.close()
    assert [event.kind for event in events] == ["incident.declared"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_a_server_is_copied_to_a_file_when_that_is_asked_for(backups, live, directory):
    await live(DAY)
    (made,) = (await backups.list()).backups
    assert (made.engine, made.last_seq, made.doubts) == ("postgresql", 1, ())
    store = await Store.open(f"sqlite:///{directory / made.file}", FakeClock())
    assert (await store.read(lambda conn: event_log.after(conn, 0, 100)))[0].data == {"title": "x" * 500}
    await store.close()


def test_by_default_a_server_is_left_to_its_own_tools(directory):
    usual = BackupSettings(directory=directory, schedule=Schedule(), keeping=Keeping())
    assert (usual.scheduled("sqlite"), usual.scheduled("postgresql")) == (True, False)


async def test_one_that_fails_is_told_and_tried_again(backups, live, directory):
    directory.write_text("in the way")
    await live(DAY)
    (alarm,) = backups.problems()
    assert (alarm.code, "cannot be used" in alarm.text) == ("backup-failed", True)
    assert len(await told(backups, "backup.failed")) == 1
    directory.unlink()
    await live(14 * MINUTE)
    assert (await backups.list()).backups == ()
    await live(MINUTE)
    assert len((await backups.list()).backups) == 1
    assert backups.problems() == []


async def test_damage_is_told_with_what_there_is_to_fall_back_on(backups, live, directory):
    await live(DAY)
    assert backups.damage() == []
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    backups._store.damage.look_at(error)
    (alarm,) = backups.damage()
    assert alarm.code == "store-damaged"
    assert f"in {directory}: incidentd restore" in alarm.text


async def test_a_full_disk_is_not_filled_further(backups, live, monkeypatch, directory):
    usage = SimpleNamespace(total=10 * 2**20, used=0, free=2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    await live(DAY)
    (alarm,) = backups.problems()
    assert "stay free" in alarm.text
    assert list(directory.iterdir()) == []


async def test_one_that_does_not_come_is_late_an_hour_after(backups, daemon, clock):
    await backups.work()
    due = backups.health().next_at
    clock.set(due + HOUR)
    assert backups.problems() == []
    clock.set(due + HOUR + MINUTE)
    (alarm,) = backups.problems()
    assert (alarm.code, "there is none" in alarm.text) == ("backup-late", True)
    daemon.backup = msgspec.structs.replace(daemon.backup, enabled=False)
    assert backups.problems() == []


async def test_what_was_tampered_with_is_no_good_backup_and_the_last_good_one_stays(backups, live, directory):
    await live(DAY)
    good = backup_directory.last_good(directory)
    change = update(schema.events).where(schema.events.c.kind == "incident.declared").values(actor="mallory")
    await backups._store.write(lambda tx: tx.conn.execute(change))
    for _ in range(3):
        await live(DAY)
    (alarm,) = backups.problems()
    assert (alarm.code, "the audit chain of INC-1 breaks at record 1" in alarm.text) == ("backup-failed", True)
    assert backup_directory.last_good(directory) == good
    assert len((await backups.list()).backups) == 3


async def test_one_at_a_time_and_at_once_when_asked(backups, clock):
    making = asyncio.create_task(backups.now("ada"))
    await asyncio.sleep(0)
    with pytest.raises(Conflict, match="is being made"):
        await backups.now("lin")
    assert (await making).last_seq == 1
    assert (await told(backups, "backup.made"))[0].actor == "ada"
    assert backups.health().last_at == backups.health().verified_at == clock.now()


async def test_the_end_of_the_daemon_gives_up_what_is_under_way(backups, clock, directory):
    await backups._store.write(lambda tx: [tx.emit("a", "b:1", {"text": "x" * 4000}) for _ in range(3000)])
    making = asyncio.create_task(backups.now("ada"))
    await asyncio.sleep(0)
    await backups.loop.stop()
    with pytest.raises(Conflict, match="the daemon ends"):
        await making
    assert list(directory.iterdir()) == []
    assert await told(backups, "backup.failed") == []
