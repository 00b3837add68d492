"""Restoring a backup: checked first, atomic, the replaced database kept, and a daemon goes on with it."""

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from incidentd.cli.daemon import main
from incidentd.instance import InstanceLock
from incidentd.plugin.testing import FakeClock
from incidentd.storage import event_log, migrate
from incidentd.storage.backup import back_up, restoring
from incidentd.storage.backup_directory import make
from incidentd.storage.portable import of_store
from incidentd.storage.restore import CannotRestore, plan, put_in_place
from incidentd.storage.store import Store

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path, sqlite_template) -> Path:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, state / "incidentd.db")
    return state / "incidentd.db"


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def write(file: Path, count: int) -> None:
    """Add events in one commit."""

    def command(tx):
        for _ in range(count):
            tx.emit("a", "b:1", {"text": "x" * 500})

    async def run():
        store = await Store.open(url_of(file), FakeClock())
        await store.write(command)
        await store.close()

    asyncio.run(run())


def seqs(file: Path) -> int:
    """The last event, once the database was opened as a daemon does it."""

    async def run():
        store = await Store.open(url_of(file), FakeClock())
        last = await store.read(event_log.last_seq)
        await store.close()
        return last

    return asyncio.run(run())


def crash(file: Path) -> None:
    """Leave one more event in the log beside the database, as kill -9 does."""

    async def run():
        store = await Store.open(url_of(file), FakeClock())
        await store.write(lambda tx: tx.emit("late", "b:1"))
        left = {end: Path(f"{file}{end}").read_bytes() for end in ("", "-wal")}
        await store.close()
        for end, content in left.items():
            Path(f"{file}{end}").write_bytes(content)

    asyncio.run(run())


def damage(file: Path, page: int = 3, pages: int = 3) -> None:
    content = bytearray(file.read_bytes())
    content[page * 4096 : (page + pages) * 4096] = b"\xa5" * (pages * 4096)
    file.write_bytes(content)


def run(tmp_path: Path, *arguments: str):
    (tmp_path / "incidentd.toml").write_text(
        f'[daemon]\nstate_dir = "{tmp_path / "state"}"\nruntime_dir = "{tmp_path / "run"}"\n'
    )
    command, *rest = arguments
    return CliRunner().invoke(main, [command, "--config", str(tmp_path), *rest])


def test_the_backup_takes_the_place_of_the_database_which_is_kept(database, tmp_path):
    write(database, 20)
    assert run(tmp_path, "backup", str(tmp_path / "b.db")).exit_code == 0
    write(database, 5)
    answer = run(tmp_path, "restore", "--yes", str(tmp_path / "b.db"))
    assert answer.exit_code == 0, answer.output
    assert "events up to 20" in answer.output
    assert "5 events since" in answer.output
    (aside,) = [one for one in database.parent.glob("*.replaced-*") if not one.name.endswith(("-wal", "-shm"))]
    assert str(aside) in answer.output
    assert seqs(database) == 20
    assert seqs(aside) == 25
    assert not restoring(database).exists()


def test_what_stands_in_the_log_of_the_replaced_database_does_not_get_into_the_restored_one(database, tmp_path):
    """As a crash leaves it: the end of the database is in its write-ahead log."""
    write(database, 20)
    back_up(url_of(database), tmp_path / "b.db")
    crash(database)
    chosen = plan(tmp_path / "b.db", database)
    assert chosen.present.last_seq == 21
    aside = put_in_place(chosen, now=NOW, send_waiting=False)
    assert seqs(database) == 20
    assert aside is not None
    assert seqs(aside) == 21


def test_a_database_that_is_damaged_is_replaced(database, tmp_path):
    write(database, 100)
    back_up(url_of(database), tmp_path / "b.db")
    damage(database, 0, 5)
    answer = run(tmp_path, "restore", "--yes", str(tmp_path / "b.db"))
    assert answer.exit_code == 0, answer.output
    assert "the present database cannot be read" in answer.output
    assert seqs(database) == 100


