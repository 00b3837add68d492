"""The notifier: a chat room's incoming webhook that takes {"text": ...}."""

from __future__ import annotations

import msgspec

from incidentd.plugin import (
    AdapterType,
    Capability,
    Context,
    Notification,
    Notifier,
    Receipt,
    safe_line,
    safe_text,
)
from incidentd_example.config import RoomConfig

MAX_BODY = 3000  # characters


class RoomNotifier(Notifier):
    """Posts into one room."""

    def __init__(self, config: RoomConfig, context: Context) -> None:
        self._config = config
        self._context = context

    async def send(self, notification: Notification) -> Receipt:
        """One POST. `httpcall` turns every outcome into the exception that incidentd expects, without secrets."""
        from incidentd.plugin.httpcall import post

        headers = {"Content-Type": "application/json", "Idempotency-Key": key_of(notification)}
        answer = await post(
            self._context.http,
            self._config.url.reveal(),
            msgspec.json.encode({"text": text_of(notification)}),
            headers,
            timeout=self._config.timeout,
            now=self._context.now(),
        )
        answer.require_success()
        return Receipt()


def text_of(notification: Notification) -> str:
    """The message. All texts are untrusted: `safe_text` makes control characters visible."""
    who = f"@{safe_line(notification.address, 60)} " if notification.address else ""
    parts = [
        f"{who}[{notification.kind.value}] {safe_line(notification.title, 250)}",
        safe_text(notification.body)[:MAX_BODY],
        safe_line(notification.reason, 250),
    ]
    if notification.acknowledge_url is not None:
        parts.append(f"Acknowledge: {notification.acknowledge_url}")
    return "\n".join(part for part in parts if part.strip())


def key_of(notification: Notification) -> str:
    """The idempotency key in characters that a header can carry."""
    return notification.idempotency_key.encode("utf-8", "surrogatepass").hex()


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="example-room",
        config=RoomConfig,
        create=RoomNotifier,
        capabilities=frozenset({Capability.ACKNOWLEDGE}),
        summary="A chat room's incoming webhook",
    ),
)
