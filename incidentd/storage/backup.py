"""A backup of a SQLite database while the daemon runs, and the proof that it can be restored."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from incidentd.clock import from_micros
from incidentd.configuration.store_address import sqlite_file
from incidentd.domain.audit import GENESIS, link, plain
from incidentd.domain.backups import Snapshot
from incidentd.storage import event_log

_PAGES = 1024
"""How many are copied before the copy is flushed: what is written in one go holds up the commits of the daemon."""
_SHARE = 0.5
"""Of its time a copy rests so much: the disk is the daemon's first."""


class CannotBackUp(Exception):  # noqa: N818
    """The backup was not made; the message says why and what to do."""


class Unusable(Exception):  # noqa: N818
    """A file is no backup that can be restored; the message says why."""


def restoring(database: Path) -> Path:
    """The name of a copy that is about to take the place of a database; see `incidentd.storage.restore`."""
    return database.with_name(f"{database.name}.restoring")


def half_restored(url: str) -> str:
    """Why the database at `url` must not be opened: a restore of it did not end. "" when none is under way."""
    file = sqlite_file(url)
    if file is None or not restoring(file).exists():
        return ""
    return f"a restore of {file} did not end: run `incidentd restore FILE` again"


def back_up(url: str, target: Path, stop: threading.Event | None = None) -> Snapshot:
    """Write a whole, consistent copy of the database at `url` to `target`; returns what it holds.

    The copy is opened as a database of its own and compared with the state that was copied before it gets its name.
    When `stop` is set meanwhile it is given up. Raises `CannotBackUp`.
    """
    source = sqlite_file(url)
    if source is None:
        raise CannotBackUp("this database is PostgreSQL: use pg_dump")
    if not source.is_file():
        raise CannotBackUp(f"there is no database at {source}")
    if target.exists():
        raise CannotBackUp(f"{target} exists: name a file that does not, or remove it")
    with appearing(target) as partial:
        taken = _copy(source, partial, stop or threading.Event())
        found = look_into(partial)
        if differences := taken.differences(found):
            raise CannotBackUp(f"the copy is not what was copied ({'; '.join(differences[:3])}): is the disk well?")
    return taken


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A file to write that gets the name `target` once it is complete and on the disk. Raises `CannotBackUp`."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.touch(mode=0o600, exist_ok=False)  # it holds what people wrote
        yield partial
        sync(partial)
        partial.rename(target)
        sync(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise CannotBackUp(f"cannot write {target}: {error}") from error
    except Unusable as error:
        raise CannotBackUp(f"the copy cannot be restored: {error}; is the disk well?") from error
    finally:
        partial.unlink(missing_ok=True)


def _copy(source: Path, partial: Path, stop: threading.Event) -> Snapshot:
    """Copy one state, and say what it was. The transaction stays open, so that no commit makes it begin anew."""
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as conn:
        conn.execute("PRAGMA query_only=ON")
        conn.execute("BEGIN")
        taken = snapshot(conn)
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # it is flushed as it grows, and has no name until it is whole
            with closing(_Pace(partial, stop)) as pace:
                conn.backup(copy, pages=_PAGES, progress=pace.after_pages)
            copy.execute("PRAGMA journal_mode=DELETE")  # a file by itself, for any place and any reader
        conn.execute("COMMIT")
    return taken


class _Pace:
    """Flushes a growing file and rests between its parts."""

    def __init__(self, file: Path, stop: threading.Event) -> None:
        self._stop = stop
        self._fd = os.open(file, os.O_RDONLY)
        self._began = time.monotonic()

    def after_pages(self, _status: int, _remaining: int, _total: int) -> None:
        os.fdatasync(self._fd)
        took = time.monotonic() - self._began
        if self._stop.wait(took * _SHARE / (1 - _SHARE)):
            raise CannotBackUp("it was given up, for the daemon ends")
        self._began = time.monotonic()

    def close(self) -> None:
        os.close(self._fd)


def snapshot(conn: sqlite3.Connection) -> Snapshot:
    """What the database of a connection holds. Raises `Unusable` when it is none of incidentd's."""
    names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    if not {"alembic_version", "events", "counters"} <= set(names):
        raise Unusable("it is no database of incidentd")
    rows = {name: _one(conn, f'SELECT count(*) FROM "{name}"') for name in names}  # noqa: S608 - names of tables
    last_at = _one(conn, "SELECT at FROM events ORDER BY seq DESC LIMIT 1")
    return Snapshot(
        schema=str(_one(conn, "SELECT version_num FROM alembic_version")),
        last_seq=_one(conn, "SELECT value FROM counters WHERE name = 'event_seq'") or 0,  # type: ignore[arg-type]
        last_at=None if last_at is None else from_micros(last_at),  # type: ignore[arg-type]
        rows=rows,  # type: ignore[arg-type]
    )


def _one(conn: sqlite3.Connection, query: str) -> object:
    row = conn.execute(query).fetchone()
    return None if row is None else row[0]


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A file that nobody writes, read as it is. Raises `Unusable`."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as conn:
            yield conn
    except sqlite3.Error as error:
        raise Unusable(f"{file} cannot be read: {error}") from error


def look_into(file: Path) -> Snapshot:
    """What a database that nobody uses holds, when it is whole. Raises `Unusable`."""
    with _opened(file) as conn:
        answer = _one(conn, "PRAGMA quick_check(1)")
        if answer != "ok":
            raise Unusable(f"{file} is damaged ({' '.join(str(answer).split())})")
        return snapshot(conn)


def broken_chains(file: Path) -> list[str]:
    """The incidents of a database whose chain of hashes does not fit their events, in words. Raises `Unusable`.

    An event that is gone breaks nothing here: retention may have taken it, and the counts of rows are compared.
    """
    query = (
        "SELECT c.incident_id, c.n, c.hash, e.seq, e.at, e.actor, e.kind, e.subject, e.data FROM incident_chain c"
        " LEFT JOIN events e ON e.seq = c.seq ORDER BY c.incident_id, c.n"
    )
    broken: dict[int, int] = {}
    with _opened(file) as conn:
        previous, of_incident = GENESIS, None
        for incident_id, n, digest, *stored in conn.execute(query):
            if incident_id != of_incident:
                previous, of_incident = GENESIS, incident_id
            if stored[0] is not None:
                (event,) = event_log.read_raw([tuple(stored)])  # type: ignore[list-item]
                if link(previous, plain(event)) != digest:
                    broken.setdefault(incident_id, n)
            previous = digest
    return [f"the audit chain of INC-{number} breaks at record {n}" for number, n in broken.items()]


def sync(path: Path) -> None:
    """Flush a file or a directory to the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
