"""Asking a target once. Every fault becomes a bad result; nothing raises but a cancellation."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import re2  # type: ignore[import-untyped]

from incidentd.plugin import mend_text
from incidentd.plugin.httpcall import AddressRefused
from incidentd_prober.config import Target, host_and_port
from incidentd_prober.reach import Reach
from incidentd_prober.record import Result

MAX_ANSWER = 1024 * 1024  # bytes of a body that are searched


class Probes:
    """Asks. Has an HTTP session of its own, so that a target that hangs takes no connection from the notifiers."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._session: aiohttp.ClientSession | None = None
        self._trusted: dict[str | None, ssl.SSLContext] = {}  # by file; None: the system's

    async def ask(self, target: Target, *, certificate: bool) -> Result:
        """One result within the target's timeout. `certificate`: look at an HTTPS server's certificate too."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(target.timeout.total_seconds()):
                result = await self._kinds()[target.kind](target, began)
                if certificate and target.kind == "http" and target.secured is not None and result.good:
                    return await self._with_certificate(target, result)
                return result
        except TimeoutError:
            outcome, detail = "no answer", f"no answer within {target.timeout.total_seconds():g} s"
        except (OSError, aiohttp.ClientError, ValueError) as error:  # ValueError: a URL or header that cannot be sent
            outcome, detail = _fault(error)
        return Result(good=False, outcome=outcome, detail=detail, seconds=time.monotonic() - began)

    def _kinds(self) -> Mapping[str, Callable[[Target, float], Awaitable[Result]]]:
        return {"http": self._http, "tcp": self._tcp, "tls": self._tls, "dns": self._dns}

    async def _http(self, target: Target, began: float) -> Result:
        async with self._opened().request(
            target.method, target.url or "", headers=dict(target.headers), ssl=self._trust(target), allow_redirects=True
        ) as answer:
            first = time.monotonic()
            body = await answer.content.read(0) if not _searched(target) else await _body(answer)
            wanted = answer.status in target.status if target.status else 200 <= answer.status < 300
            missing = _missing(target, body) if wanted else f"expected {_expected(target)}"
        done = time.monotonic()
        timing = f"{first - began:.3f} s to the first byte, {done - began:.3f} s in all"
        return Result(
            good=not missing, outcome=f"HTTP {answer.status}", detail=missing, seconds=done - began, timing=timing
        )

    async def _tcp(self, target: Target, began: float) -> Result:
        (await self._reach.connect(*host_and_port(target.tcp or ""))).close()
        seconds = time.monotonic() - began
        return Result(good=True, outcome="open", seconds=seconds, timing=f"connected in {seconds:.3f} s")

    async def _tls(self, target: Target, began: float) -> Result:
        until = await self._until(target)
        seconds = time.monotonic() - began
        timing = f"handshake done in {seconds:.3f} s"
        return Result(good=True, outcome="secure", seconds=seconds, timing=timing, certificate_until=until)

    async def _dns(self, target: Target, began: float) -> Result:
        found = sorted({str(info[4][0]) for info in await self._reach.addresses(target.dns or "", 0)})
        seconds = time.monotonic() - began
        wrong = set(found) != set(target.addresses) if target.addresses else False
        detail = f"resolves to {', '.join(found)}"
        timing = f"resolved in {seconds:.3f} s"
        outcome = "wrong address" if wrong else "resolved"
        return Result(good=not wrong, outcome=outcome, detail=detail, seconds=seconds, timing=timing)

    async def _with_certificate(self, target: Target, result: Result) -> Result:
        """A connection of its own: the one that brought the answer is closed when its end is read."""
        from msgspec.structs import replace

        return replace(result, certificate_until=await self._until(target))

    async def _until(self, target: Target) -> datetime | None:
        host, port = target.secured or ("", 0)
        found: Any = (await self._reach.certificate(host, port, self._trust(target))).get("notAfter")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(found), UTC) if found else None

    def _trust(self, target: Target) -> ssl.SSLContext:
        """Made once: reading the system's certificates takes tens of milliseconds, in which nothing else would run."""
        name = str(target.ca_file) if target.ca_file is not None and target.secured is not None else None
        if name not in self._trusted:
            self._trusted[name] = ssl.create_default_context(cafile=name)
        return self._trusted[name]

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0, force_close=True, resolver=self._reach, socket_factory=self._reach.open_socket
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=True
            )
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
        await self._reach.close()


def _searched(target: Target) -> bool:
    return bool(target.contains or target.matches)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < MAX_ANSWER and (part := await answer.content.read(MAX_ANSWER - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _missing(target: Target, body: bytes) -> str:
    """What a good answer would have had, "" when it is there."""
    if target.contains and target.contains.encode() not in body:
        return f"does not contain {target.contains!r}"
    if target.matches and re2.search(target.matches, mend_text(body).decode()) is None:
        return f"nothing in it matches {target.matches!r}"
    return ""


def _expected(target: Target) -> str:
    return " or ".join(map(str, target.status)) or "200 to 299"


def _fault(error: Exception) -> tuple[str, str]:
    """(a few words, the whole story) of what went wrong."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    if isinstance(cause, AddressRefused):
        return "not allowed", str(cause)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "bad certificate", f"the certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return "TLS failed", f"no secure connection: {cause.reason or type(cause).__name__}"
    if isinstance(cause, socket.gaierror):
        return "unknown name", f"the name has no address: {cause.strerror}"
    if isinstance(cause, ConnectionRefusedError):
        return "refused", "the connection was refused"
    if isinstance(cause, OSError) and cause.strerror:
        return "no connection", f"no connection: {cause.strerror}"
    return "no answer", f"no clear answer ({type(error).__name__})"
