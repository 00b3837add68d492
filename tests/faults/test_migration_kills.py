"""A migration that is killed at any instant: nothing is half, and the next start finishes it."""

import asyncio
import random
import time

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from incidentd.storage import migrate
from incidentd.storage.engines import open_backend
from incidentd.storage.store import Store

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

OLD = "0012"
ROWS = 3000


async def on_writer(url, action):
    backend = open_backend(url)
    try:
        return await backend.write_alone(action)
    finally:
        await backend.close()


def make_old(conn):
    """The schema of an old version, with rows in it."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    with conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, OLD)
        rows = [{"name": f"n{number}", "value": str(number) * 50} for number in range(ROWS)]
        conn.execute(text("INSERT INTO meta (name, value) VALUES (:name, :value)"), rows)


def wipe(conn):
    with conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))


def state(conn):
    """(revision, tables, rows)"""
    with conn.begin():
        tables = {name for name in inspect(conn).get_table_names() if "_fts" not in name and "_text" not in name}
        rows = conn.execute(text("SELECT count(*) FROM meta WHERE name LIKE 'n%'")).scalar_one()
        return migrate.revision(conn), frozenset(tables), rows


async def test_a_killed_migration_leaves_nothing_half(
    daemon, program, engine_name, empty_database_url, clock, tmp_path, experiment, runs
):
    url = empty_database_url
    (tmp_path / "database-url").write_text(url)
    daemon.configure(main=f'[storage]\nurl = {{ file = "{tmp_path / "database-url"}" }}\n')
    environ = {"HOME": str(tmp_path), "INCIDENTD_CONFIG_DIR": str(daemon.config), "PATH": "/usr/bin:/bin"}

    async def begin():
        return await asyncio.create_subprocess_exec(
            program, "migrate", env=environ, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )

    async def make_anew():
        if engine_name == "sqlite":
            for path in tmp_path.glob("empty.db*"):
                path.unlink()
        else:
            await on_writer(url, wipe)
        await on_writer(url, make_old)

    await make_anew()
    before = await on_writer(url, state)
    began = time.monotonic()
    whole = await begin()
    assert await whole.wait() == 0, await whole.stderr.read()
    seconds = time.monotonic() - began
    after = await on_writer(url, state)
    assert (before[0], after[0]) == (OLD, migrate.HEAD)
    await make_anew()
    chance, kills, finished = random.Random(7), runs(50, 3), 0
    for _ in range(kills):
        process = await begin()
        await asyncio.sleep(chance.uniform(0.3, 1.0) * seconds)
        if process.returncode is None:
            process.kill()
        await process.wait()
        found = await on_writer(url, state)
        assert found in (before, after)
        if found == after:
            finished += 1
            await make_anew()
    store = await Store.open(url, clock)  # as a start does: it brings the schema up, and checks the file
    await store.close()
    assert await on_writer(url, state) == after
    experiment(
        f"a migration of {int(migrate.HEAD) - int(OLD)} steps killed, {engine_name}",
        runs=kills,
        missed=None,
        aimed="nothing half, the next start finishes it",
        seen=f"{kills - finished} rolled back, {finished} had finished; {ROWS} rows kept",
    )
