"""Conformance classes for notifiers: what every notifier must do, whatever it talks to.

A plugin's test module subclasses `NotifierConformance` (or, when the vendor speaks HTTP, `HttpNotifierConformance` of
`http_notifiers`), names the class `Test...` and fills in the attributes and hooks. Needs pytest and pytest-asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import traceback
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from pydantic import ValidationError

from incidentd.plugin import (
    AdapterType,
    AlertReader,
    Capability,
    Notification,
    NotificationKind,
    Notifier,
    PausedChecks,
    PermanentFailure,
    Receipt,
    ReceiptBook,
    ReportBook,
    SignalSink,
    SilenceBook,
    TemporaryFailure,
    Urgency,
)
from incidentd.plugin.testing.memory import InMemory
from incidentd.plugin.testing.receipts import RecordingReceipts

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACKNOWLEDGE_URL = "https://incidentd.example/ack/AbC123?s=deadbeef"

HOSTILE: Mapping[str, str] = {
    "escape": "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m",
    "line ends": "a\r\nBcc: evil@example.net\r\n\r\n.\r\nQUIT\r\nb\n.\nc\rd",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "surrogate": "half \ud800 pair \udfff",
    "NUL": "a\x00b",
    "markup": "<script>alert(1)</script> <img src=x onerror=y> \"'&amp; {{7*7}} ${jndi:x} %s %n @everyone *b* [a](b)",
    "emoji": "👩‍👩‍👧 e\u0301\u0301\u0301\u0301\u0301\u0301 ﷽ 𝔘",
    "long": "0123456789" * 10_000,
    "long quotes": '"\\\n' * 33_000,
    "long lines": ("é" * 5_000 + "\n") * 10,
    "empty": "",
    "blank": " \t\n ",
}


def notification(**changes: Any) -> Notification:
    """A high-urgency page with an acknowledge link; `changes` replace single fields."""
    plain = Notification(
        idempotency_key="page-7-delivery-41",
        thread="page-7",
        kind=NotificationKind.PAGE,
        urgency=Urgency.HIGH,
        recipient="ada",
        address="",
        title="Checkout fails for 40 % of requests",
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

    async def note(self, text: str) -> None:
        """Nobody reads it."""

    @property
    def paused(self) -> PausedChecks:
        """A notifier has no use for it: raises `AssertionError`."""
        raise AssertionError("a notifier has no checks")

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """A notifier under test calls by `http`: raises `AssertionError`."""
        raise AssertionError("a notifier under test calls by http")

    def now(self) -> datetime:
        """Always `NOW`."""
        return NOW


class Vendor(ABC):
    """A stand-in for the vendor, on loopback."""

    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """The configuration of an instance that talks to this stand-in; secrets as `Secret`."""

    @abstractmethod
    def sent(self) -> Sequence[Any]:
        """Every message that arrived whole, oldest first, in the form the test's hooks understand."""

    @abstractmethod
    def reject(self) -> None:
        """Refuse the next message for good, and repeat in the answer as much of the request as the protocol can."""

    @abstractmethod
    def hang(self) -> None:
        """Take the next message and say nothing."""

    @abstractmethod
    async def wait_for_request(self) -> None:
        """Returns once a message arrived since the last call."""

    @abstractmethod
    async def wait_until_idle(self) -> None:
        """Returns once no connection is open; raises `TimeoutError` when one stays."""


class Rig:
    """A notifier under test, its vendor, and a way to make further notifiers."""

    def __init__(self, vendor: Vendor, make: Callable[[Mapping[str, Any]], Notifier], session: Any) -> None:
        self.vendor = vendor
        self.make = make
        self.session = session
        self.notifier = make({})


