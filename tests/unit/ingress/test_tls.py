"""The TLS listener on a real socket: handshakes, deadlines, certificates that change and end."""

import asyncio
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from incidentd.configuration.tls_files import TlsFiles
from incidentd.ingress import bodies, connection, tls
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress, TlsPlaces
from incidentd.ingress.tls import ServerCertificate
from incidentd.plugin import Route, WebhookRequest, WebhookResponse
from incidentd.plugin.testing import FakeClock
from incidentd.pluginhost.host import Mounted


async def echo(request: WebhookRequest) -> WebhookResponse:
    return WebhookResponse(body=msgspec.json.encode({"length": len(request.body), "peer": request.peer}))


class Told:
    """The events that were written."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []

    async def __call__(self, kind: str, data: dict[str, object]) -> None:
        self.events.append((kind, data))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


class NoLinks:
    """No page was ever sent."""

    async def describe(self, token):
        return None

    async def acknowledge(self, token):
        return None


class Listener:
    """A TLS listener and the certificate it shows."""

    def __init__(self, files: TlsFiles, clock: FakeClock) -> None:
        self.told = Told()
        self.certificate = ServerCertificate(files, now=clock.now, tell=self.told)
        self.ingress = Ingress(clock=clock, links=NoLinks(), metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=8)
        self.ingress.mount([Mounted("one", Route(method="POST", path="/echo", handler=echo, max_body=50_000), True)])

    async def open(self) -> None:
        places = TlsPlaces(context=self.certificate.context, listen=[("127.0.0.1", 0)])
        await self.ingress.start([("127.0.0.1", 0)], tls=places)

    @property
    def place(self) -> tuple[str, int]:
        return self.ingress.tls_addresses[0]


@pytest.fixture
def clock():
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def listen(monkeypatch, clock):
    for module, name in ((connection, "HEAD_SECONDS"), (bodies, "BODY_SECONDS"), (tls, "HANDSHAKE_SECONDS")):
        monkeypatch.setattr(module, name, 0.3)
    running: list[Listener] = []

    async def make(files: TlsFiles) -> Listener:
        one = Listener(files, clock)
        await one.open()
        running.append(one)
        return one

    yield make
    for one in running:
        await one.ingress.close()


def trusting(authority, *, shows=None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate)
    if shows is not None:
        context.load_cert_chain(*shows)
    return context


REQUEST = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"


async def exchange(listener: Listener, context: ssl.SSLContext, sent: bytes = REQUEST, name: str = "hooks.example"):
    """(answer, serial number of the certificate that was shown)."""
    reader, writer = await asyncio.open_connection(*listener.place, ssl=context, server_hostname=name)
    try:
        shown = writer.get_extra_info("peercert")["serialNumber"]
        writer.write(sent)
        async with asyncio.timeout(5):
            return await reader.read(), shown
    finally:
        writer.close()


async def refused(listener: Listener, context: ssl.SSLContext) -> bool:
    """Whether there is no answer: with TLS 1.3 a client learns only after its request that it was not let in."""
    try:
        answer, _ = await exchange(listener, context)
    except (ssl.SSLError, ConnectionError):
        return True
    return answer == b""


async def test_it_answers_over_tls_and_in_plain_beside_it(listen, authority):
    listener = await listen(TlsFiles(*authority.issue("hooks.example")))
    answer, _ = await exchange(listener, trusting(authority))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"length":3,"peer":"127.0.0.1"}')
    reader, writer = await asyncio.open_connection(*listener.ingress.addresses[0])
    writer.write(REQUEST)
    assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_body_limit_holds_over_tls(listen, authority):
    listener = await listen(TlsFiles(*authority.issue("hooks.example")))
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50001\r\n\r\n"
    assert (await exchange(listener, trusting(authority), head))[0].startswith(b"HTTP/1.1 413 ")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_old_versions_of_tls_are_refused(listen, authority):
    listener = await listen(TlsFiles(*authority.issue("hooks.example")))
    context = trusting(authority)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    assert await refused(listener, context)
    context = trusting(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert (await exchange(listener, context))[0].startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"])
async def test_who_makes_no_handshake_is_let_go(listen, authority, said):
    listener = await listen(TlsFiles(*authority.issue("hooks.example")))
    reader, writer = await asyncio.open_connection(*listener.place)
    writer.write(said)
    async with asyncio.timeout(3):
        try:
            await reader.read()  # at most an alert of TLS, then the end
        except ConnectionError:
            pass
    writer.close()


@pytest.mark.parametrize(
    "sent", [b"", b"POST /echo HT", b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"]
)
async def test_head_and_body_have_deadlines_over_tls(listen, authority, sent):
    listener = await listen(TlsFiles(*authority.issue("hooks.example")))
    answer, _ = await exchange(listener, trusting(authority), sent)
    assert b" 200 " not in answer


async def test_a_client_has_to_show_a_certificate_when_asked(listen, authority, make_authority):
    certificate, key = authority.issue("hooks.example")
    files = TlsFiles(certificate, key, make_authority("clients").certificate)
    listener = await listen(files)
    assert await refused(listener, trusting(authority))
    assert await refused(listener, trusting(authority, shows=make_authority("strangers").issue("me")))


async def test_the_clients_authority_is_exchanged_too(listen, authority, make_authority):
    old, new = make_authority("old"), make_authority("new")
    certificate, key = authority.issue("hooks.example")
    files = TlsFiles(certificate, key, old.certificate)
    listener = await listen(files)
    of_old, of_new = (trusting(authority, shows=one.issue("me")) for one in (old, new))
    assert (await exchange(listener, of_old))[0].startswith(b"HTTP/1.1 200 ")
    await listener.certificate.exchange(msgspec.structs.replace(files, client_ca=new.certificate))
    assert (await exchange(listener, of_new))[0].startswith(b"HTTP/1.1 200 ")
    assert await refused(listener, of_old)


async def test_a_changed_certificate_is_shown_to_new_connections(listen, authority):
    certificate, key = authority.issue("hooks.example")
    listener = await listen(TlsFiles(certificate, key))
    _, first = await exchange(listener, trusting(authority))
    await listener.certificate.look()
    assert listener.told.events == []

    fresh, fresh_key = authority.issue("hooks.example", "second.example")
    os.replace(fresh, certificate)
    os.replace(fresh_key, key)
    await listener.certificate.look()
    _, second = await exchange(listener, trusting(authority), name="second.example")
    assert first != second
    assert listener.told.kinds == ["daemon.certificate_loaded"]
    assert listener.certificate.shown.names == ("hooks.example", "second.example")


async def test_a_certificate_that_came_without_its_key_is_not_used(listen, authority):
    certificate, key = authority.issue("hooks.example")
    listener = await listen(TlsFiles(certificate, key))
    fresh, fresh_key = authority.issue("hooks.example")
    os.replace(fresh, certificate)  # half of a renewal
    await listener.certificate.look()
    await listener.certificate.look()
    assert listener.told.kinds == ["daemon.certificate_refused"]
    (problem,) = listener.certificate.problems()
    assert problem.code == "certificate-refused"
    assert str(key) in problem.text
    assert str(certificate) in problem.text
    assert (await exchange(listener, trusting(authority)))[0].startswith(b"HTTP/1.1 200 ")

    os.replace(fresh_key, key)
    await listener.certificate.look()
    assert listener.certificate.problems() == []
    assert listener.told.kinds == ["daemon.certificate_refused", "daemon.certificate_loaded"]


async def test_files_that_vanish_change_nothing(listen, authority):
    certificate, key = authority.issue("hooks.example")
    listener = await listen(TlsFiles(certificate, key))
    certificate.unlink()
    await listener.certificate.look()
    assert "does not exist" in listener.certificate.problems()[0].text
    assert (await exchange(listener, trusting(authority)))[0].startswith(b"HTTP/1.1 200 ")


async def test_the_end_of_a_certificate_is_told_ahead(authority, clock):
    told = Told()
    one = ServerCertificate(TlsFiles(*authority.issue("hooks.example", ends=100)), now=clock.now, tell=told)
    await one.look()
    assert (one.problems(), told.kinds) == ([], [])
    for days, code, words in (
        (71, "certificate-expires", "in 28 days: renew "),
        (22, "certificate-expires", "in 6 days: renew now "),
        (8, "certificate-invalid", "expired on "),
    ):
        clock.advance(timedelta(days=days))
        await one.look()
        await one.look()
        (problem,) = one.problems()
        assert (problem.code, words in problem.text) == (code, True)
    assert told.kinds == ["daemon.certificate_expires"] * 3


async def test_a_certificate_of_tomorrow_is_told(authority, clock):
    one = ServerCertificate(TlsFiles(*authority.issue("hooks.example", begins=1)), now=clock.now, tell=Told())
    assert "not valid before" in one.problems()[0].text


async def test_a_socket_that_was_passed_takes_the_place_of_the_addresses(authority, clock):
    certificate, key = authority.issue("hooks.example")
    listener = Listener(TlsFiles(certificate, key), clock)
    with socket.create_server(("127.0.0.1", 0)) as passed:
        there = passed.getsockname()
        places = TlsPlaces(context=listener.certificate.context, listen=[("127.0.0.1", 1)], passed=[passed])
        await listener.ingress.start([], tls=places)
        assert listener.ingress.tls_addresses == [there]
        assert (await exchange(listener, trusting(authority)))[0].startswith(b"HTTP/1.1 200 ")
        await listener.ingress.close()
