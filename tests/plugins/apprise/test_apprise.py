"""The Apprise notifier, by Apprise's own json:// service, against a recording server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

from incidentd.plugin import NotificationKind, PermanentFailure, Secret, TemporaryFailure, Urgency
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing.http_notifiers import HttpVendor, script
from incidentd.plugin.testing.httpserver import Fault, Recorded, RecordingServer, Reply, refused_port
from incidentd.plugin.testing.notifiers import (
    ACKNOWLEDGE_URL,
    HOSTILE,
    NotifierConformance,
    Rig,
    Vendor,
    failure_of,
    notification,
)
from incidentd_apprise.notifier import NOTIFIERS, compose
from incidentd_apprise.sending import Text
from incidentd_apprise.threads import DaemonThreads

PASSWORD = "s3cr3t-pass"
TOKEN = "t0ken-in-the-path"


def configure(url: str) -> Mapping[str, Any]:
    place = url.removeprefix("http://")
    return {"url": Secret(f"json://ada:{PASSWORD}@{place}/{TOKEN}?rto=1&cto=1"), "timeout": 5}


class TestApprise(NotifierConformance):
    adapter = NOTIFIERS[0]
    secrets = (PASSWORD, TOKEN)

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory: Any) -> AsyncIterator[Vendor]:
        async with RecordingServer() as server:
            yield HttpVendor(server, configure)

    def check_format(self, sent: Recorded) -> None:
        document = msgspec.json.decode(sent.body)
        assert sent.path == f"/{TOKEN}"
        assert 0 < len(document["title"]) <= 250
        assert 0 < len(document["message"]) <= 30_000
        assert not set(document["title"] + document["message"]) & set("\x00\x1b\r\u202e\u2066")

    def key_on_wire(self, sent: Recorded) -> str:
        message = str(msgspec.json.decode(sent.body)["message"])
        return message.rpartition("Ref: ")[2]

    def shows(self, sent: Recorded, text: str) -> bool:
        document = msgspec.json.decode(sent.body)
        return text in f"{document['title']}\n{document['message']}"

    @pytest.mark.parametrize("reply", [Reply(status=400), Reply(status=500), Reply(status=302), Fault.RESET])
    async def test_what_the_service_does_not_take_is_temporary(self, rig: Rig, reply: Reply | Fault) -> None:
        script(rig, reply)
        assert isinstance(await failure_of(rig.notifier.send(self.message())), TemporaryFailure)
        assert len(rig.vendor.sent()) == 1

    async def test_a_refused_connection_is_temporary(self, rig: Rig) -> None:
        async with refused_port() as port:
            error = await failure_of(rig.make(configure(f"http://127.0.0.1:{port}")).send(self.message()))
        assert isinstance(error, TemporaryFailure)

    async def test_the_time_limit_leaves_the_outcome_open(self, rig: Rig) -> None:
        rig.vendor.hang()
        error = await failure_of(rig.make({"timeout": 0.2}).send(self.message()))
        assert isinstance(error, UnknownOutcome | TemporaryFailure)  # Apprise's own limit is as short
        self.assert_no_secret(*traceback.format_exception(error))

    async def test_address_wins(self, rig: Rig) -> None:
        address = configure(rig.vendor.server.url)["url"].reveal() + "&+mine=yes"  # type: ignore[attr-defined]
        await rig.notifier.send(self.message(address=address))
        assert rig.vendor.sent()[0].headers["mine"] == "yes"

    @pytest.mark.parametrize(
        "address", ["nope://x", "not a URL", "slack://", "\ud800", "json://", "file:///etc/passwd"]
    )
    async def test_a_bad_url_is_permanent_and_not_shown(
        self, rig: Rig, address: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        error = await failure_of(rig.notifier.send(self.message(address=address)))
        assert isinstance(error, PermanentFailure)
        assert address not in str(error)
        assert address not in caplog.text

    async def test_no_url_is_permanent(self, rig: Rig) -> None:
        error = await failure_of(rig.make({"url": None}).send(self.message()))
        assert isinstance(error, PermanentFailure)
        assert "`url`" in str(error)

    async def test_an_exception_shows_no_url(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(url: str, *_rest: object) -> bool:
            raise RuntimeError(url)

        monkeypatch.setattr("incidentd_apprise.notifier.deliver", broken)
        error = await failure_of(rig.notifier.send(self.message()))
        assert isinstance(error, UnknownOutcome)
        self.assert_no_secret(*traceback.format_exception(error))


def test_types_follow_kind_and_urgency() -> None:
    def type_of(kind: NotificationKind, urgency: Urgency) -> str:
        return compose(notification(kind=kind, urgency=urgency)).notify_type

    assert type_of(NotificationKind.PAGE, Urgency.HIGH) == "failure"
    assert type_of(NotificationKind.PAGE, Urgency.LOW) == "warning"
    assert type_of(NotificationKind.RESOLVED, Urgency.HIGH) == "success"


@pytest.mark.parametrize("room", [100, 160, 400, 2000, 30_000])
def test_the_link_survives_where_a_service_takes_little(room: int) -> None:
    fitted = compose(notification(body=HOSTILE["long"])).fitted(room)
    assert len(fitted) <= room
    assert ACKNOWLEDGE_URL in fitted
    assert fitted.startswith("0123")


def test_a_short_text_is_left_alone() -> None:
    assert Text(title="t", body="b", tail=(), notify_type="info").fitted(100) == "b"
    assert Text(title="t", body="", tail=("x", "y"), notify_type="info").fitted(100) == "x\n\ny"


async def test_threads_are_limited_and_given_back() -> None:
    threads, go = DaemonThreads(2), threading.Event()
    waiting = [asyncio.create_task(threads.run(go.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TemporaryFailure):
        await threads.run(lambda: 1)
    waiting[0].cancel()
    go.set()
    await asyncio.wait(waiting)
    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(TemporaryFailure):
                assert await threads.run(lambda: 7) == 7
                break
            await asyncio.sleep(0.01)
