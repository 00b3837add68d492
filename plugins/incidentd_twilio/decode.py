"""What Twilio tells of text messages, calls and recordings, turned into messages. Pure functions.

A number is a conversation: neither text messages nor calls know another. A call that hides its number is one of its
own. Where a message comes from is what the sender's network says, which can be forged, so nobody is `verified`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from incidentd.plugin import ReceiptOutcome, Received, safe_line, storable
from incidentd_twilio.config import NUMBER, TwilioConfig
from incidentd_twilio.signature import require

HIDDEN = "hidden"
"""The address of a caller whose number is not known."""

Form = Mapping[str, str]
_OUTCOMES = {
    "delivered": ReceiptOutcome.DELIVERED,
    "read": ReceiptOutcome.READ,
    "undelivered": ReceiptOutcome.FAILED,
    "failed": ReceiptOutcome.FAILED,
}
_CAUSES = {
    "30003": "the phone cannot be reached now",
    "30004": "the recipient or their network blocks messages",
    "30005": "there is no such number",
    "30006": "the number takes no text messages: is it a landline?",
    "30007": "the network took it for spam",
    "30008": "the network did not say why",
}


def caller_of(form: Form) -> str:
    """The number of a caller, `HIDDEN` where there is none."""
    number = form.get("From", "")
    return number if NUMBER.fullmatch(number) else HIDDEN


def caller_key(caller: str) -> str:
    """`caller` as a part of an address."""
    return caller.removeprefix("+")


def caller_of_key(key: str) -> str:
    """The caller that `caller_key` stands for."""
    return f"+{key}" if NUMBER.fullmatch(f"+{key}") else HIDDEN


def text_message(form: Form, config: TwilioConfig, now: datetime) -> Received:
    """A text message. Twilio answers STOP and the like by itself, and tells of it. Raises `BadRequest`."""
    sender = require(form, "From")
    count = min(int(form.get("NumMedia", "0") or 0), 10) if form.get("NumMedia", "0").isdecimal() else 0
    media = [f"[{form.get(f'MediaContentType{one}', '')}: {form.get(f'MediaUrl{one}', '')}]" for one in range(count)]
    return Received(
        id=require(form, "MessageSid"),
        thread=storable(sender),
        sender=storable(sender),
        text=storable("\n".join(part for part in (form.get("Body", "").strip(), *media) if part)) or "(no text)",
        sent_at=now,
        automatic=bool(form.get("OptOutType")),
        kind=config.kind,
    )


def call(form: Form, config: TwilioConfig, now: datetime, what: str, text: str, *, opens: bool = True) -> Received:
    """Something that happened in a call; `what` tells it from the rest of the call. Raises `BadRequest`."""
    sid, caller = require(form, "CallSid"), caller_of(form)
    return Received(
        id=f"{sid}-{what}",
        thread=sid if caller == HIDDEN else caller,
        sender=caller,
        subject="A call",
        text=text,
        sent_at=now,
        automatic=not opens,
        opens=opens,
        kind=config.kind,
    )


def recording(form: Form, caller: str, config: TwilioConfig, now: datetime) -> Received:
    """A message that a caller left; who wants to hear it follows the address. Raises `BadRequest`."""
    seconds = safe_line(form.get("RecordingDuration", "?"), 10)
    url = safe_line(require(form, "RecordingUrl"), 500)
    return Received(
        id=require(form, "RecordingSid"),
        thread=require(form, "CallSid") if caller == HIDDEN else caller,
        sender=caller,
        subject="A message left by phone",
        text=f"(a message of {seconds} seconds: {url})",
        sent_at=now,
        kind=config.kind,
    )


def transcription(form: Form, caller: str, config: TwilioConfig, now: datetime) -> Received:
    """What Twilio understood of a message. It came with the recording, so nobody waits because of it."""
    text = form.get("TranscriptionText", "").strip()
    sid = require(form, "RecordingSid")
    return Received(
        id=f"{sid}-transcription",
        thread=require(form, "CallSid") if caller == HIDDEN else caller,
        sender=caller,
        text=storable(f"(transcription) {text}" if text else "(Twilio could not transcribe the message)"),
        sent_at=now,
        parent=sid,
        automatic=True,
        opens=False,
        kind=config.kind,
    )


def outcome(form: Form) -> ReceiptOutcome | None:
    """What a status means for a message; None for those on the way, such as "sent" (twilio.com/docs, "Track the
    message status of outbound messages").
    """
    return _OUTCOMES.get(form.get("MessageStatus", ""))


def why(form: Form) -> str:
    """Why a message did not arrive, "" when it did."""
    code = safe_line(form.get("ErrorCode", ""), 10)
    cause = f": {_CAUSES[code]}" if code in _CAUSES else ""
    return f"Twilio error {code}{cause}" if code else ""
