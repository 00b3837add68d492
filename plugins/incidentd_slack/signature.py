"""Whether a request comes from Slack, and lately.

Slack signs "v0:" + the time + ":" + the body with HMAC-SHA256 and sends it as X-Slack-Signature, the time (seconds
since 1970) as X-Slack-Request-Timestamp; what is five minutes old may be a replay (docs.slack.dev, "Verifying requests
from Slack").
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from incidentd.plugin import BadRequest, Secret, WebhookRequest

WINDOW = 300  # seconds
_SECONDS = re.compile(r"[0-9]{1,12}")


def sign(secret: Secret, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature."""
    signed = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.reveal().encode(), signed, hashlib.sha256).hexdigest()


def check_signature(secrets: Sequence[Secret], request: WebhookRequest) -> None:
    """Raises `BadRequest` (401) unless one of `secrets` signed the request within `WINDOW`."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    if not _SECONDS.fullmatch(timestamp):
        raise BadRequest("is missing or no number", field="X-Slack-Request-Timestamp", status=401)
    given = request.headers.get("x-slack-signature", "").encode("utf-8", "surrogateescape")
    fits = False
    for secret in secrets:  # every secret is tried: the time taken tells nothing
        fits |= hmac.compare_digest(sign(secret, timestamp, request.body).encode(), given)
    if not fits:
        raise BadRequest("is missing or does not fit the body", field="X-Slack-Signature", status=401)
    if abs(request.received_at.timestamp() - int(timestamp)) > WINDOW:
        raise BadRequest(f"is more than {WINDOW} s off: a replay?", field="X-Slack-Request-Timestamp", status=401)
