"""The store: the one way to change and to read durable state."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from incidentd.clock import Clock
from incidentd.storage.batch import Command, Committed, Job
from incidentd.storage.damage import Damage
from incidentd.storage.engines import Backend, open_backend
from incidentd.storage.trouble import is_trouble
from incidentd.storage.tx import Wake
from incidentd.wire import Event

T = TypeVar("T")
log = structlog.get_logger("incidentd.storage")
_MAX_BATCH = 512
HANGS = 10.0
"""A commit that takes so many seconds of the machine's, whatever the clock does, counts as failing."""


class StoreClosed(Exception):  # noqa: N818
    """The store is closing; nothing more can be written."""


class Store:
    """Queues commands for one writer task and answers each after its commit.

    `on_commit` callbacks get the events of every commit in seq order; `on_wake` callbacks tell a worker that it has
    something to do, also when another node left it. `on_elsewhere` callbacks hear that another node committed, and
    `on_heard` ones, by topic, what another node told and nobody stored. All run on the event loop and must be quick.
    """

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self.backend = backend
        self.clock = clock
        self.damage = Damage(clock)
        self.on_commit: list[Callable[[list[Event]], None]] = []
        self.on_wake: dict[Wake, Callable[[], None]] = {}
        self.on_elsewhere: list[Callable[[], None]] = []
        self.on_heard: dict[str, Callable[[str], None]] = {}
        self._jobs: deque[Job[Any]] = deque()
        self._work = asyncio.Event()
        self._closing = False
        self._failing_since: datetime | None = None
        self._committing_since: tuple[datetime, float] | None = None  # by the clock, and by one that nobody sets
        self._writer = asyncio.create_task(self._write_batches(), name="store-writer")

    @classmethod
    async def open(cls, url: str, clock: Clock, state_dir: Path | None = None) -> Store:
        """Open, migrate and check the database. Raises `migrate.SchemaTooNew` and `migrate.Damaged`."""
        from incidentd.storage import backup, migrate

        if half := backup.half_restored(url):
            raise migrate.Damaged(half)
        backend = open_backend(url, state_dir)
        try:
            await migrate.prepare(backend)
        except BaseException:
            await backend.close()
            raise
        store = cls(backend, clock)
        backend.listen(store._elsewhere, store._heard)
        return store

    @property
    def engine(self) -> str:
        """sqlite or postgresql."""
        return self.backend.name

    @property
    def closed(self) -> bool:
        """True once `close` was called."""
        return self._closing

    def trouble(self) -> str:
        """Why nothing can be stored or read now, in words; "" while the database answers."""
        return self.backend.reach.trouble()

    @property
    def suspect(self) -> bool:
        """Whether the disk failed: this process has to make room for one that opens the database anew."""
        return self.backend.suspect

    async def disk_takes_writes(self) -> bool:
        """Whether the next process could open the database."""
        return await self.backend.takes_writes()

    @property
    def failing_since(self) -> datetime | None:
        """Since when nothing can be written, as far as it was tried; None when the store is well."""
        began = self._committing_since
        hangs = began is not None and time.monotonic() - began[1] >= HANGS
        return self._failing_since or (began[0] if began and hangs else None)

    async def write(self, command: Command[T]) -> T:
        """Run `command` in the next commit and return its result once that is durable; raises what it raised."""
        if self._closing:
            raise StoreClosed
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(Job(command, future))
        self._work.set()
        return await future

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` on a read connection."""
        try:
            return await self.backend.read(query)
        except DBAPIError as error:
            self.damage.look_at(error)
            raise

    async def tell(self, topic: str, text: str) -> None:
        """Let the other nodes hear `text`, at most 7,000 bytes, in `on_heard` of `topic`: at most once, if ever."""
        await self.backend.tell(f"{topic} {text}")

    async def _write_batches(self) -> None:
        while not (self._closing and not self._jobs):
            if not self._jobs:
                self._work.clear()
                await self._work.wait()
                continue
            batch = [self._jobs.popleft() for _ in range(min(len(self._jobs), _MAX_BATCH))]
            batch = [job for job in batch if not job.future.cancelled()]
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[Job[Any]]) -> None:
        self._committing_since = self.clock.now(), time.monotonic()
        try:
            done = await self.backend.commit([job.command for job in batch], self.clock)
        except Exception as error:  # the connection broke: nobody was told that anything is durable
            self._note([error])
            for job in batch:
                _answer(job, (False, error))
            return
        self._note([value for good, value in done.outcomes if not good], wrote=bool(done.events))
        self._publish(done)
        for job, outcome in zip(batch, done.outcomes, strict=True):
            _answer(job, outcome)

    def _note(self, errors: Sequence[BaseException], *, wrote: bool = False) -> None:
        """Keep whether the store itself is in trouble. A commit that had nothing to write proves nothing."""
        began, self._committing_since = self._committing_since, None
        for error in errors:
            self.damage.look_at(error)
        if any(map(is_trouble, errors)):
            self._failing_since = self._failing_since or (began[0] if began else self.clock.now())
        elif wrote:
            self._failing_since = None

    def _publish(self, done: Committed) -> None:
        if done.events:
            for listener in self.on_commit:
                _told(lambda listener=listener: listener(done.events))  # type: ignore[misc]
        for who in done.wakes:
            if wake := self.on_wake.get(who):
                wake()

    def _elsewhere(self) -> None:
        for wake in (*self.on_wake.values(), *self.on_elsewhere):
            wake()

    def _heard(self, told: str) -> None:
        topic, _, text = told.partition(" ")
        if topic in self.on_heard:
            _told(lambda: self.on_heard[topic](text))

    async def close(self) -> None:
        """Commit what was queued, then close every connection."""
        self._closing = True
        self._work.set()
        await self._writer
        await self.backend.close()


def _told(call: Callable[[], None]) -> None:
    """A listener's fault must not end the writer: what it heard of is durable, and others wait for their turn."""
    try:
        call()
    except Exception as error:
        log.error("listener_failed", error=repr(error))


def _answer(job: Job[Any], outcome: tuple[bool, Any]) -> None:
    if job.future.done():  # the caller was cancelled meanwhile; its change is durable all the same
        return
    good, value = outcome
    if good:
        job.future.set_result(value)
    else:
        job.future.set_exception(value)
