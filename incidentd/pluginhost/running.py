"""Calling into plugins: every call is bounded in time, and a failure stays with the one that failed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from incidentd.clock import Clock
from incidentd.domain.checks import CheckState
from incidentd.plugin.adapters import AlertSource, Handler, Notifier, Route, StoreUnavailable
from incidentd.plugin.values import (
    BadRequest,
    Notification,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.pluginhost.vitals import Vitals

T = TypeVar("T")
SEND_SECONDS = 20.0
HANDLER_SECONDS = 10.0
CLOSE_SECONDS = 5.0
_CHECKS_SECONDS = 2.0
_FIRST_RESTART = 1.0
_LAST_RESTART = 300.0
_QUARANTINE_REST = timedelta(seconds=30)
_PROBE_SECONDS = 1.0  # what waits for another's try asks again after that
log = structlog.get_logger("incidentd.plugins")


class RunningNotifier:
    """A notifier instance behind its time limit."""

    def __init__(
        self,
        notifier: Notifier,
        vitals: Vitals,
        clock: Clock,
        seconds: float = SEND_SECONDS,
        *,
        capabilities: Collection[str] = (),
    ) -> None:
        self.notifier = notifier
        self.capabilities = capabilities
        self.vitals = vitals
        self._clock = clock
        self._seconds = seconds
        self._probing = False
        vitals.rest = _QUARANTINE_REST

    async def send(self, notification: Notification) -> Receipt:
        """Send. A quarantined instance rests for half a minute, then one message tries it; the others wait for both."""
        if not self.vitals.quarantined:
            return await self._send(notification)
        wait = self._rests_for()
        if wait > 0 or self._probing:
            raise Quarantined(
                f"{self.vitals.instance} is quarantined: {self.vitals.detail}", retry_after=max(wait, _PROBE_SECONDS)
            )
        self._probing = True
        try:
            return await self._send(notification)
        finally:
            self._probing = False

    async def _send(self, notification: Notification) -> Receipt:
        try:
            async with asyncio.timeout(self._seconds):
                receipt = await contained(self.notifier.send(notification))
        except TimeoutError as error:
            self.vitals.failed("send", f"no answer within {self._seconds:g} s")
            raise NotifierTimeout(f"no answer within {self._seconds:g} s") from error
        except PermanentFailure as error:
            self.vitals.refused("send", error)  # one bad address must not quarantine everybody's notifier
            raise
        except Exception as error:
            self.vitals.failed("send", error)
            raise
        self.vitals.succeeded()
        return receipt

    def _rests_for(self) -> float:
        """Seconds until it may be tried again."""
        last = self.vitals.last_error_at
        return (last + _QUARANTINE_REST - self._clock.now()).total_seconds() if last is not None else 0.0

    def routes(self) -> list[Route]:
        """Its routes with guarded handlers; none when it fails to tell. What they do says nothing of its sending."""
        try:
            declared = list(self.notifier.routes())
        except (Exception, SystemExit) as error:
            self.vitals.note(f"routes: {type(error).__name__}: {error}")
            return []
        return [
            Route(method=one.method, path=one.path, handler=_bounded(one.handler), max_body=one.max_body)
            for one in declared
        ]

    async def close(self) -> None:
        """Release what it holds, within the time limit."""
        await close_quietly(self.notifier.close, self.vitals)


def _bounded(handler: Handler) -> Handler:
    async def bounded(request: WebhookRequest) -> WebhookResponse:
        async with asyncio.timeout(HANDLER_SECONDS):
            return await contained(handler(request))

    return bounded


class Quarantined(TemporaryFailure):
    """It failed so often that it is tried rarely: nothing was sent now."""


class NotifierTimeout(Exception):  # noqa: N818
    """The vendor may or may not have taken the message."""


class RunningSource:
    """A source instance: its guarded routes, and its supervised task."""

    def __init__(self, source: AlertSource, vitals: Vitals, root: bool) -> None:
        self.source = source
        self.vitals = vitals
        self.vitals.condition = source.condition
        self.root = root
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Its routes with guarded handlers; none when it fails to tell."""
        try:
            declared = list(self.source.routes())
        except (Exception, SystemExit) as error:
            self.vitals.failed("routes", error)
            return []
        return [
            Route(method=one.method, path=one.path, handler=self._guarded(one.handler), max_body=one.max_body)
            for one in declared
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: WebhookRequest) -> WebhookResponse:
            try:
                async with asyncio.timeout(HANDLER_SECONDS):
                    response = await contained(handler(request))
            except (BadRequest, StoreUnavailable):  # the sender's fault, and the store's
                raise
            except TimeoutError:
                self.vitals.failed("handler", f"{request.path} took longer than {HANDLER_SECONDS:g} s")
                raise
            except Exception as error:
                self.vitals.failed(f"handler of {request.path}", error)
                raise
            self.vitals.succeeded()
            return response

        return guarded

    async def checks(self) -> Sequence[CheckState]:
        """How its checks stand; none when it fails to tell in time."""
        if type(self.source).checks is AlertSource.checks:
            return ()
        try:
            async with asyncio.timeout(_CHECKS_SECONDS):
                return list(await contained(self.source.checks()))
        except StoreUnavailable:  # the store's fault
            return ()
        except Exception as error:
            self.vitals.failed("checks", error)
            return ()

    async def forget(self, name: str) -> None:
        """Let it delete one of its checks. Raises `BadRequest`, and `StoreUnavailable` when it failed to."""
        try:
            async with asyncio.timeout(HANDLER_SECONDS):
                await contained(self.source.forget(name))
        except (BadRequest, StoreUnavailable):
            raise
        except Exception as error:
            self.vitals.failed("forget", error)
            raise StoreUnavailable(f"{self.vitals.instance} failed to delete it; try again") from error

    def start(self) -> None:
        """Run its task under supervision."""
        if type(self.source).run is not AlertSource.run:
            self._task = asyncio.create_task(self._supervise(), name=f"source-{self.vitals.instance}")

    async def _supervise(self) -> None:
        pause = _FIRST_RESTART
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await contained(self.source.run())
                return  # it said that it is done
            except Exception as error:
                self.vitals.failed("run", error)
                log.warning("source_failed", instance=self.vitals.instance, error=repr(error))
            if asyncio.get_running_loop().time() - began > _LAST_RESTART:
                pause = _FIRST_RESTART  # it ran well for a while
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, _LAST_RESTART)

    async def close(self) -> None:
        """Stop its task and release what it holds, within the time limit."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=CLOSE_SECONDS)
        await close_quietly(self.source.close, self.vitals)


class PluginQuit(Exception):  # noqa: N818
    """A plugin raised SystemExit, which would end the daemon."""


async def contained(call: Awaitable[T]) -> T:
    """What `call` returns. Raises `PluginQuit` where it tried to end the program."""
    try:
        return await call
    except SystemExit as error:
        raise PluginQuit("it tried to end the program") from error


async def close_quietly(close: Callable[[], Awaitable[Any]], vitals: Vitals) -> None:
    """Call an adapter's `close`; nothing it does holds up the daemon's end for long."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await contained(close())
    except Exception as error:
        vitals.failed("close", error)
        log.warning("close_failed", instance=vitals.instance, error=repr(error))
