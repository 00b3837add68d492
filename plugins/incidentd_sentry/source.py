"""The route of a Sentry source."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    BadRequest,
    Context,
    Route,
    Signal,
    StoreUnavailable,
    WebhookRequest,
    WebhookResponse,
    safe_line,
)
from incidentd.plugin.signatures import any_signed
from incidentd_sentry.config import SentryConfig
from incidentd_sentry.decode import decode_hook

PATH = "/sentry/webhook"
ANSWER_WITHIN = 0.8  # seconds; Sentry gives up after one, and unsubscribes who is slow too often
MAX_PENDING = 1000
_CLOSING = 5.0  # seconds that what is still being stored gets at the end


class SentrySource(AlertSource):
    """Takes the webhooks of internal integrations of Sentry.

    When the store is slower than Sentry is patient the answer is 503, and storing goes on: the alert is kept whether
    or not Sentry sends it again, and sending it again changes nothing.
    """

    def __init__(self, config: SentryConfig, context: Context) -> None:
        self._config = config
        self._sink = context.sink
        self._pending: set[asyncio.Task[None]] = set()

    def routes(self) -> Sequence[Route]:
        return (Route(method="POST", path=PATH, handler=self.receive, access=Access.SIGNED),)

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One webhook; what is about no alert is acknowledged and ignored."""
        self._check_signature(request)
        resource = request.headers.get("sentry-hook-resource", "")
        if not resource:
            raise BadRequest("the header Sentry-Hook-Resource is missing", field="Sentry-Hook-Resource")
        signal = decode_hook(resource, request.body, self._config.service_of)
        if signal is None:
            return _answer({"accepted": 0, "ignored": safe_line(resource, 40)})
        await self._store(signal)
        return _answer({"accepted": 1})

    def _check_signature(self, request: WebhookRequest) -> None:
        """Raises `BadRequest` with status 401 unless one of the secrets signed the body.

        The timestamp (Sentry-Hook-Timestamp) is not signed and so proves nothing.
        """
        given = request.headers.get("sentry-hook-signature", "").strip()
        body = request.body
        if not any_signed(
            self._config.secrets, given, lambda key: hmac.new(key, body, hashlib.sha256).hexdigest().encode()
        ):
            raise BadRequest(
                "the header Sentry-Hook-Signature is missing or does not fit the body",
                field="Sentry-Hook-Signature",
                status=401,
            )

    async def _store(self, signal: Signal) -> None:
        """Raises `StoreUnavailable` when `signal` could not be kept, or not in time."""
        if len(self._pending) >= MAX_PENDING:
            raise StoreUnavailable("too many alerts wait to be stored; send it again")
        storing = asyncio.create_task(self._sink.submit([signal]))
        self._pending.add(storing)
        storing.add_done_callback(self._settled)
        done, _ = await asyncio.wait({storing}, timeout=ANSWER_WITHIN)
        if not done:
            raise StoreUnavailable("the alert is not stored yet; send it again")
        storing.result()

    def _settled(self, storing: asyncio.Task[None]) -> None:
        self._pending.discard(storing)
        if not storing.cancelled():
            storing.exception()  # seen, so that asyncio does not complain about one whose sender was answered already

    async def close(self) -> None:
        """Let what is being stored come to its end."""
        if self._pending:
            _, late = await asyncio.wait(set(self._pending), timeout=_CLOSING)
            for storing in late:
                storing.cancel()


def _answer(document: dict[str, object]) -> WebhookResponse:
    return WebhookResponse(body=msgspec.json.encode(document))


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="sentry",
        config=SentryConfig,
        create=SentrySource,
        summary="Sentry's issue and metric alerts, internal integration: POST /sentry/webhook",
    ),
)
