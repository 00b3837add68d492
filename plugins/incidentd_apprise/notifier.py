"""The Apprise notifier.

Apprise tells only whether a service took a message, so every refusal is tried again; it knows no idempotency keys, so
each message ends with a short reference by which a reader knows a resend.
"""

from __future__ import annotations

import asyncio
import hashlib

from incidentd.plugin import (
    AdapterType,
    Capability,
    Context,
    Notification,
    NotificationKind,
    Notifier,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Urgency,
    safe_line,
    safe_text,
)
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd_apprise.config import AppriseConfig
from incidentd_apprise.sending import MAX_BODY, Text, deliver
from incidentd_apprise.threads import DaemonThreads

MAX_TITLE = 250  # characters
CALLS_AT_ONCE = 8

_TYPE = {
    (NotificationKind.PAGE, Urgency.HIGH): "failure",
    (NotificationKind.PAGE, Urgency.LOW): "warning",
    (NotificationKind.UPDATE, Urgency.HIGH): "warning",
    (NotificationKind.UPDATE, Urgency.LOW): "info",
    (NotificationKind.RESOLVED, Urgency.HIGH): "success",
    (NotificationKind.RESOLVED, Urgency.LOW): "success",
    (NotificationKind.TEST, Urgency.HIGH): "info",
    (NotificationKind.TEST, Urgency.LOW): "info",
}


class AppriseNotifier(Notifier):
    """Sends to the service of one Apprise URL."""

    def __init__(self, config: AppriseConfig, context: Context) -> None:
        self._config = config
        self._open_socket = context.open_socket
        self._threads = DaemonThreads(CALLS_AT_ONCE)

    async def send(self, notification: Notification) -> Receipt:
        url = self._url(notification)
        timeout = self._config.timeout
        text = compose(notification)
        try:
            async with asyncio.timeout(timeout):
                taken = await self._threads.run(lambda: deliver(url, text, timeout, self._open_socket))
        except (TemporaryFailure, PermanentFailure):
            raise
        except Exception as exc:  # its text may hold the URL
            failure = UnknownOutcome(f"no clear answer ({type(exc).__name__})")
        else:
            if not taken:
                raise TemporaryFailure("the service did not take the message; Apprise does not say why")
            return Receipt()
        raise failure

    def _url(self, notification: Notification) -> str:
        url = notification.address
        if not url and self._config.url is not None:
            url = self._config.url.reveal().strip()
        if not url:
            raise PermanentFailure("no URL: set `url` in the notifier's configuration, or an address on the contact")
        return url


def compose(notification: Notification) -> Text:
    """The texts of `notification`, made safe to show."""
    key = notification.idempotency_key.encode("utf-8", "surrogatepass")
    tail: list[str] = []
    if notification.acknowledge_url is not None:
        tail.append(f"Acknowledge: {notification.acknowledge_url}")
    if notification.reason.strip():
        tail.append(safe_line(notification.reason, 300).strip())
    tail.append(f"Ref: {hashlib.sha256(key).hexdigest()[:8]}")
    return Text(
        title=safe_line(notification.title, MAX_TITLE).strip() or "incidentd",
        body=safe_text(notification.body[:MAX_BODY]).strip(),
        tail=tuple(tail),
        notify_type=_TYPE[notification.kind, notification.urgency],
    )


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="apprise",
        config=AppriseConfig,
        create=AppriseNotifier,
        capabilities=frozenset({Capability.ACKNOWLEDGE}),
        summary="More than a hundred services by Apprise URLs",
    ),
)
