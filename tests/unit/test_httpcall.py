"""`incidentd.plugin.httpcall`: what the conformance class does not reach."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator

import aiohttp
import pytest

from incidentd.plugin import PermanentFailure, TemporaryFailure
from incidentd.plugin.httpcall import MAX_ANSWER, post
from incidentd.plugin.outcomes import parse_retry_after, status_failure
from incidentd.plugin.testing.httpserver import RecordingServer, Reply
from incidentd.plugin.testing.notifiers import NOW, failure_of

SECRET = "s3cr3t-token"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_only_the_start_of_a_huge_answer_is_read(session: aiohttp.ClientSession) -> None:
    async with RecordingServer() as server:
        server.script(Reply(body=b"x" * (8 * MAX_ANSWER)))
        answer = await post(session, server.url, b"", {}, timeout=5, now=NOW)
    assert (answer.status, answer.body) == (200, b"x" * MAX_ANSWER)


@pytest.mark.parametrize("ending", ["drop", "silence"])
async def test_the_status_counts_even_if_the_body_never_ends(session: aiohttp.ClientSession, ending: str) -> None:
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\nstart")
        await writer.drain()
        if ending == "silence":
            await done.wait()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        answer = await post(session, f"http://127.0.0.1:{port}/", b"", {}, timeout=0.4, now=NOW)
    finally:
        done.set()
        listener.close()
    assert (answer.status, answer.body) == (202, b"start")
    answer.require_success()


async def test_tls_trouble_is_temporary(session: aiohttp.ClientSession) -> None:
    async with RecordingServer() as server:
        error = await failure_of(post(session, f"https://127.0.0.1:{server.port}/", b"", {}, timeout=2, now=NOW))
    assert isinstance(error, TemporaryFailure)
    assert "TLS" in str(error)


async def test_a_name_that_does_not_resolve_is_temporary(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(*_args: object, **_options: object) -> list[object]:
        raise OSError(None, "Temporary failure in name resolution")

    monkeypatch.setattr(session.connector, "_resolver", type("R", (), {"resolve": staticmethod(resolve)})())
    error = await failure_of(post(session, f"http://{SECRET}.example/", b"", {}, timeout=2, now=NOW))
    assert isinstance(error, TemporaryFailure)
    assert "name resolution" in str(error)
    assert SECRET not in "".join(traceback.format_exception(error))


async def test_a_connection_that_takes_too_long_is_temporary(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_args: object, **_options: object) -> list[object]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(session.connector, "_resolver", type("R", (), {"resolve": staticmethod(never)})())
    error = await failure_of(post(session, f"http://{SECRET}.example/", b"", {}, timeout=0.2, now=NOW))
    assert isinstance(error, TemporaryFailure)
    assert SECRET not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "url", ["nonsense", f"ftp://127.0.0.1/{SECRET}", f"http://[::1/{SECRET}", f"file:///{SECRET}", "http://127.1/"]
)
async def test_a_url_that_cannot_be_called_is_permanent(session: aiohttp.ClientSession, url: str) -> None:
    error = await failure_of(post(session, url, b"", {}, timeout=2, now=NOW))
    assert isinstance(error, PermanentFailure)
    assert SECRET not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("headers", [{"X-Key": f"a\r\nb: {SECRET}"}, {"X\nKey": SECRET}])
async def test_a_header_that_cannot_be_sent_is_permanent(
    session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with RecordingServer() as server:
        error = await failure_of(post(session, server.url, b"", headers, timeout=2, now=NOW))
        assert isinstance(error, PermanentFailure)
        assert SECRET not in "".join(traceback.format_exception(error))
        assert server.requests == []


async def test_errors_keep_no_earlier_exception(session: aiohttp.ClientSession) -> None:
    error = await failure_of(post(session, "http://127.0.0.1:1/" + SECRET, b"", {}, timeout=2, now=NOW))
    assert error.__context__ is None
    assert error.__cause__ is None


@pytest.mark.parametrize("value", [None, "", "NaN", "1e9", "٣", "Mon, 99 Foo 2026", "\x00", "9" * 5000])
def test_retry_after_nonsense(value: str | None) -> None:
    assert parse_retry_after(value, NOW) is None


def test_retry_after_without_a_zone_is_utc() -> None:
    assert parse_retry_after("Mon, 02 Mar 2026 09:01:00 -0000", NOW) == 60.0


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_statuses_that_do_not_exist_are_permanent(status: int) -> None:
    assert isinstance(status_failure(status), PermanentFailure)
