"""A notification as an RFC 5322 message."""

from __future__ import annotations

import hashlib
import html
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from incidentd.plugin import Notification, NotificationKind, Urgency, safe_line, safe_text
from incidentd_email.mailbox import Mailbox

MAX_SUBJECT = 250  # characters
MAX_BODY = 100_000  # characters


UNSUBSCRIBE = "List-Unsubscribe"


class _SmtpPolicy(EmailPolicy):
    """Python's own, which would fold a long address into encoded words, in a header where no program reads those."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One line where the value is an address; the standard allows 998 characters (RFC 5322, section 2.1.1)."""
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


def compose(notification: Notification, sender: Mailbox, recipient: Mailbox) -> bytes:
    """The message as bytes with CRLF line ends, 7-bit clean unless an address needs SMTPUTF8.

    The Message-ID is made from the idempotency key, so that a resend is the same message to mail programs; all
    messages of a page refer to one thread. Raises `ValueError` if the headers written are not the headers meant.
    """
    message = begun(sender, recipient, notification.title, notification.created_at)
    message["Message-ID"] = f"<{digest(notification.idempotency_key)}@{sender.domain}>"
    thread = f"<{digest(notification.thread)}.thread@{sender.domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no auto-reply, please
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    if notification.unsubscribe_url is not None:  # RFC 2369, RFC 8058
        message[UNSUBSCRIBE] = f"<{notification.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["X-Incidentd-Kind"] = notification.kind.value
    message["X-Incidentd-Urgency"] = notification.urgency.value
    if notification.kind is NotificationKind.PAGE and notification.urgency is Urgency.HIGH:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    message.set_content(plain_text(notification))
    message.add_alternative(simple_html(notification), subtype="html")
    if notification.calendar:
        _attach_calendar(message, notification.calendar)
    return written(message)


def _attach_calendar(message: EmailMessage, document: str) -> None:
    """An appointment that calendars offer to take (RFC 6047); the type repeats the METHOD that the document has."""
    lines = document.splitlines()
    method = next((line.partition(":")[2] for line in lines if line.startswith("METHOD:")), "PUBLISH")
    message.add_attachment(document, subtype="calendar", filename="meeting.ics", params={"method": method})


def begun(sender: Mailbox, recipient: Mailbox, subject: str, at: datetime) -> EmailMessage:
    """A message with the headers that every one has."""
    utf8 = sender.needs_utf8 or recipient.needs_utf8
    message = EmailMessage(policy=_SmtpPolicy(linesep="\r\n", utf8=utf8, cte_type="7bit"))
    message["From"] = header_address(sender)
    message["To"] = header_address(recipient)
    message["Subject"] = _subject(subject)
    message["Date"] = format_datetime(at)
    return message


def written(message: EmailMessage) -> bytes:
    """The message as bytes. Raises `ValueError` if a text would break out of its header."""
    data = message.as_bytes()
    if BytesHeaderParser().parsebytes(data).keys() != message.keys():
        raise ValueError("a text would break out of its header")
    return data


def _subject(title: str) -> str:
    """`title` for the Subject header.

    Python decodes RFC 2047 encoded words in a value that it is given, and writes what comes out, line ends included:
    text that looks like one ("=?") is taken apart by a space.
    """
    return safe_line(title, MAX_SUBJECT).replace("=?", "= ?").strip() or "incidentd"


def plain_text(notification: Notification) -> str:
    parts = [shown_body(notification.body)]
    if notification.acknowledge_url is not None:
        parts.append(f"Acknowledge: {notification.acknowledge_url}")
    if notification.reason.strip():
        parts.append(safe_line(notification.reason, 500))
    if notification.unsubscribe_url is not None:
        parts.append(f"Unsubscribe: {notification.unsubscribe_url}")
    return "\n\n".join(part for part in parts if part) + "\n"


def simple_html(notification: Notification) -> str:
    """The same as the plain text; nothing in it is loaded from elsewhere and no text can become markup."""
    title = html.escape(safe_line(notification.title, MAX_SUBJECT))
    parts = [f"<p><strong>{title}</strong></p>"]
    parts.append(f'<pre style="white-space: pre-wrap">{html.escape(shown_body(notification.body))}</pre>')
    if notification.acknowledge_url is not None:
        parts.append(f'<p><a href="{html.escape(notification.acknowledge_url)}">Acknowledge</a></p>')
    parts.append(f"<p><small>{html.escape(safe_line(notification.reason, 500))}</small></p>")
    if notification.unsubscribe_url is not None:
        parts.append(f'<p><small><a href="{html.escape(notification.unsubscribe_url)}">Unsubscribe</a></small></p>')
    return "<!doctype html>\n<html><body>\n" + "\n".join(parts) + "\n</body></html>\n"


def shown_body(body: str) -> str:
    """A text for people: what is invisible is made visible, what is endless is cut."""
    text = safe_text(body).strip()
    return text if len(text) <= MAX_BODY else text[:MAX_BODY] + "\n… (cut)"


def header_address(mailbox: Mailbox) -> Address:
    """`mailbox` for a header."""
    return Address(display_name=mailbox.name, username=mailbox.local, domain=mailbox.domain)


def digest(text: str) -> str:
    """32 letters and digits that stand for `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
