"""The store: SQLite's file and its log, or PostgreSQL. Opened for reading only; nothing is migrated."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from incidentd.configuration.store_address import sqlite_file
from incidentd.doctor import servers
from incidentd.doctor.schema import revision
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning
from incidentd.plugin.values import Secret

_SECONDS = 5.0
_OLDEST_SQLITE = (3, 37)
_LARGE_LOG = 256 * 2**20


def look(url: Secret, *, deep: bool = False) -> Iterator[Finding]:
    """The checks of whatever store is configured."""
    file = sqlite_file(url.reveal())
    yield from servers.look(url.reveal()) if file is None else _sqlite(file, deep=deep)


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
    yield revision(found[0] if found else None)
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