def test_a_database_that_is_gone_is_replaced(database, tmp_path):
    write(database, 3)
    back_up(url_of(database), tmp_path / "b.db")
    database.unlink()
    answer = run(tmp_path, "restore", "--yes", str(tmp_path / "b.db"))
    assert "there is no database" in answer.output
    assert seqs(database) == 3


def test_nothing_is_changed_while_a_daemon_runs_or_somebody_says_no(database, tmp_path):
    write(database, 3)
    back_up(url_of(database), tmp_path / "b.db")
    before = database.read_bytes()
    lock = InstanceLock(database.parent)
    lock.acquire()
    answer = run(tmp_path, "restore", "--yes", str(tmp_path / "b.db"))
    assert (answer.exit_code, "another incidentd" in answer.output) == (69, True)
    lock.release()
    answer = run(tmp_path, "restore", str(tmp_path / "b.db"))  # an end of input is no yes
    assert (answer.exit_code, "nothing was changed" in answer.output) == (69, True)
    assert database.read_bytes() == before
    assert list(database.parent.glob("*replaced*")) == []


@pytest.fixture
def kept(database, tmp_path) -> Path:
    """A backup in the directory of backups."""
    write(database, 100)
    how = of_store(url_of(database), threading.Event())
    made = make(database.parent / "backups", how.copy, room=how.room, engine="sqlite", version="1", now=NOW)
    return database.parent / "backups" / made.file


def test_a_backup_that_changed_after_it_was_made_is_refused(database, kept):
    """A changed text is no damage that SQLite could find."""
    with closing(sqlite3.connect(kept)) as conn:
        conn.execute("UPDATE events SET actor = 'mallory' WHERE seq = 1")
        conn.commit()
    with pytest.raises(CannotRestore, match="SHA-256"):
        plan(kept, database)


@pytest.mark.parametrize("how", ["damaged", "cut", "text", "other", "none", "itself", "in use", "newer"])
def test_what_cannot_be_restored_is_refused(database, tmp_path, how):
    write(database, 100)
    file = tmp_path / "b.db"
    back_up(url_of(database), file)
    if how == "damaged":
        damage(file)
    elif how == "cut":
        file.write_bytes(file.read_bytes()[: 40 * 4096])
    elif how == "text":
        file.write_text("no database" * 1000)
    elif how == "other":
        file.unlink()
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("CREATE TABLE t (x)")
    elif how == "none":
        file.unlink()
    elif how == "itself":
        file = database
    elif how == "in use":
        Path(f"{file}-wal").write_text("x")
    else:
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("UPDATE alembic_version SET version_num = '9999'")
            conn.commit()
    before = database.read_bytes()
    answer = run(tmp_path, "restore", "--yes", str(file))
    assert answer.exit_code == 69
    assert answer.output.startswith("incidentd: ")
    assert len(answer.output.splitlines()) == 1
    assert database.read_bytes() == before


def test_a_restore_that_ended_half_way_is_not_started_on_and_can_be_run_again(database, kept, monkeypatch):
    replaced = Path.rename

    def power_fails(self, target):
        if target == database:
            raise OSError("power")
        return replaced(self, target)

    monkeypatch.setattr(Path, "rename", power_fails)
    with pytest.raises(CannotRestore, match="run this again"):
        put_in_place(plan(kept, database), now=NOW, send_waiting=False)
    monkeypatch.undo()
    with pytest.raises(migrate.Damaged, match="did not end"):
        seqs(database)
    put_in_place(plan(kept, database), now=NOW + timedelta(seconds=1), send_waiting=False)
    assert seqs(database) == 100


@pytest.mark.parametrize("page", [0, 1, 4, 40])
def test_a_damaged_database_ends_the_start_with_the_name_of_the_last_good_backup(database, kept, tmp_path, page):
    damage(database, page, 2)
    answer = run(tmp_path, "serve")
    assert answer.exit_code == 69
    assert "damaged" in answer.output
    assert f"incidentd restore {kept}" in answer.output
    assert "events up to 100" in answer.output


def test_where_there_is_no_backup_that_is_said(database, tmp_path):
    write(database, 100)
    damage(database)
    answer = run(tmp_path, "migrate")
    assert (answer.exit_code, "there is no good backup" in answer.output) == (69, True)
