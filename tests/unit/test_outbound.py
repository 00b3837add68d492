"""The outbound policy: on single addresses, and on real connections."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from incidentd.ingress.outbound import address_allowed, guarded_session
from incidentd.plugin import PermanentFailure
from incidentd.plugin.httpcall import AddressRefused, post
from incidentd.plugin.testing.httpserver import RecordingServer, Reply
from incidentd.plugin.testing.notifiers import NOW, failure_of

NEVER = [
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fe80::a9fe:a9fe",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "255.255.255.255",
    "240.0.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "64:ff9b:1:a9fe:a9:fe00::",  # RFC 6052 with a prefix of 48 bits
    "64:ff9b:1:1:a9:fea9:fe00:0",  # of 64
    "2606:4700::200:5efe:a9fe:a9fe",  # ISATAP
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo: the client's address is stored inverted
    "not an address",
    "",
    "2130706433",
    "127.1",
]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "::127.0.0.1",
    "198.18.0.1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", NEVER)
def test_never_allowed(address: str) -> None:
    assert not address_allowed(address, allow_private=True)
    assert not address_allowed(address, allow_private=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_is_a_setting(address: str) -> None:
    assert not address_allowed(address, allow_private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "fd12:3456::1", "::ffff:127.0.0.1", "100.64.0.1"])
def test_private_is_allowed_by_default(address: str) -> None:
    assert address_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert address_allowed(address, allow_private=True)
    assert address_allowed(address, allow_private=False)


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    async with RecordingServer() as running:
        yield running


@contextlib.asynccontextmanager
async def resolving_to(session: aiohttp.ClientSession, *addresses: str) -> AsyncIterator[None]:
    """Every name resolves to `addresses` in `session`, as a hostile name server could make it."""
    connector = session.connector
    assert isinstance(connector, aiohttp.TCPConnector)

    async def resolve(host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for address in addresses
        ]

    connector._resolver.resolve = resolve  # type: ignore[method-assign, assignment]
    yield


async def refused(session: aiohttp.ClientSession, url: str) -> bool:
    error = await failure_of(session.get(url))
    assert isinstance(error, aiohttp.ClientConnectorError), error
    return isinstance(error.os_error, AddressRefused)


async def test_loopback_by_default(server: RecordingServer) -> None:
    async with guarded_session() as session, session.get(server.url) as response:
        assert response.status == 200


async def test_an_ip_literal_is_refused(server: RecordingServer) -> None:
    async with guarded_session(allow_private=False) as session:
        assert await refused(session, server.url)
    assert server.requests == []


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "localhost"])
async def test_other_spellings_of_loopback_are_refused(server: RecordingServer, host: str) -> None:
    async with guarded_session(allow_private=False) as session:
        assert await refused(session, f"http://{host}:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize(
    "host", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662", "[::ffff:a9fe:a9fe]"]
)
async def test_other_spellings_of_a_metadata_service_are_refused(host: str) -> None:
    async with guarded_session() as session:
        error = await failure_of(session.get(f"http://{host}/latest/meta-data/"))
    refused = isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused)
    assert refused or isinstance(error, aiohttp.InvalidURL)  # what only an old resolver reads is no host for aiohttp


async def test_a_name_is_judged_by_its_address(server: RecordingServer) -> None:
    async with guarded_session(allow_private=False) as session, resolving_to(session, "127.0.0.1"):
        assert await refused(session, f"http://public.example:{server.port}/")
    assert server.requests == []


async def test_a_name_that_rebinds_meets_the_check_again(server: RecordingServer) -> None:
    async with guarded_session() as session:
        url = f"http://public.example:{server.port}/"
        async with resolving_to(session, "127.0.0.1"), session.get(url) as response:
            assert response.status == 200
        session.connector.clear_dns_cache()  # type: ignore[union-attr]
        async with resolving_to(session, "169.254.169.254"):
            assert await refused(session, url)
    assert len(server.requests) == 1


async def test_several_refused_addresses_are_one_refusal() -> None:
    async with guarded_session() as session, resolving_to(session, "169.254.169.254", "fe80::1", "0.0.0.0"):
        assert await refused(session, "http://metadata.example/")


async def test_an_allowed_address_among_refused_ones_is_used(server: RecordingServer) -> None:
    async with (
        guarded_session() as session,
        resolving_to(session, "169.254.169.254", "127.0.0.1"),
        session.get(f"http://mixed.example:{server.port}/") as response,
    ):
        assert response.status == 200


async def test_a_redirect_meets_the_check(server: RecordingServer) -> None:
    server.script(Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
    async with guarded_session() as session:
        assert await refused(session, server.url)


async def test_a_notifier_sees_a_permanent_failure(server: RecordingServer) -> None:
    async with guarded_session(allow_private=False) as session:
        error = await failure_of(post(session, server.url, b"", {}, timeout=2, now=NOW))
    assert isinstance(error, PermanentFailure)
    assert "127.0.0.1" not in str(error)


async def test_no_cookies_proxies_or_kept_connections(server: RecordingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.script(Reply(headers={"Set-Cookie": "id=1"}))
    async with guarded_session() as session:
        for _ in range(2):
            async with session.get(server.url) as response:
                await response.read()
        await server.wait_until_idle()
    assert "cookie" not in server.requests[1].headers
