"""What an instance sends: bounded in time, and tried rarely when it fails again and again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from incidentd.clock import Clock
from incidentd.plugin.values import PermanentFailure, Receipt, TemporaryFailure
from incidentd.pluginhost.contained import contained
from incidentd.pluginhost.vitals import Vitals

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)
SEND_SECONDS = 20.0
_QUARANTINE_REST = timedelta(seconds=30)
_PROBE_SECONDS = 1.0  # what waits for another's try asks again after that


class Quarantined(TemporaryFailure):
    """It failed so often that it is tried rarely: nothing was sent now."""


class NotifierTimeout(Exception):  # noqa: N818
    """The vendor may or may not have taken the message."""


class Writes(Protocol[M_contra]):
    """What both notifiers and channels do."""

    async def send(self, message: M_contra, /) -> Receipt:
        """Hand a message to the vendor."""
        ...


class Sender(Generic[M]):
    """The `send` of a notifier or a channel behind its time limit."""

    def __init__(
        self,
        adapter: Writes[M],
        vitals: Vitals,
        clock: Clock,
        seconds: float = SEND_SECONDS,
    ) -> None:
        self._adapter = adapter
        self._vitals = vitals
        self._clock = clock
        self._seconds = seconds
        self._probing = False
        vitals.rest = _QUARANTINE_REST

    async def send(self, message: M) -> Receipt:
        """Send. A quarantined instance rests for half a minute, then one message tries it; the others wait for both."""
        if not self._vitals.quarantined:
            return await self._send(message)
        wait = self._rests_for()
        if wait > 0 or self._probing:
            raise Quarantined(
                f"{self._vitals.instance} is quarantined: {self._vitals.detail}", retry_after=max(wait, _PROBE_SECONDS)
            )
        self._probing = True
        try:
            return await self._send(message)
        finally:
            self._probing = False

    async def _send(self, message: M) -> Receipt:
        try:
            async with asyncio.timeout(self._seconds):
                receipt = await contained(self._adapter.send(message))
        except TimeoutError as error:
            self._vitals.failed("send", f"no answer within {self._seconds:g} s")
            raise NotifierTimeout(f"no answer within {self._seconds:g} s") from error
        except PermanentFailure as error:
            self._vitals.refused("send", error)  # one bad address must not quarantine everybody's notifier
            raise
        except Exception as error:
            self._vitals.failed("send", error)
            raise
        self._vitals.succeeded()
        return receipt

    def _rests_for(self) -> float:
        """Seconds until it may be tried again; an error that lies ahead is from before the clock was set back."""
        last, now = self._vitals.last_error_at, self._clock.now()
        return (last + _QUARANTINE_REST - now).total_seconds() if last is not None and last <= now else 0.0
