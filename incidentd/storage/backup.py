"""A backup of a SQLite database while the daemon runs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url


class CannotBackUp(Exception):  # noqa: N818
    """The backup was not made; the message says why and what to do."""


def back_up(url: str, target: Path) -> None:
    """Write a whole, consistent copy of the database at `url` to `target`. Raises `CannotBackUp`.

    VACUUM INTO reads one snapshot, so writers go on; stepping through pages would start again at each of their
    commits. The copy appears under its name only when it is complete and on the disk.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise CannotBackUp("this database is PostgreSQL: use pg_dump")
    source = Path(parsed.database or "")
    if not source.is_file():
        raise CannotBackUp(f"there is no database at {source}")
    if target.exists():
        raise CannotBackUp(f"{target} exists: name a file that does not, or remove it")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.touch(mode=0o600, exist_ok=False)  # it holds what people wrote; VACUUM INTO takes an empty file
        with closing(sqlite3.connect(source, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),))
        _check(partial)
        _sync(partial)
        partial.rename(target)
        _sync(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise CannotBackUp(f"cannot write {target}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _check(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise CannotBackUp(f"the copy is damaged ({answer}): is the disk well?")


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
