"""The migrations make exactly the tables that the code uses; a database from the future is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from incidentd.storage import meta, migrate
from incidentd.storage.engines import open_backend
from incidentd.storage.schema_library import SUFFIX, TEXTS
from incidentd.storage.tables import metadata

MIGRATIONS = Path(migrate.__file__).parent / "migrations"


async def on_writer(url, action):
    backend = open_backend(url)
    try:
        return await backend.write_alone(action)
    finally:
        await backend.close()


def test_the_newest_migration_is_the_one_the_code_expects():
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [migrate.HEAD]
    assert {one.revision for one in script.walk_revisions()} == migrate.KNOWN


async def test_the_migrations_make_the_tables_of_the_schema(make_store, empty_database_url):
    await make_store(url=empty_database_url)

    def differences(conn):
        # Alembic knows no virtual tables; `facts` compares them by their statements.
        virtual = tuple(f"{name}{SUFFIX}" for name in TEXTS)
        known = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or not name.startswith(virtual),
        }
        return compare_metadata(MigrationContext.configure(conn, opts=known), metadata)

    assert await on_writer(empty_database_url, differences) == []


def facts(conn):
    """Every column, key and index, with what compare_metadata does not look at: keys and conditions of indexes."""
    look = inspect(conn)
    found: dict[str, Any] = {}
    for table in metadata.tables:
        columns = [(one["name"], str(one["type"]), one["nullable"]) for one in look.get_columns(table)]
        foreign = sorted((one["constrained_columns"], one["referred_table"]) for one in look.get_foreign_keys(table))
        primary = look.get_pk_constraint(table)["constrained_columns"]
        indexes = {one["name"]: index_facts(one) for one in look.get_indexes(table)}
        found[table] = (columns, primary, foreign, indexes)
    if conn.dialect.name == "sqlite":
        query = f"SELECT name, sql FROM sqlite_master WHERE name LIKE '%{SUFFIX}%'"
        found["search"] = sorted(map(tuple, conn.execute(text(query))))
    return found


def index_facts(index):
    options = index.get("dialect_options", {})
    condition = options.get("sqlite_where", options.get("postgresql_where"))
    return index["column_names"], bool(index["unique"]), None if condition is None else str(condition)


async def test_the_migrations_make_what_the_schema_would_make(make_store, empty_database_url):
    await make_store(url=empty_database_url)
    migrated = await on_writer(empty_database_url, facts)

    def recreate(conn):
        with conn.begin():
            metadata.drop_all(conn)
            metadata.create_all(conn)

    await on_writer(empty_database_url, recreate)
    created = await on_writer(empty_database_url, facts)
    assert migrated == created
    statements = created.pop("search", [])
    assert len([name for name, _ in statements if name.endswith(SUFFIX)]) in (0, len(TEXTS))
    conditions = [one[2] for *_, indexes in created.values() for one in indexes.values() if one[2]]
    assert len(conditions) >= 5


async def test_an_empty_database_is_migrated_once(make_store, empty_database_url):
    await make_store(url=empty_database_url)
    again = await make_store(url=empty_database_url)
    revision = await again.read(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    assert revision == migrate.HEAD


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_two_nodes_that_start_at_once_migrate_once(make_store, empty_database_url):
    await asyncio.gather(*(make_store(url=empty_database_url) for _ in range(2)))


async def test_a_newer_schema_is_refused_and_left_alone(make_store, database_url):
    store = await make_store()
    await store.write(lambda tx: tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    await store.write(lambda tx: tx.conn.execute(text("DELETE FROM meta")))
    await store.close()
    with pytest.raises(migrate.SchemaTooNew) as error:
        await make_store()
    assert "9999" in str(error.value)
    assert "restore a backup" in str(error.value)


def from_the_future(oldest):
    """As a newer program leaves a database: it works with programs that know `oldest`."""

    def command(tx):
        tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        meta.put(tx, "schema_compatible_from", oldest)

    return command


async def test_an_older_program_works_on_a_newer_schema_that_allows_it(make_store):
    store = await make_store()
    await store.write(from_the_future(migrate.HEAD))
    assert await store.read(migrate.outgrown) == ""
    await store.close()
    again = await make_store()
    await again.write(lambda tx: tx.emit("told", "b:1"))
    assert await again.read(migrate.revision) == "9999", "it does not migrate back"


async def test_an_older_program_beyond_the_window_is_told_while_it_runs_and_refused_at_a_start(make_store):
    store = await make_store()
    await store.write(from_the_future("9998"))
    why = await store.read(migrate.outgrown)
    assert "has schema 9999, and works with programs that know 9998; this incidentd knows up to" in why
    await store.close()
    with pytest.raises(migrate.SchemaTooNew, match="works with programs that know 9998"):
        await make_store()


async def test_a_migration_leaves_how_old_a_program_may_be(make_store):
    store = await make_store()
    oldest = await store.write(lambda tx: meta.get(tx, "schema_compatible_from"))
    assert oldest == migrate.COMPATIBLE_FROM
    assert oldest in migrate.KNOWN


def contractions(before, after):
    """What an older program misses in a newer schema, or does not know that it has to give."""
    found = [f"{table} is gone" for table in before if table not in after]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        found += [f"{table}.{column} is gone" for column in old if column not in new]
        found += [f"{table}.{column} must be given" for column, must in new.items() if must and not old.get(column)]
    return sorted(found)


def test_what_an_older_program_cannot_work_with_is_found():
    before = {"a": {"x": True, "y": False, "z": True}, "b": {}}
    after = {"a": {"x": True, "y": True, "new": True, "free": False}, "c": {"x": True}}
    assert contractions(before, after) == ["a.new must be given", "a.y must be given", "a.z is gone", "b is gone"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_oldest_program_of_the_window_finds_all_it_knows(empty_database_url):
    def schema(conn):
        with conn.begin():
            look = inspect(conn)
            return {
                table: {one["name"]: not one["nullable"] and one["default"] is None for one in look.get_columns(table)}
                for table in look.get_table_names()
            }

    def both(conn):
        migrate.upgrade(conn, to=migrate.COMPATIBLE_FROM)
        before = schema(conn)
        migrate.upgrade(conn)
        return contractions(before, schema(conn))

    found = await on_writer(empty_database_url, both)
    assert found == [], "expand before you contract, or raise migrate.COMPATIBLE_FROM"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_damaged_file_is_noticed(make_store, database_url):
    path = Path(database_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    page = 4096
    content[page * 3 : page * 6] = b"\xa5" * (page * 3)
    path.write_bytes(content)
    with pytest.raises(migrate.Damaged, match="restore"):
        await make_store()
