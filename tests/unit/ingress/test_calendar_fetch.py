"""Fetching the calendar of a layer, over real connections on loopback, and from files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incidentd.ingress import calendar_fetch
from incidentd.ingress.calendar_fetch import CalendarFetch
from incidentd.ingress.outbound import guarded_session
from incidentd.plugin.testing.httpserver import Fault, RecordingServer, Reply
from incidentd.services.calendar_imports import MOST_BYTES, CannotFetch

SECRET = "/private-1f3c/basic.ics"
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    async with RecordingServer() as running:
        yield running


async def fetched(place: str, *, allow_private: bool = True) -> bytes:
    async with guarded_session(allow_private=allow_private) as session:
        return await CalendarFetch(session)(place)


async def refusal(place: str, *, allow_private: bool = True) -> str:
    """What is said to whoever looks after it; never the URL, for who knows it may read the calendar."""
    with pytest.raises(CannotFetch) as refused:
        await fetched(place, allow_private=allow_private)
    assert "private-1f3c" not in str(refused.value)
    assert refused.value.__cause__ is None
    return str(refused.value)


async def test_a_calendar_is_asked_for_and_given(server):
    server.script(Reply(body=BODY))
    assert await fetched(server.url + SECRET) == BODY
    (asked,) = server.requests
    assert (asked.method, asked.path, asked.headers["accept"]) == ("GET", SECRET, "text/calendar")


@pytest.mark.parametrize("status", [304, 401, 404, 410, 500])
async def test_another_status_is_said(server, status):
    server.script(status)
    assert await refusal(server.url + SECRET) == f"HTTP {status}; see whether its URL is still right, or was revoked"


async def test_the_longest_is_taken_and_one_byte_more_is_not(server):
    server.script(Reply(body=b"x" * MOST_BYTES), Reply(body=b"x" * (MOST_BYTES + 1)))
    assert len(await fetched(server.url + SECRET)) == MOST_BYTES
    assert "longer than" in await refusal(server.url + SECRET)


async def test_three_redirects_are_followed_and_no_more(server):
    on = Reply(status=302, headers={"Location": SECRET})
    server.script(on, on, Reply(body=BODY), *[on] * 9)
    assert await fetched(server.url + "/") == BODY
    assert await refusal(server.url + "/") == "TooManyRedirects; see whether its URL is still right"
    assert len(server.requests) == 3 + 3


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0/"])
async def test_a_redirect_to_where_nobody_may_go_is_refused(server, where):
    server.script(Reply(status=302, headers={"Location": where}))
    assert "its address is not allowed: see allow_private" in await refusal(server.url + SECRET)
    assert len(server.requests) == 1


async def test_a_private_address_is_refused_where_none_are_allowed(server):
    assert "its address is not allowed: see allow_private" in await refusal(server.url + SECRET, allow_private=False)
    assert server.requests == []


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://"])
async def test_a_redirect_to_no_web_page_is_refused(server, where):
    server.script(Reply(status=302, headers={"Location": where}))
    assert "see whether its URL is still right" in await refusal(server.url + SECRET)


async def test_who_does_not_answer_is_given_up(server, monkeypatch):
    monkeypatch.setattr(calendar_fetch, "_SECONDS", 0.1)
    server.script(Fault.HANG)
    assert await refusal(server.url + SECRET) == "it did not answer within 0.1 s"


async def test_nobody_there_and_no_web_server(server):
    server.script(Fault.GARBAGE)
    assert "see whether its URL is still right" in await refusal(server.url + SECRET)
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    assert "no connection" in await refusal(f"http://127.0.0.1:{port}{SECRET}")


async def test_files_are_bounded_as_well(tmp_path: Path):
    file = tmp_path / "duty.ics"
    file.write_bytes(BODY)
    assert await fetched(str(file)) == BODY
    file.write_bytes(b"x" * (MOST_BYTES + 1))
    assert "longer than" in await refusal(str(file))
    for place in (tmp_path, tmp_path / "none.ics"):
        assert "see whether the daemon may read it" in await refusal(str(place))
