"""The event stream: resume without gaps, heartbeats, and an end before the daemon's own."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from incidentd import wire
from incidentd.api import stream
from incidentd.api.server import Limits
from incidentd.sse import FrameDecoder

REQUEST = b"GET /v1/events%s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n%s\r\n"


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def opened(raw, query: bytes = b"", headers: bytes = b"") -> asyncio.StreamReader:
    reader, writer = await raw()
    writer.write(REQUEST % (query, headers))
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    assert b"text/event-stream" in head
    return reader


async def chunk(reader: asyncio.StreamReader) -> bytes:
    """One chunk of the chunked coding; b"" at the end."""
    async with asyncio.timeout(5):
        size = int(await reader.readline(), 16)
        return (await reader.readexactly(size + 2))[:-2]


async def seqs(reader: asyncio.StreamReader, count: int) -> list[int]:
    decoder = FrameDecoder()
    events: list[wire.Event] = []
    while len(events) < count:
        for frame in decoder.feed(await chunk(reader)):
            event = msgspec.json.decode(frame.data, type=wire.Event)
            assert (frame.id, frame.event) == (str(event.seq), event.kind)
            events.append(event)
    return [event.seq for event in events]


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        (b"?after=0", b"", [1, 2, 3, 4]),
        (b"?after=2", b"", [3, 4]),
        (b"", b"Last-Event-ID: 1\r\n", [2, 3, 4]),
        (b"?after=2", b"Last-Event-ID: 1\r\n", [3, 4]),
        (b"", b"", [4]),
    ],
)
async def test_a_stream_starts_where_it_was_told(fake, raw, query, headers, expected):
    for _ in range(3):
        fake.happen()
    reader = await opened(raw, query, headers)
    assert await chunk(reader) == b": ping\n\n", "the head must not wait for the first event"
    fake.happen("status")
    assert await seqs(reader, len(expected)) == expected


@pytest.mark.parametrize(
    ("query", "headers", "status", "field"),
    [
        ("?after=9", {}, 409, "after"),
        ("?after=x", {}, 400, "after"),
        ("", {"Last-Event-ID": "nine"}, 400, "Last-Event-ID"),
        ("", {"Last-Event-ID": "9" * 40}, 400, "Last-Event-ID"),
    ],
)
async def test_a_stream_that_cannot_start_there_is_refused(api, query, headers, status, field):
    answer = await api("GET", f"/v1/events{query}", None, {"Accept": "text/event-stream", **headers})
    assert answer.status == status
    assert answer.problem.field == field


async def test_a_silent_stream_is_kept_alive(api, raw):
    api.limits = Limits(drain=1.0, ping=0.05)
    await api.restart()
    reader = await opened(raw)
    for _ in range(4):
        assert await chunk(reader) == b": ping\n\n"


@pytest.mark.parametrize("source_ends", [True, False])
async def test_closing_the_server_ends_streams_properly_and_at_once(api, fake, raw, source_ends):
    reader = await opened(raw)
    fake.draining = source_ends
    began = time.monotonic()
    if not source_ends:
        server, api._server = api._server, None
        await server.close()
    else:
        await api.stop()
    assert time.monotonic() - began < 0.8
    rest = await reader.read()
    assert rest.endswith(b"0\r\n\r\n"), "the end is said, not broken off"


async def test_a_source_that_fails_ends_the_stream_and_not_the_daemon(api, fake, raw):
    reader = await opened(raw, b"?after=0")
    assert await chunk(reader) == b": ping\n\n"
    fake.log.append("no event at all")
    assert await chunk(reader) == b""
    fake.log.clear()
    assert (await api("GET", "/v1/info")).status == 200


async def test_a_peer_that_reads_nothing_is_dropped(api, fake, raw, monkeypatch):
    monkeypatch.setattr(stream, "_SEND_SECONDS", 0.2)
    streams = api._server._streams
    _, writer = await raw()
    writer.write(REQUEST % (b"?after=0", b""))
    await until(lambda: len(streams._running) == 1)
    for _ in range(400):
        fake.happen(data={"text": "x" * 20_000})
    await until(lambda: not streams._running)
    assert (await api("GET", "/v1/info")).status == 200


async def test_a_peer_that_leaves_is_forgotten(api, fake, raw):
    streams = api._server._streams
    _, writer = await raw()
    writer.write(REQUEST % (b"", b""))
    await until(lambda: len(streams._running) == 1)
    writer.transport.abort()
    fake.happen()
    await asyncio.sleep(0.02)
    fake.happen()
    await until(lambda: not streams._running)


@pytest.mark.parametrize("leave", ["peer", "server"])
async def test_a_source_is_closed_however_the_stream_ends(api, fake, raw, leave):
    _, writer = await raw()
    writer.write(REQUEST % (b"", b""))
    await until(lambda: fake.readers == 1)
    if leave == "peer":
        writer.transport.abort()
        await asyncio.sleep(0.02)
        fake.happen()
        await asyncio.sleep(0.02)
        fake.happen()
    else:
        await api._server._streams.close(1.0)
    await until(lambda: fake.readers == 0)


async def test_there_is_a_limit_of_streams(api, raw, monkeypatch):
    monkeypatch.setattr(stream, "_MAX_STREAMS", 1)
    await opened(raw)
    answer = await api("GET", "/v1/events", None, {"Accept": "text/event-stream"})
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert (await api("GET", "/v1/events")).status == 200, "a page is no stream"
