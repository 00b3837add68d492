"""Bring a database to the present schema, or refuse it clearly."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from incidentd.storage.engines import Backend

HEAD = "0043"
"""The newest revision in `migrations/versions` (a test compares)."""
_KNOWN = frozenset(f"{number:04}" for number in range(1, int(HEAD) + 1))


class SchemaTooNew(Exception):  # noqa: N818
    """The database was written by a newer incidentd."""


class Damaged(Exception):  # noqa: N818
    """SQLite's quick_check found damage; restore a backup."""


def revision(conn: Connection) -> str | None:
    """The schema revision of a database, None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _check(conn: Connection) -> bool:
    """True when a migration is due."""
    found = revision(conn)
    if found is not None and found not in _KNOWN:
        raise SchemaTooNew(
            f"the database has schema {found}, this incidentd knows up to {HEAD}: start the newer incidentd, "
            "or restore a backup from before the upgrade"
        )
    return found != HEAD


def _quick_check(conn: Connection) -> None:
    answer = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if answer != "ok":
        raise Damaged(f"the database is damaged ({answer}): restore the latest backup")


def upgrade(conn: Connection) -> None:
    """Run the migrations that are due, in one transaction."""
    # Alembic costs 360 ms to import, so it is loaded only when there is something to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL lock_timeout = 0"))
            conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            conn.execute(text("SELECT pg_advisory_xact_lock(7305)"))  # two nodes may start at once
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


async def prepare(backend: Backend) -> None:
    """Migrate and check. Raises `SchemaTooNew` or `Damaged`."""
    if await backend.write_alone(_due):
        await backend.write_alone(upgrade)
    elif backend.check_due:
        await backend.write_alone(_checked)


def _due(conn: Connection) -> bool:
    with conn.begin():
        return _check(conn)


def _checked(conn: Connection) -> None:
    with conn.begin():
        _quick_check(conn)
