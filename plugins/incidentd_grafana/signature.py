"""Whether a request comes from the Grafana that was set up. Pure functions; compares in constant time, on bytes.

Grafana (pkg grafana/alerting, HMAC round tripper) signs `body`, or `timestamp + ":" + body` when the contact point
names a timestamp header; the signature is hexadecimal SHA-256, the timestamp seconds since 1970.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime

from incidentd.plugin import BadRequest, Secret, WebhookRequest
from incidentd_grafana.config import GrafanaConfig

_SECONDS = re.compile(r"[0-9]{1,12}")


def authenticate(request: WebhookRequest, config: GrafanaConfig) -> None:
    """Raises `BadRequest` with status 401 unless `request` proves all that `config` asks for."""
    if config.tokens or config.password is not None:
        _check_authorization(request.headers.get("authorization", ""), config)
    if config.secrets:
        _check_signature(request, config)


def sign(secret: Secret, timestamp: str, body: bytes) -> str:
    """The signature of `body`; `timestamp` is "" where none is signed."""
    prefix = f"{timestamp}:".encode() if timestamp else b""
    return hmac.new(secret.reveal().encode(), prefix + body, hashlib.sha256).hexdigest()


def _check_signature(request: WebhookRequest, config: GrafanaConfig) -> None:
    timestamp = ""
    if config.timestamp_header:
        timestamp = request.headers.get(config.timestamp_header.lower(), "").strip()
        if not _SECONDS.fullmatch(timestamp):
            raise _refused("is missing or not in seconds since 1970", config.timestamp_header)
    given = _bytes(request.headers.get(config.signature_header.lower(), "").strip().lower())
    signatures = [sign(secret, timestamp, request.body).encode() for secret in config.secrets]
    if not _any_equal(signatures, given):
        raise _refused("is missing or does not fit the body", config.signature_header)
    if timestamp and not _is_near(timestamp, request.received_at, config.replay_window):
        raise _refused(f"is more than {config.replay_window:g} seconds off", config.timestamp_header)


def _check_authorization(header: str, config: GrafanaConfig) -> None:
    scheme, _, credentials = header.partition(" ")
    known: list[bytes] = []
    given = credentials.strip()
    if scheme.lower() == "bearer":
        known = [_bytes(token.reveal()) for token in config.tokens]
    elif scheme.lower() == "basic" and config.password is not None:
        known = [_bytes(f"{config.username}:{config.password.reveal()}")]
        given = _basic(given)
    if not _any_equal(known, _bytes(given)):
        raise _refused("is missing or wrong", "Authorization")


def _basic(credentials: str) -> str:
    try:
        return base64.b64decode(_bytes(credentials), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_near(timestamp: str, now: datetime, window: float) -> bool:
    return abs(now.timestamp() - int(timestamp)) <= window


def _any_equal(known: list[bytes], given: bytes) -> bool:
    """Whether `given` is one of `known`; every one is compared, so that the time taken tells nothing."""
    found = False
    for one in known:
        found |= hmac.compare_digest(one, given)
    return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _refused(what: str, header: str) -> BadRequest:
    return BadRequest(f"the header {header} {what}", field=header, status=401)
