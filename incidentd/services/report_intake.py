"""Taking in what customers write: each message once, a known conversation to its report, anything else as a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from incidentd.domain.customers import CustomerKind
from incidentd.domain.reports import Customer, Report, State, on_message_in
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.decoding import storable
from incidentd.plugin.support import MAX_ATTACHMENT, Attachment, Received, Taken
from incidentd.plugin.values import BadRequest
from incidentd.storage import customers, report_messages, reports
from incidentd.storage.batch import Command
from incidentd.storage.report_messages import MessageRow
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx

MAX_MESSAGE = 100_000
"""Characters of a message that are shown; the whole of a longer one is kept as an attachment."""
MAX_ATTACHMENTS = 50
MAX_ATTACHED = 64 * 1024 * 1024
"""Bytes of all attachments of one message."""
_MAX_SUBJECT = 250
_MAX_PAIRS = 50
_MAX_NAME = 64
_MAX_VALUE = {"answers": 20_000, "tags": 250}
_LONGEST = {"id": 1000, "thread": 1000, "parent": 1000, "sender": 320, "sender_name": 320}


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was stored, with the report that it belongs to."""

    report: Report
    message: MessageRow
    new_report: bool


Listener = Callable[[Tx, Came], Report]
"""What follows from a message, in its transaction; returns the report as it stands then."""


