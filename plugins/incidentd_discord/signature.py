"""Whether an interaction comes from Discord, and lately.

Discord signs the time (X-Signature-Timestamp) and the body with Ed25519 and sends the signature in hexadecimal as
X-Signature-Ed25519. It tries from time to time whether a bad one is answered 401 (docs.discord.com, "Interactions").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from incidentd.plugin import BadRequest, WebhookRequest

WINDOW = 300  # seconds that a signed time may be off
_SIGNATURE = re.compile(r"[0-9a-fA-F]{128}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def check_signature(keys: Sequence[Ed25519PublicKey], request: WebhookRequest) -> None:
    """Raises `BadRequest` (401) unless one of `keys` signed the request within `WINDOW`."""
    given = request.headers.get("x-signature-ed25519", "")
    timestamp = request.headers.get("x-signature-timestamp", "")
    whole = _SIGNATURE.fullmatch(given) and _SECONDS.fullmatch(timestamp)
    if not whole or not any(_fits(key, bytes.fromhex(given), timestamp.encode() + request.body) for key in keys):
        raise BadRequest("is missing or does not fit the body", field="X-Signature-Ed25519", status=401)
    if abs(request.received_at.timestamp() - int(timestamp)) > WINDOW:
        raise BadRequest(f"is more than {WINDOW} s off: a replay?", field="X-Signature-Timestamp", status=401)


def _fits(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True
