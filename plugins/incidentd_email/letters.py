"""What the daemon learns of a mail: from a `Mail` to a `Received`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import getaddresses, parsedate_to_datetime

import msgspec

from incidentd.plugin import Received, storable
from incidentd_email.loops import automatic_reason, from_list, is_answer
from incidentd_email.mailbox import Mailbox, parse_mailbox
from incidentd_email.reading import Mail, Unreadable
from incidentd_email.reply_token import ReplyTokens, thread_of

_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_BLANK = "(this mail has no text)"


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where the mails of one channel come in."""

    address: Mailbox
    tokens: ReplyTokens | None = None
    own_lists: tuple[str, ...] = ()


def received(mail: Mail, raw: bytes, desk: Desk, missing: str = "") -> Received:
    """The message that a mail is; `missing` says what of it was not fetched. Raises `Unreadable`."""
    if mail.told.problem:
        raise Unreadable(mail.told.problem)
    sender = _sender(mail, desk)
    thread, verified = _thread(mail, raw, sender, desk)
    own = {desk.address.address.lower()}
    reason = automatic_reason(mail.told.headers, sender.address, own, desk.own_lists)
    return Received(
        id=message_key(mail, raw),
        thread=thread,
        sender=sender.address,
        sender_name=storable(sender.name),
        subject=storable(mail.first("subject")),
        text=_text(mail, missing),
        sent_at=_date(mail.first("date")),
        parent=mail.told.original or next(iter(_ids(mail.first("in-reply-to"))), "") or _last_reference(mail),
        automatic=bool(reason),
        opens=not (mail.told.report or sender.address.lower() in own or is_answer(mail.told.headers)),
        verified=verified,
        attachments=mail.attachments,
    )


def message_key(mail: Mail, raw: bytes) -> str:
    """What stands for this mail, however often and by whatever way it comes.

    The Message-ID alone would let anyone who knows it send another mail under it first, and so hide the real one.
    """
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]
    about = hashlib.sha256(mail.first("from").encode() + b"\0" + mail.first("date").encode() + b"\0" + body)
    named = next(iter(_ids(mail.first("message-id"))), "")
    return f"{named}#{about.hexdigest()[:16]}" if named else f"#{about.hexdigest()}"


def message_id(key: str) -> str:
    """The Message-ID in a `message_key`, "" when there is none."""
    found = _ID.match(key)
    return found.group() if found else ""


def _sender(mail: Mail, desk: Desk) -> Mailbox:
    """Whom to answer: Reply-To where it names one other person, else From. Lists write themselves into Reply-To."""
    from_ = next(_mailboxes(mail.every("from")), None)
    if from_ is None:
        raise Unreadable("it has no From address that can be answered")
    answer_to = list(_mailboxes(mail.every("reply-to")))
    if (
        len(answer_to) != 1
        or from_list(mail.told.headers)
        or answer_to[0].address.lower() == desk.address.address.lower()
    ):
        return from_
    return msgspec.structs.replace(answer_to[0], name=answer_to[0].name or from_.name)


def _mailboxes(text: str) -> Iterator[Mailbox]:
    for name, address in getaddresses([text])[:20]:
        try:
            found = parse_mailbox(address)
        except ValueError:
            continue
        yield msgspec.structs.replace(found, name=name[:200])


def _thread(mail: Mail, raw: bytes, sender: Mailbox, desk: Desk) -> tuple[str, bool]:
    """The conversation, and whether a token proves it: it names a thread, References only say one."""
    if desk.tokens is not None:
        to = mail.every("to", "cc", "delivered-to", "x-original-to", "envelope-to")
        thread, verified = desk.tokens.find(to, sender.address)
        if thread:
            return thread, verified
    roots = _ids(mail.first("references")) or _ids(mail.first("in-reply-to")) or _ids(mail.first("message-id"))
    return thread_of(roots[0] if roots else message_key(mail, raw)), False


def _last_reference(mail: Mail) -> str:
    found = _ids(mail.first("references"))
    return found[-1] if found else ""


def _ids(text: str) -> list[str]:
    return _ID.findall(text)


def _text(mail: Mail, missing: str) -> str:
    """The text of the mail, and a line for whatever is not in it."""
    notes = [f"[left out: {storable(one)}]" for one in mail.told.left_out]
    if mail.told.cut:
        notes.append("[the text goes on: the whole mail is in the mailbox]")
    if missing:
        notes.append(f"[{missing}]")
    return "\n".join([storable(mail.told.text) or _BLANK, *([""] if notes else []), *notes])


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.utcoffset() is not None else None
