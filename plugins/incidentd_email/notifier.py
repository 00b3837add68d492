"""The e-mail notifier."""

from __future__ import annotations

import asyncio
from email.errors import MessageError

from incidentd.plugin import (
    AdapterType,
    Capability,
    Context,
    Notification,
    Notifier,
    PermanentFailure,
    Receipt,
)
from incidentd_email.config import EmailConfig
from incidentd_email.mailbox import parse_mailbox


class EmailNotifier(Notifier):
    """Sends one message a notification over one SMTP session."""

    def __init__(self, config: EmailConfig, context: Context) -> None:
        self._config = config
        self._sender = parse_mailbox(config.sender)
        self._open_socket = context.open_socket

    async def send(self, notification: Notification) -> Receipt:
        from incidentd_email.message import compose
        from incidentd_email.session import deliver

        try:
            recipient = parse_mailbox(notification.address)
        except ValueError as exc:
            raise PermanentFailure(f"address: {exc}") from None
        try:  # in a thread, because encoding a long body takes a tenth of a second
            data = await asyncio.to_thread(compose, notification, self._sender, recipient)
        except (ValueError, MessageError) as exc:
            raise PermanentFailure(f"the message cannot be written as mail: {exc}") from None
        return Receipt(vendor_id=await deliver(self._config, self._sender, recipient, data, self._open_socket))


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="email",
        config=EmailConfig,
        create=EmailNotifier,
        capabilities=frozenset({Capability.ACKNOWLEDGE, Capability.MAIL}),
        summary="E-mail over SMTP, with an acknowledge link",
    ),
)
