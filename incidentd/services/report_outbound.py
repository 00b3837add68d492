"""Writing to a reporter: a message of the conversation, and a durable delivery by the channel they wrote on.

Customers are not people of the roster: neither hours nor limits hold for them. Who reported on the local socket is one
of us, and is written to like any other; everybody reads the answer with `incidentctl report show`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import msgspec

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.people import Roster
from incidentd.domain.reports import Report
from incidentd.plugin.support import OutgoingKind
from incidentd.storage import deliveries, report_messages
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.report_messages import MessageRow
from incidentd.storage.tx import SYSTEM, Tx

LOCAL = "local"
"""The channel of those who report on the daemon's own socket."""
_MAX_TITLE = 250


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is said to a reporter. `author` is "" when no person wrote it; what has a `once` is said once."""

    kind: OutgoingKind
    text: str
    author: str = ""
    once: str = ""

    @property
    def automatic(self) -> bool:
        return not self.author


class Outbound:
    """Writes to reporters."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def write(self, tx: Tx, report: Report, words: Words) -> MessageRow:
        """Put a message into the conversation and into the outbox."""
        new = self._to_colleague(tx, report, words) if report.channel == LOCAL else _to_customer(tx, report, words)
        delivery = deliveries.add(tx, new) if new is not None else None
        message = report_messages.add(
            tx,
            report.id,
            direction="out",
            kind=words.kind,
            channel=report.channel,
            thread=report.thread,
            subject=report.subject,
            text=words.text,
            automatic=words.automatic,
            author=words.author,
            delivery_id=delivery.id if delivery is not None else None,
            once=words.once,
        )
        data = {"message": message.id, "kind": words.kind, "automatic": words.automatic, "once": words.once}
        data |= {"recipient": report.recipient, "channel": report.channel, "delivery": message.delivery_id}
        tx.emit("report.replied", report.about, data, actor=words.author or SYSTEM)
        return message

    def _to_colleague(self, tx: Tx, report: Report, words: Words) -> NewDelivery | None:
        """None where nobody in the roster has the reporter's handle, or no way to reach them is known."""
        person = self._roster().people.get(report.recipient)
        if person is None or not person.contacts:
            return None
        title = safe_line(f"{report.reference}: {report.subject}", _MAX_TITLE)
        body = safe_text(words.text)
        message = Message(title=title, body=body, reason="an answer to what you reported", urgency="low")
        way = person.contacts[0]
        return _delivery(tx, report, message, person=person.handle, by=(way.notifier, way.address), kind="update")


def _to_customer(tx: Tx, report: Report, words: Words) -> NewDelivery:
    message = Message(title=report.subject, body=words.text, reason="", urgency="low")
    return _delivery(tx, report, message, person="", by=(report.channel, report.recipient), kind=words.kind)


def _delivery(tx: Tx, report: Report, message: Message, *, person: str, by: tuple[str, str], kind: str) -> NewDelivery:
    return NewDelivery(
        page_id=None,
        person=person,
        notifier=by[0],
        address=by[1],
        kind=kind,
        message=message,
        idempotency_key=uuid.uuid4().hex,
        due_at=tx.now,
        about=report.about,
    )
