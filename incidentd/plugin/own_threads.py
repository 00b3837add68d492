"""Calls that may never return, each on a thread of its own.

The threads that a program shares for such calls are few: a name server that is silent, asked for a handful of names,
holds all of them, and then everybody waits. A thread of its own holds up nobody, nor the end of the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def on_own_thread(call: Callable[[], T], name: str) -> T:
    """What `call` returns or raises. Whoever stops waiting leaves the thread behind; it ends with its call."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            outcome = _settled(answer, call())
        except BaseException as error:
            outcome = _broken(answer, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await answer


def _settled(answer: asyncio.Future[T], value: T) -> Callable[[], None]:
    return lambda: None if answer.done() else answer.set_result(value)


def _broken(answer: asyncio.Future[T], error: BaseException) -> Callable[[], None]:
    if isinstance(error, StopIteration):  # no future takes it
        error = RuntimeError("it raised StopIteration")
    return lambda: None if answer.done() else answer.set_exception(error)
