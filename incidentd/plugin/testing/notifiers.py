"""Conformance classes for notifiers: what every notifier must do, whatever it talks to.

A plugin's test module subclasses `NotifierConformance` (or, when the vendor speaks HTTP, `HttpNotifierConformance` of
`http_notifiers`), names the class `Test...` and fills in the attributes and hooks. Needs pytest and pytest-asyncio.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any, ClassVar

import aiohttp
import msgspec
import pytest

from incidentd.plugin import (
    AdapterType,
    AlertReader,
    Capability,
    DutyBook,
    Notification,
    NotificationKind,
    Notifier,
    PausedChecks,
    ReceiptBook,
    ReportBook,
    SignalSink,
    SilenceBook,
    StatusReader,
    Urgency,
)
from incidentd.plugin.testing.memory import InMemory
from incidentd.plugin.testing.receipts import RecordingReceipts
from incidentd.plugin.testing.sending import HOSTILE, SAID, Rig, SendingConformance, Vendor, failure_of

__all__ = [
    "ACKNOWLEDGE_URL",
    "HOSTILE",
    "NOW",
    "NotifierConformance",
    "NotifierContext",
    "Rig",
    "Vendor",
    "failure_of",
    "notification",
]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACKNOWLEDGE_URL = "https://incidentd.example/ack/AbC123?s=deadbeef"


def notification(**changes: Any) -> Notification:
    """A high-urgency page with an acknowledge link; `changes` replace single fields."""
    plain = Notification(
        idempotency_key="page-7-delivery-41",
        thread="page-7",
        kind=NotificationKind.PAGE,
        urgency=Urgency.HIGH,
        recipient="ada",
        address="",
        title=SAID,
        body="service=checkout region=eu-1\n2 alerts are firing",
        reason="You are the primary of 'shop' (policy shop-critical, step 1)",
        labels={"service": "checkout", "severity": "critical"},
        created_at=NOW,
        acknowledge_url=ACKNOWLEDGE_URL,
    )
    return msgspec.structs.replace(plain, **changes)


class NotifierContext:
    """The `Context` a notifier under test gets: a real HTTP session, a clock that stands still, no signals."""

    def __init__(self, http: aiohttp.ClientSession, instance: str = "under-test") -> None:
        self.http = http
        self.instance = instance
        self.version = "0.0.0"
        self.memory = InMemory()
        self._receipts = RecordingReceipts()

    @property
    def sink(self) -> SignalSink:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier submits no signals")

    @property
    def reader(self) -> AlertReader:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier reads no alerts")

    @property
    def silences(self) -> SilenceBook:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier sets no silences")

    @property
    def receipts(self) -> ReceiptBook:
        """Keeps what is reported."""
        return self._receipts

    @property
    def reports(self) -> ReportBook:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier receives no reports")

    @property
    def duty(self) -> DutyBook:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier is told whom to write to")

    @property
    def status(self) -> StatusReader:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier publishes no status")

    async def note(self, text: str) -> None:
        """Nobody reads it."""

    @property
    def paused(self) -> PausedChecks:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier has no checks")

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """A socket, whatever the address: a test stays on this machine by itself."""
        family, kind, protocol, _name, _address = address_info
        return socket.socket(family, kind, protocol)

    def now(self) -> datetime:
        """Always `NOW`."""
        return NOW


class NotifierConformance(SendingConformance):
    """What every notifier must do."""

    adapter: ClassVar[AdapterType[Notifier]]
    address: ClassVar[str] = ""  # the contact method's address

    def context(self, session: aiohttp.ClientSession) -> NotifierContext:
        """A real session and a clock that stands still."""
        return NotifierContext(session)

    def message(self, **changes: Any) -> Notification:
        """`notification` with this vendor's address."""
        return notification(**({"address": self.address} | changes))

    def hostile(self, text: str) -> Notification:
        """`text` in every field that comes from outside."""
        return self.message(
            title=text[:250],
            body=text,
            reason=text[:250],
            recipient=text[:40],
            thread=text[:200],
            idempotency_key=text[:200] + "k",
            labels={"a": text[:2000], text[:100]: "b"},
        )

    @pytest.mark.parametrize("kind", list(NotificationKind))
    @pytest.mark.parametrize("urgency", list(Urgency))
    async def test_every_kind_is_sent(self, rig: Rig, kind: NotificationKind, urgency: Urgency) -> None:
        """No kind or urgency is dropped, and none needs an acknowledge link."""
        url = ACKNOWLEDGE_URL if kind is NotificationKind.PAGE else None
        await rig.notifier.send(self.message(kind=kind, urgency=urgency, acknowledge_url=url))
        self.check_format(rig.vendor.sent()[0])

    async def test_acknowledge_link(self, rig: Rig) -> None:
        """The link is shown where the adapter says it can acknowledge, and never made up."""
        await rig.notifier.send(self.message())
        await rig.notifier.send(self.message(idempotency_key="other", acknowledge_url=None))
        with_link, without = rig.vendor.sent()
        if Capability.ACKNOWLEDGE in self.adapter.capabilities:
            assert self.shows(with_link, ACKNOWLEDGE_URL)
        assert not self.shows(without, "incidentd.example")
