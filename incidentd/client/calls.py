"""What every part of the client stands on: one exchange with the daemon, read into a struct."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from incidentd import wire
from incidentd.exchange import Exchange, fitting
from incidentd.h1 import HttpRequest

T = TypeVar("T")


class Calls:
    """Calls over one exchange. Each mutation has an idempotency key, so that repeating it over a restart acts once."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def _get(self, target: str, answer: type[T]) -> T:
        return fitting(await self._exchange.ask(HttpRequest(method="GET", target=target)), answer)

    async def _send(
        self,
        method: str,
        target: str,
        answer: type[T] | None,
        body: wire.Request | None = None,
        *,
        if_version: int | None = None,
        once: bool = True,
    ) -> T:
        """`once`: with an idempotency key, which the daemon keeps for a day; not for what may happen twice."""
        headers = {"Content-Type": "application/json"}
        if once:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if if_version is not None:
            headers["If-Match"] = f'"{if_version}"'
        encoded = b"" if body is None else msgspec.json.encode(body)
        raw = await self._exchange.ask(HttpRequest(method=method, target=target, headers=headers, body=encoded))
        return fitting(raw or b"null", answer)


def query_string(**values: str | int | Sequence[str]) -> str:
    """`?` and what is given, percent-encoded; "" when nothing is."""
    given: Mapping[str, object] = {name: value for name, value in values.items() if value not in ("", ())}
    return "?" + urlencode(given, doseq=True) if given else ""
