"""What everything must do that hands messages to a vendor: notifiers and support channels. Needs pytest-asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import aiohttp
import pytest
import pytest_asyncio
from pydantic import ValidationError

from incidentd.plugin import AdapterType, PermanentFailure, Receipt, TemporaryFailure

SAID = "Checkout fails for 40 % of requests"
"""What the usual message of every conformance class says."""

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
    """An adapter under test, its vendor, the context it lives in, and a way to make it again after a restart."""

    def __init__(self, vendor: Vendor, make: Callable[[Mapping[str, Any]], Any], session: Any, context: Any) -> None:
        self.vendor = vendor
        self.make = make
        self.session = session
        self.context = context
        self.adapter = make({})

    @property
    def notifier(self) -> Any:
        """The adapter, where it is a notifier."""
        return self.adapter


@pytest.mark.asyncio
class SendingConformance(ABC):
    """What every adapter must do that sends. Subclass one of those that build on it."""

    adapter: ClassVar[AdapterType[Any]]
    secrets: ClassVar[Sequence[str]] = ()  # texts that must stand in no error, repr or log
    can_hang: ClassVar[bool] = True  # False where nothing outside takes part, so that nothing can be slow
    knows_resends: ClassVar[bool] = True  # False where nothing in the vendor's protocol can tell a resend

    @abstractmethod
    def open_vendor(self, directory: Any) -> contextlib.AbstractAsyncContextManager[Vendor]:
        """A running stand-in; `directory` is an empty directory of this test."""

    @abstractmethod
    def context(self, session: aiohttp.ClientSession) -> Any:
        """The `Context` that the adapter gets."""

    @abstractmethod
    def message(self, **changes: Any) -> Any:
        """The usual message, which says `SAID`; `changes` replace single fields."""

    @abstractmethod
    def hostile(self, text: str) -> Any:
        """A message with `text` wherever the daemon may put one."""

    @abstractmethod
    def check_format(self, sent: Any) -> None:
        """Parse `sent` strictly, as the vendor would. Raises `AssertionError` or the parser's error."""

    @abstractmethod
    def key_on_wire(self, sent: Any) -> str:
        """What of `sent` lets the vendor or the reader know a resend from a new message."""

    @abstractmethod
    def shows(self, sent: Any, text: str) -> bool:
        """Whether the message, decoded, holds `text`."""

    @pytest_asyncio.fixture
    async def rig(self, tmp_path: Any) -> AsyncIterator[Rig]:
        """The adapter under test with its vendor."""
        async with self.open_vendor(tmp_path) as vendor, aiohttp.ClientSession() as session:
            context = self.context(session)

            def make(changes: Mapping[str, Any]) -> Any:
                config = self.adapter.config.model_validate({**vendor.settings(), **changes})
                return self.adapter.create(config, context)

            rig = Rig(vendor, make, session, context)
            yield rig
            await rig.adapter.close()

    async def test_sends_and_gives_a_receipt(self, rig: Rig) -> None:
        """A message arrives whole and well-formed, with what it says."""
        receipt = await rig.adapter.send(self.message())
        assert isinstance(receipt, Receipt)
        assert len(rig.vendor.sent()) == 1
        self.check_format(rig.vendor.sent()[0])
        assert self.shows(rig.vendor.sent()[0], SAID)

    async def test_resend_carries_the_same_key(self, rig: Rig) -> None:
        """A resend, also by a new instance after a restart, can be told from a new message."""
        if not self.knows_resends:
            pytest.skip("the vendor's protocol knows no resends")
        await rig.adapter.send(self.message())
        await rig.make({}).send(self.message(attempt=2))
        await rig.adapter.send(self.message(idempotency_key="page-7-delivery-42"))
        first, again, other = (self.key_on_wire(sent) for sent in rig.vendor.sent())
        assert first
        assert first == again != other

    @pytest.mark.parametrize("name", list(HOSTILE))
    async def test_hostile_text(self, rig: Rig, name: str) -> None:
        """No text crashes the adapter or breaks the format."""
        await rig.adapter.send(self.hostile(HOSTILE[name]))
        assert len(rig.vendor.sent()) == 1
        self.check_format(rig.vendor.sent()[0])

    async def test_cancelling_leaves_nothing_behind(self, rig: Rig) -> None:
        """A cancelled send leaves no task and no connection, and the adapter goes on working."""
        before = asyncio.all_tasks()
        if self.can_hang:
            rig.vendor.hang()
        sending = asyncio.create_task(rig.adapter.send(self.message()))
        await (rig.vendor.wait_for_request() if self.can_hang else asyncio.sleep(0))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await rig.vendor.wait_until_idle()
        assert await _without_new_tasks(before) == set()
        arrived = len(rig.vendor.sent())
        await rig.adapter.send(self.message(idempotency_key="after"))
        assert len(rig.vendor.sent()) == arrived + 1

    async def test_errors_and_logs_hold_no_secret(self, rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
        """A refusal names the outcome and shows no secret, also when the vendor repeats the request."""
        caplog.set_level(logging.DEBUG)
        rig.vendor.reject()
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, TemporaryFailure | PermanentFailure)
        self.assert_no_secret(repr(error), str(error), *traceback.format_exception(error), caplog.text)

    async def test_repr_holds_no_secret(self, rig: Rig) -> None:
        """Neither the adapter's nor the configuration's repr shows a secret."""
        config = self.adapter.config.model_validate(rig.vendor.settings())
        self.assert_no_secret(repr(rig.adapter), repr(config), repr(vars(rig.adapter)), str(config))

    async def test_unknown_setting_is_an_error(self, rig: Rig) -> None:
        """A misspelt setting is told, not ignored."""
        with pytest.raises(ValidationError):
            self.adapter.config.model_validate({**rig.vendor.settings(), "no_such_setting": 1})

    async def test_close_twice(self, rig: Rig) -> None:
        """Closing is safe to repeat."""
        await rig.adapter.send(self.message())
        await rig.adapter.close()
        await rig.adapter.close()

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
