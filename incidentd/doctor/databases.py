"""The store: SQLite's file and its log, or the PostgreSQL server. Opened for reading only; nothing is migrated."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from incidentd.domain.checkup import Finding, ok, problem, skipped, warning
from incidentd.plugin.values import Secret
from incidentd.storage.backup import sqlite_file
from incidentd.storage.migrate import HEAD
from incidentd.storage.postgresql import hosts

_SECONDS = 5.0
_OLDEST_SQLITE = (3, 37)
_LARGE_LOG = 256 * 2**20
_OLDEST_SERVER = 130000
_SKEW_SECONDS = 1.0


def look(url: Secret, *, deep: bool = False) -> Iterator[Finding]:
    """The checks of whatever store is configured."""
    file = sqlite_file(url.reveal())
    if file is not None:
        yield from _sqlite(file, deep=deep)
        return
    for address in hosts(url.reveal()):
        yield from _postgresql(make_url(address))


# ------------------------------------------------------------------ SQLite
def _sqlite(path: Path, *, deep: bool) -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        yield problem("sqlite", f"SQLite {version} is too old", "statements fail", "install Python with a newer SQLite")
    else:
        yield ok("sqlite", f"SQLite {version}")
    if not path.exists():
        readable = os.access(path.parent, os.X_OK) if path.parent.exists() else True
        yield (
            ok("database", f"{path} is made at the first start")
            if readable
            else skipped("database", f"{path} is not yours to look at")
        )
        return
    yield from _file(path)
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_SECONDS)) as connection:
            yield from _inside(connection, path, deep=deep)
    except sqlite3.DatabaseError as error:
        means = "the daemon does not start, or cannot store"
        remedy = (
            "restore the latest backup: incidentctl runbook store-damaged"
            if "malformed" in str(error)
            else f"ls -l {path}*"
        )
        yield problem("database", f"{path} cannot be read: {error}", means, remedy)


def _file(path: Path) -> Iterator[Finding]:
    found = path.stat()
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        means = "it holds what people wrote about incidents, and the keys of signed links"
        yield problem(
            "database", f"{path} is open to others (mode {stat.S_IMODE(found.st_mode):o})", means, f"chmod 600 {path}*"
        )
    log = Path(f"{path}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > _LARGE_LOG:
        means = "a reader keeps it from being taken in; it grows until the disk is full"
        yield warning(
            "write-ahead-log", f"{log} has {size // 2**20} MiB", means, "restart the daemon; end other readers"
        )
    else:
        yield ok("write-ahead-log", f"{size / 2**20:.1f} MiB")


def _inside(connection: sqlite3.Connection, path: Path, *, deep: bool) -> Iterator[Finding]:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        means = "readers and the writer wait for each other"
        yield warning("database", f"the journal mode is {mode}, not wal", means, "start the daemon, which sets it")
    has = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has else None
    yield _revision(found[0] if found else None)
    if deep:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        means = "what is read from the damaged part is wrong or missing"
        yield (
            ok("damage", f"quick_check of {path} is ok")
            if answer == "ok"
            else problem("damage", f"{path} is damaged: {answer}", means, "incidentctl runbook store-damaged")
        )
    else:
        yield skipped("damage", "quick_check reads the whole database: --deep does it")


def _revision(found: str | None) -> Finding:
    if found is None:
        return ok("schema", "the database is empty: it is made at the first start")
    if found == HEAD:
        return ok("schema", f"schema {found}")
    if found > HEAD:
        means = "the daemon refuses to start on it"
        return problem(
            "schema", f"schema {found} is newer than {HEAD} of this program", means, "start the newer incidentd"
        )
    return ok("schema", f"schema {found}; the next start brings it to {HEAD}")


# ------------------------------------------------------------------ PostgreSQL
def _postgresql(url: URL) -> Iterator[Finding]:
    place = url.render_as_string(hide_password=True)
    try:
        found = asyncio.run(_ask(url))
    except Exception as error:  # the driver raises what the network and the server say
        said = str(error).replace(url.password, "***") if url.password else str(error)
        means = "nothing can be stored; senders get 503"
        remedy = "is the server up? the address, the network, pg_hba.conf, the password in the secret's file"
        yield problem("postgresql", f"{place} cannot be reached: {type(error).__name__}: {said[:200]}", means, remedy)
        return
    yield from _server(place, found)
    yield _revision(None if found["revision"] is None else str(found["revision"]))


async def _ask(url: URL) -> dict[str, object]:
    import asyncpg  # type: ignore[import-untyped]

    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn, timeout=_SECONDS, command_timeout=_SECONDS)
    try:
        before = datetime.now(UTC)
        row = await connection.fetchrow(_QUESTION)
        after = datetime.now(UTC)
        has = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        revision = await connection.fetchval("SELECT version_num FROM alembic_version") if has else None
    finally:
        await connection.close()
    skew = (row["at"] - (before + (after - before) / 2)).total_seconds()
    return {**dict(row), "revision": revision, "skew": skew}


_QUESTION = """
SELECT clock_timestamp() AS at, current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS number, current_setting('server_encoding') AS encoding,
       has_schema_privilege(current_schema(), 'CREATE') AS may_create, pg_is_in_recovery() AS follows,
       current_setting('synchronous_commit') AS synchronous, current_setting('fsync') AS fsync
"""


def _server(place: str, found: dict[str, object]) -> Iterator[Finding]:
    version, skew = found["version"], float(str(found["skew"]))
    if int(str(found["number"])) < _OLDEST_SERVER:
        yield problem("postgresql", f"PostgreSQL {version} is too old", "statements fail", "upgrade it to 13 or newer")
    else:
        yield ok("postgresql", f"{place} answers: PostgreSQL {version}")
    if found["encoding"] != "UTF8":
        means, remedy = "a text in another script cannot be stored", "CREATE DATABASE incidentd ENCODING 'UTF8'"
        yield problem("postgresql", f"the encoding is {found['encoding']}", means, remedy)
    if not found["may_create"]:
        means = "the schema cannot be made or migrated"
        yield problem(
            "postgresql", "this user may not make tables", means, "GRANT CREATE ON SCHEMA public TO incidentd"
        )
    if found["follows"]:
        means, remedy = "nothing can be stored on it", "let [storage] url lead to the primary"
        yield problem("postgresql", "this server is a standby", means, remedy)
    if found["fsync"] != "on" or found["synchronous"] == "off":
        means = "what was acknowledged may be lost by a power cut"
        yield problem("postgresql", "fsync or synchronous_commit is off", means, "set both to on in postgresql.conf")
    said = f"its clock differs by {skew:+.2f} s from this machine's"
    means, remedy = "leases of nodes end too early or too late", "timedatectl set-ntp true on both"
    yield warning("postgresql", said, means, remedy) if abs(skew) > _SKEW_SECONDS else ok("postgresql", said)
