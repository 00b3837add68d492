"""Moving a store from SQLite to PostgreSQL and back, while no daemon has either."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from incidentd.configuration.store_address import POSTGRESQL, BadAddress, check, engine_of, sqlite_file
from incidentd.instance import AlreadyRunning, InstanceLock, StateUnwritable
from incidentd.storage import migrate
from incidentd.storage.backup import half_restored
from incidentd.storage.connecting import Connecting, engine_url, lead
from incidentd.storage.engines import open_backend
from incidentd.storage.store_copy import CannotCopy, Compared, compare, copy

T = TypeVar("T")
Tell = Callable[[str, int], None]
_LOOKS = 10
_OTHERS = text(
    "SELECT count(*), string_agg(DISTINCT coalesce(nullif(application_name, ''), 'unnamed') || ' at '"
    " || coalesce(host(client_addr), 'a local socket'), ', ') FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


async def move(source: str, target: str, tell: Tell) -> list[Compared]:
    """Copy a store to an empty database of the other engine, all or nothing; what was compared before the commit.

    Raises `CannotCopy`.
    """
    _check(source, target)
    _exists(source)
    await _make_schema(target)

    def run(here: Connection, there: Connection) -> list[Compared]:
        _same_schema(here, "source")
        _alone(here, there)
        copy(here, there, tell)
        found = compare(here, there)
        if wrong := [one.table for one in found if not one.same]:
            raise CannotCopy(f"what arrived differs in {', '.join(wrong)}: nothing was kept")
        return found

    return await _between(source, target, run, write=True)


async def verify(source: str, target: str) -> list[Compared]:
    """Compare two stores row by row. Raises `CannotCopy` when one cannot be read."""
    _check(source, target)
    _exists(source)
    _exists(target)

    def run(here: Connection, there: Connection) -> list[Compared]:
        _same_schema(here, "source")
        _same_schema(there, "target")
        _alone(here, there)
        return compare(here, there)

    return await _between(source, target, run, write=False)


async def copy_to_file(source: str, target: Path) -> list[Compared]:
    """Copy one state of a PostgreSQL store, which goes on meanwhile, to a new SQLite file. Raises `CannotCopy`."""
    url = URL.create("sqlite", database=str(target)).render_as_string()
    await _make_schema(url)

    def run(here: Connection, there: Connection) -> list[Compared]:
        copy(here, there)
        return compare(here, there)

    return await _between(source, url, run, write=True)


async def size_of_server(url: str) -> int:
    """How many bytes a PostgreSQL database takes. Raises `CannotCopy`."""
    engine = _server(url)
    try:
        async with engine.connect() as conn:
            found: int = (await conn.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
            return found
    except (DBAPIError, OSError) as error:
        raise CannotCopy(f"the database cannot be read: {getattr(error, 'orig', error)}") from error
    finally:
        await engine.dispose()


def _check(source: str, target: str) -> None:
    for which, url in (("FROM", source), ("TO", target)):
        try:
            check(url)
        except BadAddress as error:
            raise CannotCopy(f"{which} {error}: {error.remedy}") from error
    if engine_of(source) == engine_of(target):
        tool = {"sqlite": "`incidentd backup` and `restore`", "postgresql": "pg_dump and pg_restore"}
        raise CannotCopy(f"both are {engine_of(source)}: use {tool[engine_of(source)]}")


def _exists(url: str) -> None:
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise CannotCopy(f"there is no database at {file}")


def _server(url: str) -> AsyncEngine:
    engine = create_async_engine(engine_url(url), poolclass=NullPool)
    lead(engine, Connecting(url).open)
    return engine


async def _make_schema(url: str) -> None:
    """Bring the target to the present schema; an empty one gets it."""
    try:
        backend = open_backend(url)
        try:
            await migrate.prepare(backend)
        finally:
            await backend.close()
    except (migrate.SchemaTooNew, migrate.Damaged, migrate.CannotReach) as error:
        raise CannotCopy(f"the target: {error}") from error
    except (DBAPIError, OSError) as error:
        raise CannotCopy(f"the target cannot be used: {getattr(error, 'orig', error)}") from error


def _same_schema(conn: Connection, which: str) -> None:
    found = migrate.revision(conn)
    if found != migrate.HEAD:
        has = f"schema {found}" if found else "no schema"
        raise CannotCopy(f"the {which} has {has}, this incidentd {migrate.HEAD}: run `incidentd migrate` on it first")


def _alone(*connections: Connection) -> None:
    """No daemon may be connected: what it wrote meanwhile would be missing."""
    for conn in connections:
        if conn.dialect.name == "postgresql":
            count, who = _others(conn)
            if count:
                raise CannotCopy(
                    f"{count} others are connected to the PostgreSQL database ({who}): stop every node first"
                )


def _others(conn: Connection) -> tuple[int, str]:
    """How many others are connected, and who; our own earlier connections may take a moment to end."""
    count, who = 0, ""
    for _ in range(_LOOKS):
        conn.execute(text("SELECT pg_stat_clear_snapshot()"))
        count, who = conn.execute(_OTHERS).one()
        if not count:
            break
        conn.execute(text("SELECT pg_sleep(0.2)"))
    return count, who


async def _between(source: str, target: str, run: Callable[[Connection, Connection], T], *, write: bool) -> T:
    """Run with a connection to each, each in one transaction, that of the target committed at the end."""
    to_server = engine_of(target) == POSTGRESQL
    server, file = (target, source) if to_server else (source, target)
    engine = _server(server)
    level = "READ COMMITTED" if to_server and write else "REPEATABLE READ"
    try:
        with _sqlite(sqlite_file(file) or Path(), write=write and not to_server) as lite:
            async with engine.connect() as opened:
                conn = await opened.execution_options(isolation_level=level)
                found = await conn.run_sync(lambda pg: run(lite, pg) if to_server else run(pg, lite))
                if write and to_server:
                    await conn.commit()
                return found
    except (DBAPIError, OSError, sqlite3.Error) as error:
        raise CannotCopy(f"it was broken off, and nothing was kept: {getattr(error, 'orig', error)}") from error
    finally:
        await engine.dispose()


@contextmanager
def _sqlite(file: Path, *, write: bool) -> Iterator[Connection]:
    """A SQLite database that nobody else has open; what is written is committed when all went well."""
    if half := half_restored(f"sqlite:///{file}"):
        raise CannotCopy(half)
    lock = InstanceLock(file.parent) if (file.parent / "lock").exists() else None
    engine = create_engine("sqlite://", creator=lambda: _opened(file, write=write), poolclass=NullPool)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        if lock is not None:
            lock.acquire()
        with engine.connect() as conn, conn.begin() as transaction:
            yield conn
            if not write:
                transaction.rollback()
    except (AlreadyRunning, StateUnwritable) as error:
        raise CannotCopy(str(error)) from error
    finally:
        if lock is not None:
            lock.release()
        engine.dispose()


def _opened(file: Path, *, write: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=2, isolation_level=None)
    # In this mode SQLite refuses a file that anybody else has open.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE").close()
    connection.execute("PRAGMA foreign_keys=OFF").close()
    if write:
        connection.execute("PRAGMA synchronous=FULL").close()
    return connection
