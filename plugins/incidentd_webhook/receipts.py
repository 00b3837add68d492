"""Receipts for the webhook notifier: whoever took a message reports, signed with the same secret, what became of it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from incidentd.plugin import (
    BadRequest,
    ReceiptBook,
    ReceiptOutcome,
    Secret,
    WebhookRequest,
    WebhookResponse,
    decode_json,
)
from incidentd_webhook.signing import HEADER, signature

WINDOW = 300  # seconds that a signed time may be off
MAX_BODY = 16 * 1024
_SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class Callback(msgspec.Struct, frozen=True):
    """What a receiver reports; unknown members are ignored."""

    idempotency_key: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
    status: ReceiptOutcome
    detail: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def check_signature(secrets: Sequence[Secret], request: WebhookRequest) -> None:
    """Raises `BadRequest` (401) unless the body was signed with one of `secrets`, lately."""
    found = _SIGNED.fullmatch(request.headers.get(HEADER.lower(), ""))
    if found is None:
        raise BadRequest("is missing, or not like t=...,v1=...", field=HEADER, status=401)
    made = [signature(one, int(found[1]), request.body).encode() for one in secrets]
    if not any(hmac.compare_digest(one, found[0].encode()) for one in made):
        raise BadRequest("does not fit the body", field=HEADER, status=401)
    if abs(request.received_at.timestamp() - int(found[1])) > WINDOW:
        raise BadRequest(f"its time is more than {WINDOW} s off", field=HEADER, status=401)


async def take(secrets: Sequence[Secret], receipts: ReceiptBook, request: WebhookRequest) -> WebhookResponse:
    """Store what a callback says. Raises `BadRequest`: 401 not signed, 400 not understood, 404 no such message."""
    check_signature(secrets, request)
    callback = decode_json(request.body, Callback)
    known = await receipts.report(callback.status, idempotency_key=callback.idempotency_key, detail=callback.detail)
    if not known:
        raise BadRequest("this notifier sent no message with such a key", field="idempotency_key", status=404)
    return WebhookResponse(body=b'{"status":"ok"}')
