"""Plain SQL for the hot paths: Core's statement objects cost more per row than SQLite itself.

Statements are written with `?`, booleans as TRUE and FALSE; both engines understand the rest alike. Times are bound as
microseconds and JSON as text, as `incidentd.storage.columns` would do it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from incidentd.storage.tx import Tx

_QUESTION = re.compile(r"\?")


@lru_cache(maxsize=64)
def numbered(sql: str) -> str:
    """`?` placeholders as asyncpg's `$1`, `$2` ..."""
    numbers = count(1)
    return _QUESTION.sub(lambda _: f"${next(numbers)}", sql)


def query(tx: Tx, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
    """All rows of a query."""
    return tx.conn.exec_driver_sql(numbered(sql) if tx.is_postgresql else sql, values).all()


def run_many(tx: Tx, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once for each tuple of values; nothing when there is none."""
    if rows:
        tx.conn.exec_driver_sql(numbered(sql) if tx.is_postgresql else sql, list(rows))
