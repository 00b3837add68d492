"""What each plugin instance is lent of the daemon: where it puts what it hears, and what it may ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from incidentd.clock import Clock
from incidentd.core import Core
from incidentd.ingress.outbound import open_socket
from incidentd.plugin.adapters import Context, SignalSink, StoreUnavailable
from incidentd.plugin.decoding import storable
from incidentd.pluginhost.host import Lent
from incidentd.pluginhost.pace import Pace
from incidentd.services.chat_acts import LentChat
from incidentd.services.checks import LentPauses
from incidentd.services.duty_lending import LentDuty
from incidentd.services.issue_states import LentIssues
from incidentd.services.plugin_memory import LentMemory
from incidentd.services.public_status import LentStatus
from incidentd.services.receipts import LentReceipts
from incidentd.services.report_book import LentReports
from incidentd.services.subscribers import LentSubscribers
from incidentd.settings import Configuration
from incidentd.storage.store import StoreClosed


class _Sink:
    """Where one source instance puts its signals."""

    def __init__(self, core: Callable[[], Core], instance: str) -> None:
        self._core = core
        self._instance = instance
        self._pace = Pace()

    async def submit(self, signals: Sequence[object], *, once: str = "") -> None:
        await self._pace.take(len(signals))
        await self._core().intake.submit(self._instance, signals, once)  # type: ignore[arg-type]
        if signals:
            self._core().traffic.heard(self._instance, len(signals))


class Lending:
    """Makes what instances are lent. `core` is asked at each use: instances live longer than a reload."""

    def __init__(
        self,
        core: Callable[[], Core],
        configuration: Callable[[], Configuration],
        *,
        version: str,
        http: aiohttp.ClientSession,
        clock: Clock,
        public_url: Callable[[], str],
        tell: Callable[[str, dict[str, object], str], Awaitable[None]],
    ) -> None:
        self._core = core
        self._configuration = configuration
        self._version = version
        self._http = http
        self._clock = clock
        self._public_url = public_url
        self._tell = tell

    def lend(self, instance: str) -> Context:
        """All of it, for one instance."""
        core, configuration = self._core(), self._configuration()
        sink: SignalSink = _Sink(self._core, instance)
        return Lent(
            instance=instance,
            version=self._version,
            sink=sink,
            reader=core.reader,
            silences=core.lent_silences,
            memory=LentMemory(lambda: self._core().store, instance),
            paused=LentPauses(lambda: self._core().store, instance),
            receipts=LentReceipts(core.receipts, instance, self._public_url),
            reports=LentReports(lambda: self._core().support.intake, lambda: self._core().store, instance),
            chat=LentChat(lambda: self._core().chat, lambda: self._core().chat_keeping, instance),
            issues=LentIssues(lambda: self._core().reviews.issue_states, instance),
            duty=LentDuty(lambda: self._core().store, lambda: self._configuration().roster, instance),
            status=LentStatus(lambda: self._core().store),
            subscribers=LentSubscribers(lambda: self._core().subscribers, instance),
            http=self._http,
            sockets=partial(open_socket, configuration.daemon.allow_private),
            clock=self._clock,
            notes=self._note,
        )

    async def _note(self, instance: str, text: str) -> None:
        """Something that a source wants to be found later. Raises `StoreUnavailable`."""
        try:
            await self._tell("source.noted", {"note": storable(text)}, instance)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the event could not be stored; send it again") from error
