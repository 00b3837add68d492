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
from incidentd.plugin.signatures import any_signed

WINDOW = 300  # seconds
_SECONDS = re.compile(r"[0-9]{1,12}")


def check_signature(secrets: Sequence[Secret], request: WebhookRequest) -> None:
    """Raises `BadRequest` (401) unless one of `secrets` signed the request within `WINDOW`."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    if not _SECONDS.fullmatch(timestamp):
        raise BadRequest("is missing or no number", field="X-Slack-Request-Timestamp", status=401)
    signed = f"v0:{timestamp}:".encode() + request.body
    given = request.headers.get("x-slack-signature", "")
    if not any_signed(secrets, given, lambda key: b"v0=" + hmac.new(key, signed, hashlib.sha256).hexdigest().encode()):
        raise BadRequest("is missing or does not fit the body", field="X-Slack-Signature", status=401)
    if abs(request.received_at.timestamp() - int(timestamp)) > WINDOW:
        raise BadRequest(f"is more than {WINDOW} s off: a replay?", field="X-Slack-Request-Timestamp", status=401)
