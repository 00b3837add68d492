"""Whatever a plugin reaches outside by, the daemon's policy sees the address: SMTP, IMAP, Apprise and its threads."""

from __future__ import annotations

import functools
import http.client
import smtplib
import socket
import threading
from collections.abc import AsyncIterator

import pytest

from incidentd.ingress.outbound import open_socket
from incidentd.plugin import PermanentFailure, Secret
from incidentd.plugin.guarding import guarded
from incidentd.plugin.httpcall import AddressRefused
from incidentd.plugin.testing import FakeContext
from incidentd.plugin.testing.httpserver import RecordingServer, Reply
from incidentd.plugin.testing.notifiers import failure_of, notification
from incidentd_apprise.notifier import NOTIFIERS as APPRISE
from incidentd_email.config import MailChannelConfig
from incidentd_email.imap import Inbox
from incidentd_email.notifier import NOTIFIERS as EMAIL

PUBLIC_ONLY = functools.partial(open_socket, False)
PASSWORD = Secret("correct-horse-battery")


class Strict(FakeContext):
    """The context of a daemon whose configuration says `allow_private = false`."""

    open_socket = staticmethod(PUBLIC_ONLY)  # type: ignore[assignment]


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    async with RecordingServer() as running:
        yield running


def connections(listener: socket.socket) -> int:
    """How many came to a socket."""
    listener.setblocking(False)
    found = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return found
        found += 1


async def test_mail_goes_out_and_is_fetched_by_sockets_of_the_policy():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        options = {"host": "127.0.0.1", "port": port, "from": "incidentd@example.org", "timeout": 2}
        notifier = EMAIL[0].create(EMAIL[0].config.model_validate(options), Strict())
        failure = await failure_of(notifier.send(notification(address="ada@example.org")))
        assert isinstance(failure, PermanentFailure)
        mailbox = {**options, "imap_port": port, "username": "ada", "password": PASSWORD}
        with pytest.raises(Exception) as refused:  # noqa: PT011 - whatever it is, it names no address
            await Inbox.open(MailChannelConfig.model_validate(mailbox), PUBLIC_ONLY)
        assert "127.0.0.1" not in str(refused.value)
        assert connections(listener) == 0


async def test_apprise_is_held_to_it(server, monkeypatch):
    """Also where the environment has a proxy, which would be asked for addresses that nobody has seen."""
    options = {"url": Secret(f"json://ada:{PASSWORD.reveal()}@127.0.0.1:{server.port}/?rto=1&cto=1"), "timeout": 5}
    config = APPRISE[0].config.model_validate(options)
    failure = await failure_of(APPRISE[0].create(config, Strict()).send(notification()))
    assert isinstance(failure, PermanentFailure)
    assert "outbound policy" in str(failure)
    assert server.requests == []
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.script(Reply())
    await APPRISE[0].create(config, FakeContext()).send(notification())
    assert len(server.requests) == 1


def refused(call) -> bool:
    try:
        call()
    except AddressRefused:
        return True
    except OSError:
        return False
    return False


def test_every_way_of_a_thread_to_an_address_is_seen():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with socket.create_server(("127.0.0.1", 0)) as listener, udp, guarded(PUBLIC_ONLY) as guard:
        port = listener.getsockname()[1]
        for call in (
            lambda: socket.create_connection(("localhost", port), 1),
            lambda: socket.create_connection(("::ffff:127.0.0.1", port), 1),
            lambda: http.client.HTTPConnection("2130706433", port, timeout=1).request("GET", "/"),
            lambda: smtplib.SMTP("127.0.0.1", port, timeout=1),
            lambda: socket.socket().connect(("localhost", port)),  # a name that the system would look up
            lambda: socket.socket().connect_ex(("127.0.0.1", port)),
            lambda: socket.socket(socket.AF_UNIX).connect("/run/dbus/system_bus_socket"),
            lambda: udp.sendto(b"x", ("127.0.0.1", port)),
            lambda: udp.sendmsg([b"x"], [], 0, ("127.0.0.1", port)),
        ):
            assert refused(call)
        assert guard.refused
        assert connections(listener) == 0


def test_threads_that_it_starts_are_held_and_others_are_not():
    found: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = listener.getsockname()

        def look() -> None:
            found.append(refused(lambda: socket.create_connection(place, 1).close()))

        def started_by_it() -> None:
            below = threading.Thread(target=look)
            below.start()
            below.join()

        def held() -> None:
            with guarded(PUBLIC_ONLY):
                below = threading.Thread(target=started_by_it)
                below.start()
                below.join()
            look()  # the block is over

        holder = threading.Thread(target=held)
        holder.start()
        look()
        holder.join()
    assert sorted(found) == [False, False, True]
