"""An answer to a customer as an RFC 5322 message."""

from __future__ import annotations

from incidentd.plugin import Outgoing, safe_line
from incidentd_email.letters import Desk, message_id
from incidentd_email.mailbox import Mailbox
from incidentd_email.message import begun, digest, header_address, shown_body, written


def answer_id(outgoing: Outgoing, desk: Desk, instance: str) -> str:
    """The Message-ID of an answer: made from its key, so that a resend is the same message."""
    return f"<{digest(f'{instance} {outgoing.idempotency_key}')}.answer@{desk.address.domain}>"


def compose(outgoing: Outgoing, desk: Desk, instance: str, recipient: Mailbox) -> bytes:
    """The message as bytes. Raises `ValueError` if the headers written are not the headers meant."""
    message = begun(desk.address, recipient, _subject(outgoing), outgoing.created_at)
    message["Message-ID"] = answer_id(outgoing, desk, instance)
    answered = message_id(outgoing.in_reply_to)
    if answered:
        message["In-Reply-To"] = answered
        message["References"] = answered
    reply_to = desk.tokens.reply_to(outgoing.thread, recipient.address) if desk.tokens is not None else None
    if reply_to is not None:
        message["Reply-To"] = header_address(reply_to)
    if outgoing.automatic:
        message["Auto-Submitted"] = "auto-replied" if answered else "auto-generated"  # RFC 3834, section 5
        message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    message.set_content(f"{shown_body(outgoing.text)}\n\n-- \n{safe_line(outgoing.reference, 40)}\n")
    return written(message)


def _subject(outgoing: Outgoing) -> str:
    """The customer's own subject, which mail programs thread by."""
    subject = outgoing.subject.strip() or outgoing.reference
    answers = outgoing.in_reply_to and not subject.lower().startswith(("re:", "aw:", "sv:", "antw:"))
    return f"Re: {subject}" if answers else subject
