"""Calling into plugins: every call is bounded in time, and a failure stays with the one that failed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Sequence

import msgspec
import structlog

from incidentd.clock import Clock
from incidentd.domain.checks import CheckState
from incidentd.plugin.adapters import AlertSource, Handler, Notifier, Route, StoreUnavailable
from incidentd.plugin.chat import Announcement, ChatChannel, RoomOrder
from incidentd.plugin.issues import IssueChannel, IssueOrder
from incidentd.plugin.support import Outgoing, SupportChannel
from incidentd.plugin.values import (
    BadRequest,
    Notification,
    PermanentFailure,
    Receipt,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.pluginhost.contained import CLOSE_SECONDS, close_quietly, contained
from incidentd.pluginhost.pace import answering
from incidentd.pluginhost.sending import SEND_SECONDS, Sender
from incidentd.pluginhost.vitals import Vitals

HANDLER_SECONDS = 10.0
_CHECKS_SECONDS = 2.0
_FIRST_RESTART = 1.0
_LAST_RESTART = 300.0
_SETTLED = 10.0
"""A task that runs for so long runs again."""
log = structlog.get_logger("incidentd.plugins")


class RunningNotifier:
    """A notifier instance: what it sends, and the routes by which its vendor reports."""

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
        self._sender: Sender[Notification] = Sender(notifier, vitals, clock, seconds)

    async def send(self, notification: Notification) -> Receipt:
        """Send. A quarantined instance rests for half a minute, then one message tries it; the others wait for both."""
        return await self._sender.send(notification)

    def routes(self) -> list[Route]:
        """Its routes with guarded handlers; none when it fails to tell. What they do says nothing of its sending."""
        try:
            declared = list(self.notifier.routes())
        except (Exception, SystemExit) as error:
            self.vitals.note(f"routes: {type(error).__name__}: {error}")
            return []
        return [msgspec.structs.replace(one, handler=_bounded(one.handler)) for one in declared]

    async def close(self) -> None:
        """Release what it holds, within the time limit."""
        await close_quietly(self.notifier.close, self.vitals)


def _bounded(handler: Handler) -> Handler:
    async def bounded(request: WebhookRequest) -> WebhookResponse:
        async with asyncio.timeout(HANDLER_SECONDS):
            return await contained(handler(request))

    return bounded


class RunningListener:
    """An instance that hears from outside: its guarded routes, and its supervised task."""

    def __init__(self, listener: AlertSource | SupportChannel, vitals: Vitals, root: bool) -> None:
        self._listener = listener
        self.vitals = vitals
        self.vitals.condition = listener.condition
        self.root = root
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Its routes with guarded handlers; none when it fails to tell."""
        try:
            declared = list(self._listener.routes())
        except (Exception, SystemExit) as error:
            self.vitals.failed("routes", error)
            return []
        return [msgspec.structs.replace(one, handler=self._guarded(one.handler)) for one in declared]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: WebhookRequest) -> WebhookResponse:
            try:
                async with asyncio.timeout(HANDLER_SECONDS):
                    with answering():
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

    def start(self) -> None:
        """Run its task under supervision."""
        if type(self._listener).run not in (AlertSource.run, SupportChannel.run):
            self._task = asyncio.create_task(self._supervise(), name=f"{self.vitals.role}-{self.vitals.instance}")

    async def _supervise(self) -> None:
        pause = _FIRST_RESTART
        while True:
            began = asyncio.get_running_loop().time()
            well = asyncio.get_running_loop().call_later(_SETTLED, self.vitals.task_runs)
            try:
                await contained(self._listener.run())
                self.vitals.task_runs()
                return  # it said that it is done
            except Exception as error:
                self.vitals.task_ended(error)
                log.warning(f"{self.vitals.role}_failed", instance=self.vitals.instance, error=repr(error))
            finally:
                well.cancel()
            if asyncio.get_running_loop().time() - began > _LAST_RESTART:
                pause = _FIRST_RESTART  # it ran well for a while
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, _LAST_RESTART)

    async def close(self) -> None:
        """Stop its task and release what it holds, within the time limit."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=CLOSE_SECONDS)
        await close_quietly(self._listener.close, self.vitals)


class RunningSource(RunningListener):
    """A source instance."""

    def __init__(self, source: AlertSource, vitals: Vitals, root: bool) -> None:
        super().__init__(source, vitals, root)
        self.source = source

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


class _Chatting:
    """What a channel tells responders, as something that is sent."""

    def __init__(self, channel: ChatChannel) -> None:
        self._channel = channel

    async def send(self, message: Announcement | RoomOrder, /) -> Receipt:
        if isinstance(message, RoomOrder):
            return await self._channel.arrange(message)
        return await self._channel.announce(message)


class _Opening:
    """The issues that a channel opens, as something that is sent."""

    def __init__(self, channel: IssueChannel) -> None:
        self._channel = channel

    async def send(self, message: IssueOrder, /) -> Receipt:
        return await self._channel.open_issue(message)


class RunningChannel(RunningListener):
    """A support channel instance: what it hears, and what it sends."""

    def __init__(self, channel: SupportChannel, vitals: Vitals, root: bool, clock: Clock) -> None:
        super().__init__(channel, vitals, root)
        self._sender: Sender[Outgoing] = Sender(channel, vitals, clock)
        self._chat = Sender(_Chatting(channel), vitals, clock) if isinstance(channel, ChatChannel) else None
        self._opening = Sender(_Opening(channel), vitals, clock) if isinstance(channel, IssueChannel) else None

    async def announce(self, announcement: Announcement) -> Receipt:
        """Announce to responders. Raises `PermanentFailure` where the channel is none that responders read."""
        return await self._tell(announcement)

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Do something with the room of an incident, as `announce`."""
        return await self._tell(order)

    def opens_issues(self) -> bool:
        """Whether it can open issues; not when it fails to tell."""
        try:
            return isinstance(self._listener, IssueChannel) and bool(self._listener.issues)
        except (Exception, SystemExit) as error:
            self.vitals.failed("issues", error)
            return False

    async def open_issue(self, order: IssueOrder) -> Receipt:
        """Open an issue. Raises `PermanentFailure` where the channel opens none."""
        if self._opening is None or not self.opens_issues():
            raise PermanentFailure(f"channel {self.vitals.instance!r} opens no issues")
        return await self._opening.send(order)

    async def _tell(self, message: Announcement | RoomOrder) -> Receipt:
        if self._chat is None:
            raise PermanentFailure(f"a channel of the type {self.vitals.kind} has no chat for responders")
        return await self._chat.send(message)

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send, as `RunningNotifier.send` does."""
        return await self._sender.send(outgoing)
