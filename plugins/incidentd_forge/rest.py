"""Calls of a forge's REST API, and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from incidentd.plugin import Context, TemporaryFailure
from incidentd_forge.access import Access
from incidentd_forge.config import ForgeConfig

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

T = TypeVar("T")
_MOST = 16 * 1024 * 1024  # bytes of one page
_PAUSE = 60.0  # seconds; what GitHub asks for where a limit was hit and no time is told
_REMEDIES = {
    401: "the token is not valid any more",
    403: "the token may not write comments here, or the conversation is locked",
    404: "there is no such issue, or the token may not see it",
    410: "the issue was deleted",
    422: "the forge did not take the text",
}


class Rest:
    """Raises what `httpcall.post` raises, by status `TemporaryFailure` and `PermanentFailure`, and as `Access`."""

    def __init__(self, config: ForgeConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._access = Access(config, context)

    async def post(
        self, path: str, document: Any, answered: type[T], remedies: Mapping[int, str] = _REMEDIES
    ) -> T | None:
        """Make something; None where the answer is not understood."""
        from incidentd.plugin.httpcall import post

        now, limit = self._context.now(), self._config.timeout
        url, headers = self._config.api + path, await self._access.headers()
        body = msgspec.json.encode(document)
        answer = await post(self._context.http, url, body, headers, timeout=limit, now=now)
        self._require_success(answer, now, remedies)
        return _decoded(answer.body, answered)

    async def page(self, path: str, item: type[T], remedies: Mapping[int, str] = _REMEDIES) -> list[T]:
        """One page of a list."""
        from incidentd.plugin.httpcall import get

        now, limit = self._context.now(), self._config.timeout
        url, headers = self._config.api + path, await self._access.headers()
        answer = await get(self._context.http, url, headers, timeout=limit, now=now, most=_MOST)
        self._require_success(answer, now, remedies)
        found = _decoded(answer.body, list[item])  # type: ignore[valid-type]
        if found is None:
            raise TemporaryFailure("the forge's answer is not understood")
        return found

    def _require_success(self, answer: Answer, now: datetime, remedies: Mapping[int, str]) -> None:
        if answer.status == 401:
            self._access.forget()
        pause = rate_pause(answer, now)
        if pause is not None:
            raise TemporaryFailure(f"HTTP {answer.status}: the forge's limit of requests is reached", pause)
        answer.require_success(remedies.get(answer.status, ""))


def _decoded(body: bytes, type_: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def rate_pause(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait where a limit of requests was hit, None where none was.

    docs.github.com, "Rate limits for the REST API": 403 or 429, with Retry-After, or with no requests remaining until
    x-ratelimit-reset (seconds since 1970), or else at least a minute.
    """
    if answer.status not in (403, 429):
        return None
    if answer.retry_after is not None:
        return answer.retry_after
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0":
        seconds = float(reset) - now.timestamp() if re.fullmatch(r"[0-9]{1,12}", reset) else _PAUSE
        return min(max(seconds, 1.0), 3600.0)
    return _PAUSE if b"secondary rate limit" in answer.body else None
