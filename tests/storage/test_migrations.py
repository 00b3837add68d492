"""The migrations make exactly the tables that the code uses; a database from the future is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from incidentd.storage import migrate
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
    assert {one.revision for one in script.walk_revisions()} == migrate._KNOWN


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
    await store.close()
    with pytest.raises(migrate.SchemaTooNew) as error:
        await make_store()
    assert "9999" in str(error.value)
    assert "restore a backup" in str(error.value)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_damaged_file_is_noticed(make_store, database_url):
    path = Path(database_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    page = 4096
    content[page * 3 : page * 6] = b"\xa5" * (page * 3)
    path.write_bytes(content)
    with pytest.raises(migrate.Damaged, match="restore"):
        await make_store()
