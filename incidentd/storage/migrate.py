"""Bring a database to the present schema, or refuse it clearly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from incidentd.domain.display import safe_line
from incidentd.storage import meta as meta_rows
from incidentd.storage import notices
from incidentd.storage.damage import is_damage
from incidentd.storage.engines import Backend
from incidentd.storage.schema import meta
from incidentd.storage.tx import Tx

HEAD = "0045"
"""The newest revision in `migrations/versions` (a test compares)."""
COMPATIBLE_FROM = "0044"
"""The oldest revision whose program works on a database of `HEAD`, beside programs of `HEAD` (a test compares).

A migration that only adds leaves it alone: nodes are then upgraded one after the other. One that takes something away,
or asks of every row what an older program does not write, raises it, and nodes that are older end when it has run.
"""
_WHY = 300
_OLDEST = "schema_compatible_from"  # in the table of single values
MIGRATIONS = Path(__file__).parent / "migrations"
KNOWN = frozenset(f"{number:04}" for number in range(1, int(HEAD) + 1))
"""Every revision that this program can bring to the newest."""


class SchemaTooNew(Exception):  # noqa: N818
    """The database was written by a newer incidentd, and is beyond what this one can work on."""


class Damaged(Exception):  # noqa: N818
    """SQLite's quick_check found damage; restore a backup."""


class CannotReach(Exception):  # noqa: N818
    """The database server does not answer or lets nobody in, or the file cannot be written: look at `[storage] url`."""


def revision(conn: Connection) -> str | None:
    """The schema revision of a database, None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _check(conn: Connection) -> bool:
    """True when a migration is due."""
    if why := outgrown(conn):
        raise SchemaTooNew(why)
    found = revision(conn)
    return found is None or (found in KNOWN and found != HEAD)


def outgrown(conn: Connection) -> str:
    """Why this program cannot work on the database, in words; "" when it can, also on a newer one that allows it."""
    found = revision(conn)
    if found is None or found in KNOWN:
        return ""
    oldest = conn.execute(select(meta.c.value).where(meta.c.name == _OLDEST)).scalar_one_or_none()
    if oldest in KNOWN:
        return ""
    works = f", and works with programs that know {oldest}" if oldest else ""
    return (
        f"the database has schema {found}{works}; this incidentd knows up to {HEAD}: start the newer incidentd, "
        "or restore a backup from before the upgrade"
    )


def _quick_check(conn: Connection) -> None:
    answer = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if answer != "ok":
        raise Damaged(f"the database is damaged ({' '.join(answer.split())}): restore the latest backup")


def upgrade(conn: Connection, to: str = "head") -> None:
    """Run the migrations that are due, in one transaction."""
    # Alembic costs 360 ms to import, so it is loaded only when there is something to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL lock_timeout = 0"))
            conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            conn.execute(text("SELECT pg_advisory_xact_lock(7305)"))  # two nodes may start at once
        config.attributes["connection"] = conn
        command.upgrade(config, to)
        meta_rows.put(Tx(conn, datetime.now(UTC)), _OLDEST, COMPATIBLE_FROM)
        if conn.dialect.name == "postgresql":
            conn.execute(*notices.telling("migration", "schema"))  # older nodes look whether they still can work on it


async def prepare(backend: Backend) -> None:
    """Migrate and check. Raises `SchemaTooNew`, `Damaged` and `CannotReach`."""
    try:
        await _prepare(backend)
    except DBAPIError as error:
        if is_damage(error):
            raise Damaged(f"the database is damaged ({error.orig}): restore the latest backup") from error
        raise


async def _prepare(backend: Backend) -> None:
    try:
        due = await backend.write_alone(_due)
    except (OSError, DBAPIError) as error:
        if backend.name != "postgresql" and not isinstance(error, OSError):
            raise
        why = safe_line(str(getattr(error, "orig", error)), _WHY)
        raise CannotReach(f"the database of [storage] url cannot be used: {why}") from error
    if due:
        await backend.write_alone(upgrade)
    elif backend.check_due:
        await backend.write_alone(_checked)


def _due(conn: Connection) -> bool:
    with conn.begin():
        return _check(conn)


def _checked(conn: Connection) -> None:
    with conn.begin():
        _quick_check(conn)
