"""The same key and the same request give the same answer, also when the two arrive at once.

Only an answer that did something (2xx) is remembered: a refused request may be sent again under its key. The answer is
remembered after the act, so a crash between the two lets one repetition act again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from incidentd.api.problems import Fault, invalid
from incidentd.services.contracts import IdempotencyCalls

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
_MAX_KEY = 128
_log = structlog.get_logger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """What a mutation is answered with; `replayed` when it is remembered from an earlier request."""

    status: int
    body: bytes
    replayed: bool = False
    media_type: str = "application/json"
    file_name: str = ""


def checked_key(header: str | None) -> str | None:
    """The key of a request, None when it has none. Raises `Fault` (400)."""
    if header is None:
        return None
    if not 1 <= len(header) <= _MAX_KEY or not (header.isascii() and header.isprintable()):
        raise invalid(
            f"the key must have 1 to {_MAX_KEY} printable ASCII characters",
            field=HEADER,
            remedy="send a new random UUID for each new request",
        )
    return header


def digest(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same one."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


class Idempotency:
    """Runs each (caller, key) once. Requests in flight under one key wait for each other."""

    def __init__(self, store: IdempotencyCalls) -> None:
        self._store = store
        self._locks: dict[tuple[str, str], tuple[asyncio.Lock, int]] = {}

    async def once(self, actor: str, key: str, request: str, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of `act`, or the one remembered. Raises `Fault` (422) when `key` was another request's."""
        slot = (actor, key)
        lock, users = self._locks.get(slot, (asyncio.Lock(), 0))
        self._locks[slot] = (lock, users + 1)
        try:
            async with lock:
                return await self._found(actor, key, request) or await self._done(actor, key, request, act)
        finally:
            lock, users = self._locks.pop(slot)
            if users > 1:
                self._locks[slot] = (lock, users - 1)

    async def _found(self, actor: str, key: str, request: str) -> Answer | None:
        earlier = await self._store.find(actor, key)
        if earlier is None:
            return None
        known, status, body = earlier
        if known != request:
            raise Fault(
                422,
                "idempotency-key-reused",
                "this key was used for another request",
                field=HEADER,
                remedy="use a new key for a new request; repeat a request unchanged",
            )
        return Answer(status, body, replayed=True)

    async def _done(self, actor: str, key: str, request: str, act: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = await act()
        if answer.status < 300:
            try:
                await self._store.remember(actor, key, request, answer.status, answer.body)
            except Exception:  # the act is done and durable: the caller must not be told otherwise
                _log.exception("idempotency key not remembered", actor=actor)
        return answer
