"""The conformance classes for what sends HTTP by `incidentd.plugin.httpcall`: notifiers and support channels."""

from __future__ import annotations

import contextlib
import traceback
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest

from incidentd.plugin import PermanentFailure, Receipt, TemporaryFailure
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing.httpserver import Fault, Recorded, RecordingServer, Reply, refused_port
from incidentd.plugin.testing.notifiers import NotifierConformance
from incidentd.plugin.testing.sending import Rig, SendingConformance, Vendor, failure_of


class HttpVendor(Vendor):
    """A `Vendor` on a `RecordingServer`; `configure` makes the settings from the server's address.

    `is_message` tells the requests that hand over a message from those that ask something.
    """

    def __init__(
        self,
        server: RecordingServer,
        configure: Callable[[str], Mapping[str, Any]],
        is_message: Callable[[Recorded], bool] = lambda _sent: True,
    ) -> None:
        self.server = server
        self.configure = configure
        self.is_message = is_message

    def settings(self) -> Mapping[str, Any]:
        """What `configure` makes of the server's address."""
        return self.configure(self.server.url)

    def sent(self) -> Sequence[Any]:
        """The recorded requests that handed over a message."""
        return [one for one in self.server.requests if self.is_message(one)]

    def reject(self) -> None:
        """Answers 403 and repeats the request."""
        self.server.script(Reply(status=403, echo=True))

    def hang(self) -> None:
        """Takes the next request and stays silent."""
        self.server.script(Fault.HANG)

    async def wait_for_request(self) -> None:
        """See `RecordingServer.wait_for_request`."""
        await self.server.wait_for_request()

    async def wait_until_idle(self) -> None:
        """See `RecordingServer.wait_until_idle`."""
        await self.server.wait_until_idle()


class HttpSendingConformance(SendingConformance):
    """What an adapter must do that sends by HTTP; `sent` is a `Recorded` request.

    `server` may be a stand-in that remembers, for a vendor that is asked things too; say with `is_message` what counts.
    """

    server: ClassVar[type[RecordingServer]] = RecordingServer

    @abstractmethod
    def configure(self, url: str) -> Mapping[str, Any]:
        """The settings of an instance that talks to the server at `url`."""

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory: Any) -> AsyncIterator[HttpVendor]:
        """A recording server."""
        async with self.server() as server:
            yield HttpVendor(server, self.configure, self.is_message)

    def is_message(self, sent: Recorded) -> bool:
        """Whether a request hands over a message."""
        return True

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    async def test_taken(self, rig: Rig, status: int) -> None:
        """Every 2xx counts as taken."""
        script(rig, Reply(status=status, body=b""))
        assert isinstance(await rig.adapter.send(self.message()), Receipt)

    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
    async def test_temporary(self, rig: Rig, status: int) -> None:
        """These statuses are tried again."""
        script(rig, Reply(status=status, echo=True))
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, TemporaryFailure)
        assert str(status) in str(error)
        assert error.retry_after is None
        self.assert_no_secret(str(error))

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422])
    async def test_permanent(self, rig: Rig, status: int) -> None:
        """These statuses are final."""
        script(rig, Reply(status=status, echo=True))
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, PermanentFailure)
        assert str(status) in str(error)
        self.assert_no_secret(str(error))

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_redirects_are_not_followed(self, rig: Rig, status: int) -> None:
        """A redirect could lead anywhere, and would carry the secrets along."""
        script(rig, Reply(status=status, headers={"Location": "/elsewhere"}))
        assert isinstance(await failure_of(rig.adapter.send(self.message())), PermanentFailure)
        assert len(rig.vendor.sent()) == 1

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("7", 7.0),
            ("0", 0.0),
            ("99999999", 3600.0),
            ("Mon, 02 Mar 2026 09:00:30 GMT", 30.0),
            ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
            ("soon", None),
            ("-5", None),
            ("1.5", None),
        ],
    )
    async def test_retry_after(self, rig: Rig, header: str, seconds: float | None) -> None:
        """Seconds and dates are understood, bounded to one hour; nonsense is ignored."""
        script(rig, Reply(status=429, headers={"Retry-After": header}))
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, TemporaryFailure)
        assert error.retry_after == seconds

    @pytest.mark.parametrize("fault", [Fault.RESET, Fault.GARBAGE])
    async def test_a_broken_answer_is_an_unknown_outcome(self, rig: Rig, fault: Fault) -> None:
        """The request was written: it may have been taken."""
        script(rig, fault)
        error = await failure_of(rig.adapter.send(self.message()))
        assert isinstance(error, UnknownOutcome)
        self.assert_no_secret(*traceback.format_exception(error))

    async def test_silence_is_an_unknown_outcome(self, rig: Rig) -> None:
        """A time-out after the request was written says nothing about its fate."""
        script(rig, Fault.HANG)
        error = await failure_of(rig.make({"timeout": 0.3}).send(self.message()))
        assert isinstance(error, UnknownOutcome)
        self.assert_no_secret(*traceback.format_exception(error))

    async def test_a_refused_connection_is_temporary(self, rig: Rig) -> None:
        """Nothing was written, so nothing can have arrived."""
        async with refused_port() as port:
            settings = self.configure(f"http://127.0.0.1:{port}")
            error = await failure_of(rig.make(settings).send(self.message()))
        assert isinstance(error, TemporaryFailure)
        self.assert_no_secret(*traceback.format_exception(error))


class HttpNotifierConformance(HttpSendingConformance, NotifierConformance):
    """What a notifier must do that speaks HTTP."""


def script(rig: Rig, *replies: Reply | Fault) -> None:
    """Queue answers on the rig's HTTP server."""
    assert isinstance(rig.vendor, HttpVendor)
    rig.vendor.server.script(*replies)
