"""Oversized and slow requests, and bytes that are no HTTP: refused in time, and the daemon goes on."""

from __future__ import annotations

import asyncio
import json

import pytest

from incidentd.api.bodies import MAX_BYTES
from incidentd.api.server import Limits

POST = b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\n"


async def answer_to(raw, *parts: bytes, pause: float = 0.0) -> bytes:
    reader, writer = await raw()
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(pause)
    async with asyncio.timeout(5):
        return await reader.read()


async def quick(api) -> None:
    api.limits = Limits(drain=1.0, head=0.2, body=0.2)
    await api.restart()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_a_body_at_the_limit_is_read_and_one_above_is_not(api):
    shell = len(json.dumps({"name": "a", "description": ""}))
    padding = " " * (MAX_BYTES - shell)
    assert (await api("POST", "/v1/alerts", b'{"name": "a", "description": ""' + padding.encode() + b"}")).status == 201
    answer = await api("POST", "/v1/alerts", b"{" + b" " * MAX_BYTES)
    assert answer.status == 413
    assert answer.problem.remedy


async def test_an_endless_chunked_body_is_cut_off(api, raw):
    head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    answer = await answer_to(raw, head, *[chunk] * 17)
    assert status(answer) == 413
    assert (await api("GET", "/v1/info")).status == 200


async def test_a_huge_announced_body_is_refused_before_it_comes(raw):
    answer = await answer_to(raw, POST + b"Connection: close\r\nContent-Length: 99999999999\r\n\r\n")
    assert status(answer) == 413


async def test_a_slow_body_is_given_up(api, raw):
    await quick(api)
    answer = await answer_to(raw, POST + b"Connection: close\r\nContent-Length: 10\r\n\r\n", b"{")
    assert status(answer) == 408
    assert b"too-slow" in answer


@pytest.mark.parametrize("parts", [(), (b"",), (b"GET /v1/in",), (b"GET /v1/info HTTP/1.1\r\nHost:",)])
async def test_a_slow_head_is_given_up(api, raw, parts):
    await quick(api)
    assert await answer_to(raw, *parts) == b""


async def test_a_second_slow_head_on_a_kept_connection_is_given_up(api, raw):
    await quick(api)
    reader, writer = await raw()
    writer.write(b"GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200" in await reader.read(65536)
    await asyncio.sleep(0.3)  # an idle connection is kept for longer than a head may take
    writer.write(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200" in await reader.read(65536)
    writer.write(b"GET /v1/h")
    async with asyncio.timeout(5):
        assert await reader.read() == b""


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /v1/info HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /v1/info HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /v1/info HTTP/1.1\r\n" + b"X: a\r\n" * 5_000 + b"\r\n",
        b"GET /v1/info HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /v1/info HTTP/1.1\r\nBad\x00Header: 1\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ],
    ids=lambda value: repr(value[:20]),
)
async def test_what_is_no_http_is_refused(api, raw, bytes_):
    answer = await answer_to(raw, bytes_)
    assert status(answer) == 400
    assert b"application/problem+json" in answer
    assert b"Traceback" not in answer
    assert (await api("GET", "/v1/info")).status == 200


async def test_a_broken_chunk_is_refused(raw):
    head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert status(await answer_to(raw, head, b"zz\r\n", pause=0.05)) == 400


async def test_a_packed_body_is_refused(api):
    import gzip

    packed = gzip.compress(b" " * 10_000_000)
    answer = await api("POST", "/v1/alerts", packed, {"Content-Encoding": "gzip"})
    assert answer.status == 415
    assert answer.problem.field == "Content-Encoding"


async def test_a_client_that_asks_before_sending_is_answered(raw):
    body = b'{"name":"a"}'
    reader, writer = await raw()
    writer.write(POST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
    async with asyncio.timeout(5):
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        await reader.readline()
        writer.write(body)
        assert status(await reader.read()) == 201


async def test_a_client_that_leaves_in_the_middle_harms_nobody(api, fake, raw):
    fake.delay = 0.1
    _, writer = await raw()
    writer.write(POST + b'Content-Length: 12\r\n\r\n{"name":"a"}')
    await writer.drain()
    await asyncio.sleep(0.03)
    writer.transport.abort()
    _, writer = await raw()
    writer.write(POST + b'Content-Length: 12\r\n\r\n{"na')
    await writer.drain()
    writer.transport.abort()
    await asyncio.sleep(0.15)
    assert [call[0] for call in fake.asked] == ["alerts.raise"], "a request that was whole is carried out"
    assert (await api("GET", "/v1/info")).status == 200


async def test_requests_in_a_row_are_answered_in_order(raw):
    reader, writer = await raw()
    writer.write(
        b"GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    async with asyncio.timeout(5):
        answer = await reader.read()
    assert answer.index(b"HTTP/1.1 200") < answer.index(b"HTTP/1.1 404")
