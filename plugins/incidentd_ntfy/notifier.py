"""The ntfy notifier: publishes as JSON (https://docs.ntfy.sh/publish/#publish-as-json).

JSON keeps untrusted text out of HTTP headers. The message's idempotency key becomes ntfy's `sequence_id` (servers from
2.16 on replace a message that has the same one; older servers ignore it).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from incidentd.plugin import (
    AdapterType,
    Capability,
    Context,
    Notification,
    NotificationKind,
    Notifier,
    PermanentFailure,
    Receipt,
    Secret,
    Urgency,
    safe_line,
    safe_text,
)
from incidentd_ntfy.config import TOPIC, NtfyConfig

MAX_MESSAGE = 4096  # bytes; a longer message becomes an attachment that phones do not show
MAX_JSON = 2 * MAX_MESSAGE  # bytes; the server's own limit for a JSON request
MAX_TITLE = 250  # characters
_CUT = "\n… (cut)"

# ntfy: 5 max, 4 high, 3 default, 2 low (no sound or vibration), 1 min
_PRIORITY = {
    (NotificationKind.PAGE, Urgency.HIGH): 5,
    (NotificationKind.PAGE, Urgency.LOW): 3,
    (NotificationKind.UPDATE, Urgency.HIGH): 4,
    (NotificationKind.UPDATE, Urgency.LOW): 2,
    (NotificationKind.RESOLVED, Urgency.HIGH): 2,
    (NotificationKind.RESOLVED, Urgency.LOW): 2,
    (NotificationKind.TEST, Urgency.HIGH): 3,
    (NotificationKind.TEST, Urgency.LOW): 2,
}
# ntfy shows these tags as emoji in front of the title.
_TAGS = {
    NotificationKind.PAGE: ["rotating_light"],
    NotificationKind.UPDATE: ["speech_balloon"],
    NotificationKind.RESOLVED: ["white_check_mark"],
    NotificationKind.TEST: ["test_tube"],
}


class NtfyNotifier(Notifier):
    """Publishes to one ntfy server."""

    def __init__(self, config: NtfyConfig, context: Context) -> None:
        self._config = config
        self._context = context
        if config.token is not None:
            _bearer(config.token)

    async def send(self, notification: Notification) -> Receipt:
        from incidentd.plugin.httpcall import post

        if not TOPIC.fullmatch(notification.address):
            raise PermanentFailure("the address is no ntfy topic: up to 64 letters, digits, '-' and '_'")
        headers = {"Content-Type": "application/json"}
        if self._config.token is not None:
            headers["Authorization"] = _bearer(self._config.token)
        answer = await post(
            self._context.http,
            self._config.server + "/",
            encode(notification),
            headers,
            timeout=self._config.timeout,
            now=self._context.now(),
        )
        answer.require_success(_error_code(answer.body))
        return Receipt(vendor_id=_message_id(answer.body))


def encode(notification: Notification) -> bytes:
    """The JSON request for `notification`, within ntfy's limits: the body is cut first, then made to fit."""
    reason = safe_line(notification.reason, 300).strip()
    tail = f"\n\n{reason}" if reason else ""
    body = safe_text(notification.body).strip()
    room = MAX_MESSAGE - len(tail.encode())
    while True:
        message = _cut(body, room) + tail
        encoded = msgspec.json.encode(_request(notification, message.strip() or "(no text)"))
        excess = len(encoded) - MAX_JSON
        if excess <= 0 or room <= 0:
            return encoded
        room = min(room, len(body.encode())) - (excess + 1) // 2  # a byte takes up to two in JSON


def _request(notification: Notification, message: str) -> dict[str, Any]:
    key = hashlib.sha256(notification.idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()
    request: dict[str, Any] = {
        "topic": notification.address,
        "title": safe_line(notification.title, MAX_TITLE).strip() or "incidentd",
        "message": message,
        "priority": _PRIORITY[notification.kind, notification.urgency],
        "tags": _TAGS[notification.kind],
        "sequence_id": key[:32],
    }
    url = notification.acknowledge_url
    if url is not None:
        request["click"] = url
        request["actions"] = [
            {"action": "http", "label": "Acknowledge", "url": url, "method": "POST", "clear": True},
            {"action": "view", "label": "Open", "url": url},
        ]
    return request


def _cut(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes of UTF-8, with a mark where it was cut."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    keep = max(limit - len(_CUT.encode()), 0)
    return raw[:keep].decode(errors="ignore") + (_CUT if keep else "")


def _bearer(token: Secret) -> str:
    """The Authorization header. Raises `ValueError`, without the token, when it cannot stand in a header."""
    value = token.reveal().strip()
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("token: an ntfy access token is one word of printable ASCII characters")
    return f"Bearer {value}"


class _Published(msgspec.Struct):
    id: str = ""
    code: int = 0


def _decode(body: bytes) -> _Published:
    try:
        return msgspec.json.decode(body, type=_Published)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Published()


def _message_id(body: bytes) -> str:
    return safe_line(_decode(body).id, 64)


def _error_code(body: bytes) -> str:
    """ntfy's own error number (https://docs.ntfy.sh, errors.go), which holds nothing of the request."""
    code = _decode(body).code
    return f"ntfy error {code}" if 10_000 <= code <= 99_999 else ""


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="ntfy",
        config=NtfyConfig,
        create=NtfyNotifier,
        capabilities=frozenset({Capability.ACKNOWLEDGE, Capability.QUIET}),
        summary="Push messages by ntfy, with an acknowledge button",
    ),
)
