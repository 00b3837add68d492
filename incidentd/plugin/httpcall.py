"""One outbound request with the outcomes of `incidentd.plugin.outcomes`, for plugins that speak HTTP.

Imports aiohttp: import this module inside `send`, not at the top of a plugin.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Mapping
from datetime import datetime

import aiohttp
import msgspec

from incidentd.plugin.outcomes import UnknownOutcome, parse_retry_after, status_failure
from incidentd.plugin.values import PermanentFailure, TemporaryFailure

MAX_ANSWER = 64 * 1024  # bytes of a vendor's answer that are read; the rest is dropped


class AddressRefused(PermissionError):
    """The outbound policy forbids the address a host name stands for (see `incidentd.ingress.outbound`).

    Its text is always the same and names no address.
    """

    def __init__(self) -> None:
        super().__init__("the outbound policy refuses this address")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor's answer. `body` is bounded, `headers` have lower-case names, and both are untrusted."""

    status: int
    body: bytes = b""
    retry_after: float | None = None
    headers: Mapping[str, str] = {}

    def require_success(self, detail: str = "") -> None:
        """Raises `TemporaryFailure` or `PermanentFailure` unless the status is 2xx."""
        failure = status_failure(self.status, self.retry_after, detail)
        if failure is not None:
            raise failure


async def post(
    session: aiohttp.ClientSession,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,  # noqa: ASYNC109 - handed to aiohttp, which tells connecting from waiting
    now: datetime,
) -> Answer:
    """POST `body` to `url` within `timeout` seconds, half of which may go into connecting; redirects are not followed.

    Raises `TemporaryFailure` when no connection came about, `PermanentFailure` when `url` or a header cannot be used,
    `UnknownOutcome` when the connection broke later. None of them holds the URL, a header or an earlier exception,
    because each of these can carry a secret.
    """
    return await _outcome(_send(session, "POST", url, body, headers, timeout=timeout, now=now))


async def get(
    session: aiohttp.ClientSession,
    url: str,
    headers: Mapping[str, str],
    *,
    timeout: float,  # noqa: ASYNC109 - as in `post`
    now: datetime,
    most: int = MAX_ANSWER,
) -> Answer:
    """GET `url`, otherwise as `post`; at most `most` bytes of the answer are read."""
    return await _outcome(_send(session, "GET", url, None, headers, timeout=timeout, now=now, most=most))


async def send(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,  # noqa: ASYNC109 - as in `post`
    now: datetime,
) -> Answer:
    """Any method with a body, such as PATCH, otherwise as `post`. Since API version 1.7."""
    return await _outcome(_send(session, method, url, body, headers, timeout=timeout, now=now))


async def _outcome(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except Exception as exc:
        failure = _failure(exc)
    raise failure  # outside of the handler, so that no __context__ keeps the URL alive


async def _send(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    timeout: float,  # noqa: ASYNC109 - as in `post`
    now: datetime,
    most: int = MAX_ANSWER,
) -> Answer:
    limit = aiohttp.ClientTimeout(total=timeout, connect=timeout / 2)
    asked = session.request(method, url, data=body, headers=headers, allow_redirects=False, timeout=limit)
    async with asked as response:
        return Answer(
            status=response.status,
            body=await _read_some(response, most),
            retry_after=parse_retry_after(response.headers.get("Retry-After"), now),
            headers={name.lower(): value for name, value in response.headers.items()},
        )


async def _read_some(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The start of the answer. The status has already decided: a body that breaks off or is slow changes nothing."""
    parts: list[bytes] = []
    size = 0
    try:
        while size < most and (part := await response.content.read(most - size)):
            parts.append(part)
            size += len(part)
    except (aiohttp.ClientError, TimeoutError, OSError):
        response.close()
    return b"".join(parts)


def _failure(exc: Exception) -> Exception:
    if isinstance(exc, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return TemporaryFailure("no secure connection: TLS failed or the certificate is not trusted")
    if isinstance(exc, aiohttp.ClientConnectorError):
        if isinstance(exc.os_error, AddressRefused):
            return PermanentFailure(str(exc.os_error))
        return TemporaryFailure(f"no connection: {exc.os_error.strerror or type(exc.os_error).__name__}")
    if isinstance(exc, aiohttp.ConnectionTimeoutError):
        return TemporaryFailure("no connection in time")
    if isinstance(exc, ValueError | aiohttp.NonHttpUrlClientError):  # aiohttp.InvalidURL is a ValueError
        return PermanentFailure("the URL or a header cannot be sent")
    return UnknownOutcome(f"no clear answer ({type(exc).__name__})")
