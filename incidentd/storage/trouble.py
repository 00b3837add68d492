"""Which errors mean that the store itself cannot be used, as opposed to a command that was wrong."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

_SQLITE = {
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY,
}  # fmt: skip
_POSTGRESQL = ("08", "25006", "53", "57P", "58", "XX001", "XX002")
"""Beginnings of SQLSTATEs: the connection, a read-only server, no resources, a shutdown, input and output, damage."""


def is_trouble(error: BaseException) -> bool:
    """Whether nothing else could have been stored either."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_of_driver(error.orig)
    return isinstance(error, (OSError, TimeoutError))


def is_input_output(error: BaseException) -> bool:
    """Whether SQLite could not read or write a file: what the operating system has of it is not to be trusted."""
    code = getattr(error.orig, "sqlite_errorcode", 0) if isinstance(error, DBAPIError) else 0
    return bool(code & 0xFF == sqlite3.SQLITE_IOERR)


def _is_of_driver(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _SQLITE  # the low byte is the primary code
    return str(getattr(error, "sqlstate", None) or "").startswith(_POSTGRESQL) or isinstance(error, OSError)
