"""The e-mail support channel: a mailbox that customers write to, and answers by SMTP."""

from __future__ import annotations

import asyncio
from email.errors import MessageError

from incidentd.plugin import (
    AdapterType,
    Condition,
    Context,
    Outgoing,
    PermanentFailure,
    Receipt,
    SupportChannel,
)
from incidentd_email.config import MailChannelConfig
from incidentd_email.letters import Desk
from incidentd_email.mailbox import parse_mailbox
from incidentd_email.quota import AnswerQuota
from incidentd_email.reply_token import ReplyTokens


class MailChannel(SupportChannel):
    """Takes every new mail of a folder once, marks it as seen when it is stored, and answers."""

    def __init__(self, config: MailChannelConfig, context: Context) -> None:
        from incidentd_email.tending import Tender  # with the IMAP library: 40 ms of a start that has no such channel

        self._config = config
        self._context = context
        address = parse_mailbox(config.sender)
        key, old_key = config.reply_key, config.old_reply_key
        tokens = ReplyTokens(key, context.instance, address, old_key) if key is not None else None
        self._desk = Desk(address=address, tokens=tokens, own_lists=config.own_lists)
        self._tender = Tender(config, context, self._desk)
        self._quota = AnswerQuota(context.memory, config.automatic_an_hour)

    async def run(self) -> None:
        """Tend the mailbox for ever."""
        await self._tender.run()

    def condition(self) -> Condition | None:
        """How the mailbox is."""
        return self._tender.condition()

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Write to a customer; a resend has the same Message-ID."""
        from incidentd_email.answer import answer_id, compose
        from incidentd_email.session import deliver

        try:
            recipient = parse_mailbox(outgoing.recipient)
        except ValueError as exc:
            raise PermanentFailure(f"recipient: {exc}") from None
        if outgoing.automatic:
            await self._quota.spend(recipient.address, outgoing.idempotency_key, self._context.now())
        try:
            data = await asyncio.to_thread(compose, outgoing, self._desk, self._context.instance, recipient)
        except (ValueError, MessageError) as exc:
            raise PermanentFailure(f"the message cannot be written as mail: {exc}") from None
        await deliver(self._config, self._desk.address, recipient, data, self._context.open_socket)
        return Receipt(vendor_id=answer_id(outgoing, self._desk, self._context.instance))


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="email",
        config=MailChannelConfig,
        create=MailChannel,
        summary="A mailbox by IMAP, with answers by SMTP",
    ),
)
