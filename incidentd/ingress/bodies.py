"""Reading a request's body within bounds: size, time, and what it inflates to."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterator

from aiohttp import web

from incidentd.plugin.values import BadRequest

BODY_SECONDS = 10.0
_MAX_RATIO = 200
_FREE_INFLATION = 1024 * 1024  # a small body may have any ratio: repetitive JSON compresses well
_CODINGS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class NoRoom(Exception):  # noqa: N818
    """Bodies that others send take all the memory there is for them now."""


class BodyRoom:
    """How many bytes of bodies may be in memory at once, those included that are still on their way."""

    def __init__(self, most: int = 128 * 2**20) -> None:
        self._free = most

    @contextlib.contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """A share for one body, given back at the end: call it with the size of each part. It raises `NoRoom`."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if size > self._free:
                raise NoRoom
            self._free -= size
            taken += size

        try:
            yield take
        finally:
            self._free += taken


async def read_body(request: web.BaseRequest, limit: int, take: Callable[[int], None] = lambda _size: None) -> bytes:
    """The whole body, inflated, at most `limit` bytes. Raises `BadRequest` (400, 408, 413, 415), and what `take` does.

    `take` hears of each part, and of the size that it inflates to.
    """
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await _read(request, limit, take)
    except TimeoutError as error:
        raise BadRequest(f"the body did not arrive within {BODY_SECONDS:g} s", status=408) from error
    except (web.RequestPayloadError, ConnectionError) as error:
        # without what it ran through: the reader keeps the error, and the error would keep the reader
        raise BadRequest("the body is broken") from error.with_traceback(None)
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return raw
    body = inflated(raw, coding, limit)
    take(len(body))
    return body


async def _read(request: web.BaseRequest, limit: int, take: Callable[[int], None]) -> bytes:
    first = await request.content.readany()
    take(len(first))
    if request.content.at_eof():
        if len(first) > limit:
            raise _too_large(limit)
        return first
    body = bytearray(first)
    while not request.content.at_eof():
        part = await request.content.readany()
        take(len(part))
        body += part
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> BadRequest:
    return BadRequest(f"the body is larger than {limit} bytes", status=413)


def inflated(raw: bytes, coding: str, limit: int) -> bytes:
    """`raw` without its content coding. Raises `BadRequest`; never makes more than `limit` bytes."""
    window = _CODINGS.get(coding)
    if window is None:
        raise BadRequest(f"the content coding {coding[:40]!r} is unknown: send gzip, deflate or none", status=415)
    allowed = min(limit, max(len(raw) * _MAX_RATIO, _FREE_INFLATION))
    body = bytearray()
    while True:  # a gzip body may have several members, one after the other (RFC 1952, section 2.2)
        machine = zlib.decompressobj(window)
        try:
            body += machine.decompress(raw, allowed - len(body) + 1)
        except zlib.error as error:
            raise BadRequest(f"the body is no {coding}") from error
        if len(body) > allowed:
            raise _too_large(allowed)
        if not machine.eof:
            raise BadRequest(f"the {coding} body is cut short")
        raw = machine.unused_data
        if not raw:
            return bytes(body)
