"""Reading in parts: a generator of queries, each of which whoever drives it runs and sends the answer of back.

What lies between two queries touches no connection: a daemon does it in a thread, so that neither is in the way of a
response, however long the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from incidentd.storage.store import Store

T = TypeVar("T")
Query = Callable[[Connection], Any]
Steps = Generator[Query, Any, T]


def parts(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`rows` in parts of `size`."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def rows_of(query: Callable[..., Sequence[Any]], size: int = 500, number: str = "id") -> Steps[list[Any]]:
    """Every row of a query that takes (connection, after, limit) and answers in the order of a number."""
    found: list[Any] = []
    after = 0
    while True:
        some = yield partial(_some, query, after, size)
        found += some
        if len(some) < size:
            return found
        after = getattr(some[-1], number)


def _some(query: Callable[..., Sequence[Any]], after: int, size: int, conn: Connection) -> Sequence[Any]:
    return query(conn, after=after, limit=size)


def on_connection(steps: Steps[T], conn: Connection) -> T:
    """All of it at once, for whoever is inside of a transaction already."""
    answer: Any = None
    while True:
        try:
            query = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = query(conn)


async def of_store(steps: Steps[T], store: Store) -> T:
    """Each query in a read of its own, what lies between them in a thread."""
    answer: Any = None
    while True:
        query, done = await asyncio.to_thread(_next, steps, answer)
        if query is None:
            return done  # type: ignore[no-any-return]
        answer = await store.read(query)


def _next(steps: Steps[T], answer: Any) -> tuple[Query | None, Any]:
    try:
        return steps.send(answer), None
    except StopIteration as end:
        return None, end.value
