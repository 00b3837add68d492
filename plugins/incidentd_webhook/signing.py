"""The signature of the webhook notifier, of what it sends and of what is reported back."""

from __future__ import annotations

import hashlib
import hmac

from incidentd.plugin import Secret

HEADER = "X-Incidentd-Signature"


def signature(secret: Secret, unix_time: int, body: bytes) -> str:
    """The value of `X-Incidentd-Signature`: HMAC-SHA256 of `<t>.<body>`."""
    signed = str(unix_time).encode() + b"." + body
    digest = hmac.new(secret.reveal().encode("utf-8", "surrogatepass"), signed, hashlib.sha256).hexdigest()
    return f"t={unix_time},v1={digest}"
