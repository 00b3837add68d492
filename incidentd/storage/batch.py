"""Group commit: many commands in one transaction, each answered after the commit.

All commands of a batch share one transaction without savepoints. When one raises, the batch is rolled back and every
command runs again in a transaction of its own, so a bad command fails alone and costs nothing while there is none.
After an error of input or output nothing is tried again: after a flush that failed, the next one may succeed although
what the first one should have written is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from incidentd.clock import Clock
from incidentd.storage import event_log
from incidentd.storage.trouble import is_input_output
from incidentd.storage.tx import Tx, Wake
from incidentd.wire import Event

T = TypeVar("T")
Command = Callable[[Tx], T]

_RETRIES = 5
_RETRYABLE_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock


class Job(Generic[T]):
    """A command and where its answer goes."""

    __slots__ = ("command", "future")

    def __init__(self, command: Command[T], future: asyncio.Future[T]) -> None:
        self.command = command
        self.future = future


class Committed:
    """What a batch left: answers in the order of the commands, the numbered events, and who has work."""

    __slots__ = ("events", "outcomes", "wakes")

    def __init__(self) -> None:
        self.outcomes: list[tuple[bool, Any]] = []  # (True, result) or (False, exception)
        self.events: list[Event] = []
        self.wakes: set[Wake] = set()


Seal = Callable[[Tx], None]
"""What is done last in a transaction that left events or wake-ups."""


def _run_together(conn: Connection, commands: Sequence[Command[Any]], clock: Clock, seal: Seal | None) -> Committed:
    done = Committed()
    with conn.begin():
        tx = Tx(conn, clock.now())
        done.outcomes = [(True, command(tx)) for command in commands]
        done.events = event_log.append_pending(tx)
        if seal is not None and (done.events or tx.wakes):
            seal(tx)
    done.wakes = tx.wakes
    return done


def _worth_retrying(error: DBAPIError) -> bool:
    """A race with another node: a row both inserted, a deadlock, a serialization failure."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", "") in _RETRYABLE_SQLSTATES


def _run_alone(conn: Connection, command: Command[Any], clock: Clock, seal: Seal | None, done: Committed) -> None:
    for attempt in range(_RETRIES):
        try:
            alone = _run_together(conn, [command], clock, seal)
        except DBAPIError as error:
            if attempt + 1 < _RETRIES and not error.connection_invalidated and _worth_retrying(error):
                continue
            done.outcomes.append((False, error))
            return
        except Exception as error:
            done.outcomes.append((False, error))
            return
        done.outcomes += alone.outcomes
        done.events += alone.events
        done.wakes |= alone.wakes
        return


def run_batch(conn: Connection, commands: Sequence[Command[Any]], clock: Clock, seal: Seal | None = None) -> Committed:
    """Run and commit `commands`; never raises for a command's own fault."""
    if len(commands) > 1:
        try:
            return _run_together(conn, commands, clock, seal)
        except Exception as error:  # the guilty one is found, and answered, below
            if conn.invalidated or is_input_output(error):
                raise
    done = Committed()
    for number, command in enumerate(commands, start=1):
        _run_alone(conn, command, clock, seal, done)
        good, value = done.outcomes[-1]
        if not good and is_input_output(value):  # nor is anything else tried on this connection
            done.outcomes += [(False, value)] * (len(commands) - number)
            break
    return done