@pytest.mark.asyncio
class NotifierConformance(ABC):
    """What every notifier must do."""

    adapter: ClassVar[AdapterType[Notifier]]
    address: ClassVar[str] = ""  # the contact method's address
    secrets: ClassVar[Sequence[str]] = ()  # texts that must stand in no error, repr or log
    can_hang: ClassVar[bool] = True  # False where nothing outside takes part, so that nothing can be slow

    @abstractmethod
    def open_vendor(self, directory: Any) -> contextlib.AbstractAsyncContextManager[Vendor]:
        """A running stand-in; `directory` is an empty directory of this test."""

    @abstractmethod
    def check_format(self, sent: Any) -> None:
        """Parse `sent` strictly, as the vendor would. Raises `AssertionError` or the parser's error."""

    @abstractmethod
    def key_on_wire(self, sent: Any) -> str:
        """What of `sent` lets the vendor or the reader know a resend from a new message."""

    @abstractmethod
    def shows(self, sent: Any, text: str) -> bool:
        """Whether the message, decoded, holds `text`."""

    def message(self, **changes: Any) -> Notification:
        """`notification` with this vendor's address."""
        return notification(**({"address": self.address} | changes))

    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Any) -> AsyncIterator[Rig]:
        """The notifier under test with its vendor."""
        async with self.open_vendor(tmp_path) as vendor, aiohttp.ClientSession() as session:

            def make(changes: Mapping[str, Any]) -> Notifier:
                config = self.adapter.config.model_validate({**vendor.settings(), **changes})
                return self.adapter.create(config, NotifierContext(session))

            rig = Rig(vendor, make, session)
            yield rig
            await rig.notifier.close()

    async def test_sends_and_gives_a_receipt(self, rig: Rig) -> None:
        """A message arrives whole and well-formed, with its title."""
        receipt = await rig.notifier.send(self.message())
        assert isinstance(receipt, Receipt)
        assert len(rig.vendor.sent()) == 1
        self.check_format(rig.vendor.sent()[0])
        assert self.shows(rig.vendor.sent()[0], "Checkout fails for 40 % of requests")

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

    async def test_resend_carries_the_same_key(self, rig: Rig) -> None:
        """A resend, also by a new instance after a restart, can be told from a new message."""
        await rig.notifier.send(self.message())
        await rig.make({}).send(self.message(attempt=2))
        await rig.notifier.send(self.message(idempotency_key="page-7-delivery-42"))
        first, again, other = (self.key_on_wire(sent) for sent in rig.vendor.sent())
        assert first
        assert first == again != other

    @pytest.mark.parametrize("name", list(HOSTILE))
    async def test_hostile_text(self, rig: Rig, name: str) -> None:
        """No text crashes the notifier or breaks the format."""
        text = HOSTILE[name]
        hostile = self.message(
            title=text[:250],
            body=text,
            reason=text[:250],
            recipient=text[:40],
            thread=text[:200],
            idempotency_key=text[:200] + "k",
            labels={"a": text[:2000], text[:100]: "b"},
        )
        await rig.notifier.send(hostile)
        assert len(rig.vendor.sent()) == 1
        self.check_format(rig.vendor.sent()[0])

    async def test_cancelling_leaves_nothing_behind(self, rig: Rig) -> None:
        """A cancelled send leaves no task and no connection, and the notifier goes on working."""
        before = asyncio.all_tasks()
        if self.can_hang:
            rig.vendor.hang()
        sending = asyncio.create_task(rig.notifier.send(self.message()))
        await (rig.vendor.wait_for_request() if self.can_hang else asyncio.sleep(0))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await rig.vendor.wait_until_idle()
        assert await _without_new_tasks(before) == set()
        arrived = len(rig.vendor.sent())
        await rig.notifier.send(self.message(idempotency_key="after"))
        assert len(rig.vendor.sent()) == arrived + 1

    async def test_errors_and_logs_hold_no_secret(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        """A refusal names the outcome and shows no secret, also when the vendor repeats the request."""
        caplog.set_level(logging.DEBUG)
        rig.vendor.reject()
        error = await failure_of(rig.notifier.send(self.message()))
        assert isinstance(error, TemporaryFailure | PermanentFailure)
        self.assert_no_secret(repr(error), str(error), *traceback.format_exception(error), caplog.text)

    async def test_repr_holds_no_secret(self, rig: Rig) -> None:
        """Neither the notifier's nor the configuration's repr shows a secret."""
        config = self.adapter.config.model_validate(rig.vendor.settings())
        self.assert_no_secret(repr(rig.notifier), repr(config), repr(vars(rig.notifier)), str(config))

    async def test_unknown_setting_is_an_error(self, rig: Rig) -> None:
        """A misspelt setting is told, not ignored."""
        with pytest.raises(ValidationError):
            self.adapter.config.model_validate({**rig.vendor.settings(), "no_such_setting": 1})

    async def test_close_twice(self, rig: Rig) -> None:
        """Closing is safe to repeat."""
        await rig.notifier.send(self.message())
        await rig.notifier.close()
        await rig.notifier.close()

    def assert_no_secret(self, *texts: str) -> None:
        """Fails when one of `secrets` stands in one of `texts`."""
        for secret in self.secrets:
            assert not any(secret in text for text in texts), "a secret leaked"


async def failure_of(sending: Awaitable[object]) -> Exception:
    """The exception that `sending` raises; a test failure if it raises none."""
    try:
        await sending
    except Exception as exc:
        return exc
    pytest.fail("nothing was raised")


async def _without_new_tasks(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """The tasks that are still there after a moment and were not there `before`."""
    left = asyncio.all_tasks() - before
    for _ in range(50):
        if not left:
            break
        await asyncio.sleep(0.01)
        left = asyncio.all_tasks() - before
    return left