class ReportIntake:
    """Stores messages. `followers` hear of each one, in order."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.followers: list[Listener] = []

    async def receive(self, channel: str, message: Received) -> Taken:
        """Store a message of a channel instance. Raises `BadRequest` naming the field, and `StoreUnavailable`."""
        checked = _checked(message)
        try:
            return await self._twice(lambda tx: self.take(tx, channel, checked))
        except (StoreClosed, SQLAlchemyError, OSError) as error:
            raise StoreUnavailable("the message could not be stored; send it again") from error

    async def _twice(self, command: Command[Taken]) -> Taken:
        """Once more where another node stored the same message, or the same customer, a moment ago."""
        try:
            return await self._store.write(command)
        except IntegrityError:
            return await self._store.write(command)

    def take(self, tx: Tx, channel: str, message: Received, actor: str = "") -> Taken:
        """Store a message as part of a transaction; one that came before changes nothing.

        `actor` wrote it down, where that is not the channel itself.
        """
        known = report_messages.received(tx.conn, channel, message.id)
        if known is not None:
            return _taken(known.report_id, known.id, new_report=False, known=True)
        report = self._report_of(tx, channel, message)
        if report is None and not message.opens:
            return Taken(report_id=0, message_id=0, reference="", new_report=False, known=False)
        new = report is None
        report = self._opened(tx, channel, message) if report is None else _continued(tx, report, message)
        stored = _stored(tx, report, channel, message, actor)
        _tell(tx, report, stored, new=new)
        for follow in self.followers:
            report = follow(tx, Came(report=report, message=stored, new_report=new))
        return _taken(report.id, stored.id, new_report=new, known=False)

    def _report_of(self, tx: Tx, channel: str, message: Received) -> Report | None:
        found = report_messages.report_of_message(tx.conn, channel, message.parent)
        if found is None:
            found = report_messages.report_of_thread(tx.conn, channel, message.thread)
        return None if found is None else reports.get(tx.conn, found, lock=True)

    def _opened(self, tx: Tx, channel: str, message: Received) -> Report:
        return reports.create(
            tx,
            customer_id=_customer(tx, channel, message).id,
            channel=channel,
            thread=message.thread,
            recipient=message.sender,
            private=message.private,
            subject=_subject(message),
            service=message.tags.get("service", ""),
            tags=dict(message.tags),
            answers=dict(message.answers),
        )


def _customer(tx: Tx, channel: str, message: Received) -> Customer:
    """Whoever writes from this address, by name from now on; somebody new is an end user unless the channel knows."""
    found = customers.of_address(tx.conn, (channel, message.sender))
    name = message.sender_name or message.sender
    if found is None:
        return customers.create(tx, (channel, message.sender), CustomerKind(message.kind or "end_user"), name)
    if message.sender_name and found.name == message.sender:
        return customers.change(tx, found, name=name)
    return found


def _continued(tx: Tx, report: Report, message: Received) -> Report:
    """What a further message changes of its report."""
    state = on_message_in(report, message.automatic)
    changes: dict[str, Any] = {
        "private": report.private or message.private,
        "tags": {**message.tags, **report.tags},  # what was set here stays
    }
    if not message.automatic:
        changes |= {"asked_at": tx.now, "state": state, "answers": {**report.answers, **message.answers}}
    if report.state is State.CLOSED and state is not State.CLOSED:
        changes |= {"closed_at": None, "followed_up_at": None}
    if state is not report.state:
        data = {"from": report.state, "to": state, "reason": "its reporter wrote again"}
        tx.emit("report.state", report.about, data)
    return reports.change(tx, report, **changes)


def _stored(tx: Tx, report: Report, channel: str, message: Received, actor: str) -> MessageRow:
    text, attached = message.text, message.attachments
    if len(text) > MAX_MESSAGE:
        left_out = len(text) - MAX_MESSAGE
        attached = (*attached, Attachment(name="message.txt", media_type="text/plain", data=text.encode()))
        text = f"{text[:MAX_MESSAGE]}\n[{left_out} more characters: see message.txt]"
    stored = report_messages.add(
        tx,
        report.id,
        direction="in",
        kind="report",
        channel=channel,
        external_id=message.id,
        thread=message.thread,
        sender=message.sender,
        sender_name=message.sender_name,
        subject=_subject(message),
        text=text,
        automatic=message.automatic,
        verified=message.verified,
        sent_at=message.sent_at,
        author=actor,
    )
    for one in attached:
        report_messages.attach(tx, stored.id, one.name, one.media_type, one.data)
    return stored


def _tell(tx: Tx, report: Report, message: MessageRow, *, new: bool) -> None:
    data: dict[str, Any] = {
        "message": message.id, "sender": message.sender, "channel": message.channel, "automatic": message.automatic,
    }  # fmt: skip
    actor = message.author or message.channel
    if new:
        data |= {"subject": report.subject, "customer": report.customer_id}
        tx.emit("report.opened", report.about, data, actor=actor)
    else:
        tx.emit("report.message", report.about, data, actor=actor)


def _taken(report_id: int, message_id: int, *, new_report: bool, known: bool) -> Taken:
    reference = f"R-{report_id}"
    return Taken(report_id=report_id, message_id=message_id, reference=reference, new_report=new_report, known=known)


def _subject(message: Received) -> str:
    """One line: the subject, else how the text begins."""
    words = " ".join((message.subject.strip() or message.text.strip()[: 4 * _MAX_SUBJECT]).split())
    return words if len(words) <= _MAX_SUBJECT else f"{words[: _MAX_SUBJECT - 1]}…"


# ------------------------------------------------------------------ checking what plugins hand in
def _checked(message: Received) -> Received:
    """`message` in text that every engine can hold. Raises `BadRequest` naming the field."""
    for field, most in _LONGEST.items():
        if len(getattr(message, field)) > most:
            raise BadRequest(f"{field} is longer than {most} characters", field=field)
    for field in ("id", "thread", "sender"):
        if not getattr(message, field):
            raise BadRequest(f"{field} is empty", field=field)
    if message.kind and message.kind not in list(CustomerKind):
        raise BadRequest(f"kind is one of {', '.join(CustomerKind)}", field="kind")
    _check_attachments(message.attachments)
    for field in _MAX_VALUE:
        if len(getattr(message, field)) > _MAX_PAIRS:
            raise BadRequest(f"there are more than {_MAX_PAIRS} {field}", field=field)
    texts = {name: _text(getattr(message, name)) for name in (*_LONGEST, "subject", "text")}
    attached = tuple(
        msgspec.structs.replace(one, name=_text(one.name)[-250:], media_type=_text(one.media_type)[:250])
        for one in message.attachments
    )
    pairs = {
        name: {_text(key)[:_MAX_NAME]: _text(value)[:most] for key, value in getattr(message, name).items()}
        for name, most in _MAX_VALUE.items()
    }
    return msgspec.structs.replace(message, **texts, **pairs, attachments=attached)


def _check_attachments(attached: Sequence[Attachment]) -> None:
    if len(attached) > MAX_ATTACHMENTS:
        raise BadRequest(f"there are more than {MAX_ATTACHMENTS} attachments", field="attachments", status=413)
    if sum(len(one.data) for one in attached) > MAX_ATTACHED:
        what = f"the attachments have more than {MAX_ATTACHED} bytes together"
        raise BadRequest(what, field="attachments", status=413)
    for one in attached:
        if len(one.data) > MAX_ATTACHMENT:
            raise BadRequest(f"an attachment has more than {MAX_ATTACHMENT} bytes", field="attachments", status=413)


def _text(text: str) -> str:
    return storable(text).encode("utf-8", "replace").decode()
