"""The phone channel against a Twilio on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.etree import ElementTree

import msgspec
import pytest

from incidentd.plugin import (
    BadRequest,
    OnDuty,
    PermanentFailure,
    ReceiptOutcome,
    Received,
    Secret,
    TemporaryFailure,
    WebhookRequest,
)
from incidentd.plugin.testing import (
    FakeContext,
    HttpSendingConformance,
    Letter,
    Recorded,
    RecordingServer,
    Reply,
    Rig,
    WebhookChannelConformance,
    make_request,
    route_for,
    script,
)
from incidentd.plugin.testing.sending import failure_of
from incidentd_twilio.channel import CHANNELS, SMS
from incidentd_twilio.config import TwilioConfig
from incidentd_twilio.signature import sign

ACCOUNT, TOKEN, OLD = "AC" + "1" * 32, "12345-auth-token", "12345-token-before"
URL = "https://incidents.example.org/in/phone"
NUMBERS = {"talk-1": "+493012345678", "talk-2": "+493087654321"}
CONFIG: Mapping[str, Any] = {
    "url": URL,
    "account_sid": ACCOUNT,
    "auth_token": Secret(TOKEN),
    "old_auth_token": Secret(OLD),
    "number": "+15005550006",
}


def signature(path: str, fields: Mapping[str, Any], token: str) -> str:
    text = URL + path + "".join(name + one for name in sorted(fields) for one in fields[name])
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def signed(body: bytes, path: str = SMS, token: str = TOKEN) -> WebhookRequest:
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    return make_request(path, body, headers={"X-Twilio-Signature": signature(path, fields, token)})


def form(path: str, token: str = TOKEN, **fields: str) -> WebhookRequest:
    usual = {"AccountSid": ACCOUNT, "From": NUMBERS["talk-1"], "To": "+15005550006", "ApiVersion": "2010-04-01"}
    return signed(urlencode(usual | fields).encode(), path, token)


class FakeTwilio(RecordingServer):
    """Keeps the messages that were sent, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def reply(self, request: Recorded) -> Reply:
        if request.method == "GET":
            (to,) = parse_qs(request.query)["To"]
            found = [one for one in self.messages if one["to"] == to]
            return Reply(body=json.dumps({"messages": found, "page_size": 50}).encode())
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        message = {
            "sid": f"SM{len(self.messages):032}",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "status": "queued",
            "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
        }
        self.messages.insert(0, message)
        return Reply(status=201, body=json.dumps(message).encode())


class TestTwilio(HttpSendingConformance, WebhookChannelConformance):
    adapter = CHANNELS[0]
    server = FakeTwilio
    secrets = (TOKEN, OLD, base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode())
    recipient = NUMBERS["talk-1"]
    thread = NUMBERS["talk-1"]

    def configure(self, url: str) -> Mapping[str, Any]:
        return {**CONFIG, "api": url}

    def is_message(self, sent: Recorded) -> bool:
        return sent.method == "POST"

    def request(self, rig: Rig, letter: Letter) -> WebhookRequest:
        optional = {"OptOutType": "STOP"} if letter.automatic else {}
        sid = f"SM{int.from_bytes(letter.id.encode()) % 10**32:032}"
        return form(SMS, MessageSid=sid, From=NUMBERS[letter.thread], Body=letter.text, NumMedia="0", **optional)

    def signed(self, rig: Rig, body: bytes) -> WebhookRequest:
        return signed(body)

    def forged(self, rig: Rig) -> WebhookRequest:
        return form(SMS, token="guessed", MessageSid="SM1", Body="x")

    def check_format(self, sent: Recorded) -> None:
        assert sent.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        assert sent.headers["authorization"] == "Basic " + self.secrets[2]
        fields = self.fields(sent)
        assert set(fields) == {"To", "From", "Body", "StatusCallback"}
        assert fields["StatusCallback"].startswith(f"{URL}/twilio/status/")
        assert fields["StatusCallback"].endswith("#rc=5&rp=all")
        assert 0 < len(fields["Body"]) <= 1600

    def fields(self, sent: Recorded) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(sent.body.decode(), strict_parsing=True).items()}

    def key_on_wire(self, sent: Recorded) -> str:
        return self.fields(sent)["Body"]

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in self.fields(sent)["Body"]

    def goes_to(self, sent: Recorded, received: Received) -> bool:
        return self.fields(sent)["To"] == received.sender

    async def test_resend_carries_the_same_key(self, rig: Rig) -> None:
        """Twilio knows no keys: the same text to the same number since it was written is the same message."""
        first = await rig.adapter.send(self.message())
        again = await rig.make({}).send(self.message(attempt=2))
        other = await rig.adapter.send(self.message(text="Other words", attempt=2))
        later = msgspec.structs.replace(self.message(attempt=2), created_at=rig.context.clock.advance(3600))
        assert first.vendor_id == again.vendor_id != other.vendor_id
        assert (await rig.adapter.send(later)).vendor_id not in (first.vendor_id, other.vendor_id)
        script(rig, Reply(status=502), Reply(body=b"<html>"))
        for _ in range(2):
            assert isinstance(await failure_of(rig.adapter.send(self.message(attempt=2))), TemporaryFailure)

    async def test_errors_tell_what_to_do(self, rig: Rig) -> None:
        script(rig, Reply(status=400, body=b'{"code":21610,"message":"Attempt to send to unsubscribed recipient"}'))
        error = await failure_of(rig.adapter.send(self.message()))
        assert str(error) == "HTTP 400: Twilio error 21610: the customer wrote STOP, and takes no messages"
        for recipient in ("hidden", "", "+0"):
            refused = await failure_of(rig.adapter.send(self.message(recipient=recipient)))
            assert isinstance(refused, PermanentFailure)

    async def test_a_messaging_service_may_send(self, rig: Rig) -> None:
        await rig.make({"number": "MG" + "2" * 32}).send(self.message())
        assert self.fields(rig.vendor.sent()[0])["MessagingServiceSid"] == "MG" + "2" * 32


# ---------------------------------------------------------------------- in
class Phone:
    """A channel without a vendor, and what Twilio does with its answers."""

    def __init__(self, **changes: Any) -> None:
        self.context = FakeContext()
        self.channel: Any = CHANNELS[0].create(TwilioConfig.model_validate({**CONFIG, **changes}), self.context)

    @property
    def kept(self) -> list[tuple[str, str]]:
        return [(one.id, one.text) for one in self.context.reports.messages]

    async def ask(self, path: str, token: str = TOKEN, **fields: str) -> ElementTree.Element:
        """The document that Twilio gets, with which everything is called as it stands in there."""
        pattern, _, caller = path.rpartition("/")
        route, params = path, {}
        for end, name in (
            ("/recording", "caller"),
            ("/transcribed", "caller"),
            ("/ended", "person"),
            ("/status", "key"),
        ):
            if pattern.endswith(end):
                route, params = f"{pattern}/{{{name}}}", {name: caller}
        request = form(path, token, **({"CallSid": "CA1"} | fields))
        request = msgspec.structs.replace(request, path=route, params=params)  # as the listener hands it over
        answer = await route_for(self.channel, "POST", route).handler(request)
        assert answer.content_type == "text/xml"
        return ElementTree.fromstring(answer.body)


def path_of(url: str | None) -> str:
    assert url is not None
    assert url.startswith(URL)
    return url.removeprefix(URL).partition("#")[0]


def test_the_documented_signature() -> None:
    """The example of Twilio's own documentation and libraries."""
    fields = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+12349013030"],
        "Digits": ["1234"],
        "From": ["+12349013030"],
        "To": ["+18005551212"],
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign(b"12345", url, fields) == b"0/KCTR6DLpKmkAf8muzZqo1nDgQ="


async def test_media_of_a_text_message_are_told_and_not_fetched() -> None:
    phone = Phone()
    media = {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/m/1"}
    assert len(await phone.ask(SMS, token=OLD, MessageSid="MM1", Body="see", **media)) == 0
    assert phone.kept == [("MM1", "see\n[image/jpeg: https://api.twilio.com/m/1]")]
    with pytest.raises(BadRequest, match="missing"):
        await phone.ask(SMS, Body="no id")
    refused = msgspec.structs.replace(form(SMS, MessageSid="MM1", Body="x"), query={"a": "b"})
    with pytest.raises(BadRequest, match="url"):
        await phone.channel.hear_text(refused)
    assert "1 refused (X-Twilio-Signature" in phone.channel.condition().text


async def test_a_caller_is_put_through_to_who_is_on_call() -> None:
    phone = Phone(schedule="support", direct="+493000000000")
    menu = await phone.ask("/twilio/voice")
    gather = menu.find("Gather")
    assert [one.tag for one in menu] == ["Gather", "Say", "Record", "Hangup"], "who presses nothing leaves a message"
    phone.context.duty.held["support"] = OnDuty(
        person="ada", name="Ada", addresses=("ada@x.org", "+493011111111", "+1")
    )
    dial = (await phone.ask(path_of(gather.get("action")), Digits="1")).find("Dial")
    number = dial.find("Number")
    assert number.text == "+493011111111"
    whisper = await phone.ask(path_of(number.get("url")), CallSid="CA2")
    assert [one.tag for one in whisper] == ["Gather", "Hangup"], "a mailbox presses no key"
    assert len(await phone.ask(path_of(whisper.find("Gather").get("action")), CallSid="CA2", Digits="5")) == 0
    ended = await phone.ask(
        path_of(dial.get("action")), DialCallStatus="completed", DialBridged="true", DialCallDuration="75"
    )
    assert [one.tag for one in ended] == ["Hangup"]
    assert phone.kept == [
        ("CA1-asked", "(called, and asked for the person on call: ada)"),
        ("CA1-ended", "(was put through, for 75 seconds)"),
    ]
    first, second = phone.context.reports.messages
    assert (first.thread, first.automatic, second.automatic, second.opens) == (NUMBERS["talk-1"], False, True, False)
    assert phone.context.duty.called == {"CA1": ("ada", "R-1: a customer was put through")}


async def test_only_who_was_put_through_was_interrupted_and_no_store_holds_a_caller_up() -> None:
    phone = Phone(schedule="support")
    ended = {"DialCallStatus": "no-answer"}
    await phone.ask("/twilio/voice/ended/ada", **ended)
    assert phone.context.duty.called == {}
    phone.context.duty.unavailable = True
    told = await phone.ask("/twilio/voice/ended/ada", DialCallStatus="completed", DialCallDuration="5")
    assert [one.tag for one in told] == ["Hangup"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"MessageStatus": "queued"}, None),
        ({"MessageStatus": "sent"}, None),
        ({"MessageStatus": "delivered"}, (ReceiptOutcome.DELIVERED, "")),
        ({"MessageStatus": "read"}, (ReceiptOutcome.READ, "")),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30003"},
            (ReceiptOutcome.FAILED, "Twilio error 30003: the phone cannot be reached now"),
        ),
        ({"MessageStatus": "failed", "ErrorCode": "39999"}, (ReceiptOutcome.FAILED, "Twilio error 39999")),
    ],
)
async def test_what_becomes_of_a_text_message_is_told_later(fields: dict[str, str], told: Any) -> None:
    phone = Phone()
    await phone.ask("/twilio/status/key-1", MessageSid="SM1", **fields)
    expected = [] if told is None else [(told[0], "key-1", "SM1", told[1])]
    assert phone.context.receipts.reported == expected
    with pytest.raises(BadRequest, match="missing or does not fit"):
        await phone.ask("/twilio/status/key-1", token="guessed", MessageSid="SM1", **fields)
    phone.context.receipts.unknown.add("key-1")
    if told is not None:
        with pytest.raises(BadRequest, match="no message of ours"):
            await phone.ask("/twilio/status/key-1", MessageSid="SM1", **fields)


@pytest.mark.parametrize(
    "ended", [{"DialCallStatus": "no-answer"}, {"DialCallStatus": "completed", "DialBridged": "false"}]
)
async def test_where_nobody_takes_the_call_a_message_is_left(ended: dict[str, str]) -> None:
    phone = Phone(direct="+493000000000")
    dial = (await phone.ask("/twilio/voice/choice", Digits="1")).find("Dial")
    assert dial.find("Number").text == "+493000000000"
    record = (await phone.ask("/twilio/voice/ended", **ended)).find("Record")
    found = {"RecordingSid": "RE1", "RecordingUrl": "https://api.twilio.com/r/RE1", "RecordingDuration": "34"}
    thanks = await phone.ask(path_of(record.get("action")), **found)
    assert thanks.find("Say").text == "Thank you. Your reference is R-1. We will get back to you. Goodbye."
    callback = record.get("recordingStatusCallback")
    assert callback.endswith("#rc=5&rp=all")
    again = await phone.ask(path_of(callback), RecordingStatus="completed", From="", **found)
    assert len(again) == 0
    await phone.ask(path_of(record.get("transcribeCallback")), TranscriptionText="All is down", From="", **found)
    assert phone.kept[1:] == [
        ("CA1-ended", "(nobody took the call)"),
        ("RE1", "(a message of 34 seconds: https://api.twilio.com/r/RE1)"),
        ("RE1-transcription", "(transcription) All is down"),
    ]
    assert {one.thread for one in phone.context.reports.messages} == {NUMBERS["talk-1"]}
    assert phone.context.reports.messages[-1].automatic


async def test_nobody_to_put_through_to_is_seen_and_leads_to_a_message() -> None:
    phone = Phone(schedule="support", transcribe=False)
    for duty, words in (
        (None, "nobody is on call"),
        (OnDuty(person="ada", name="Ada", addresses=("ada@x.org",)), "ada has no phone number"),
    ):
        phone.context.duty.held = {"support": duty} if duty else {}
        answer = await phone.ask("/twilio/voice/choice", Digits="1")
        assert answer.find("Dial") is None
        assert answer.find("Record").get("transcribe") is None
        condition = phone.channel.condition()
        assert words in condition.text
        assert not condition.well
    assert phone.kept == []
    assert (await phone.ask("/twilio/voice/choice", Digits="2")).find("Record") is not None


async def test_a_call_goes_on_while_nothing_can_be_stored() -> None:
    phone = Phone(direct="+493000000000")
    phone.context.reports.unavailable = True
    assert (await phone.ask("/twilio/voice/choice", Digits="1")).find("Dial") is not None
    found = {"RecordingSid": "RE1", "RecordingUrl": "https://api.twilio.com/r/RE1"}
    assert "was recorded" in (await phone.ask("/twilio/voice/recorded", **found)).find("Say").text
    phone.context.reports.unavailable = False
    await phone.ask("/twilio/voice/recording/493012345678", **found)
    assert [known for known, _ in phone.kept] == ["RE1"]


async def test_a_hidden_number_is_a_conversation_of_its_own() -> None:
    phone = Phone()
    record = (await phone.ask("/twilio/voice", From="Anonymous")).find("Record")
    found = {"RecordingSid": "RE1", "RecordingUrl": "https://api.twilio.com/r/RE1"}
    await phone.ask(path_of(record.get("recordingStatusCallback")), From="", **found)
    (got,) = phone.context.reports.messages
    assert (got.sender, got.thread) == ("hidden", "CA1")


async def test_what_is_said_is_text_whatever_is_written() -> None:
    phone = Phone(says={"record": "<Dial>+1900</Dial> & more"}, language="de-DE")
    said = (await phone.ask("/twilio/voice"))[0]
    assert (said.text, said.get("language"), list(said)) == ("<Dial>+1900</Dial> & more", "de-DE", [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "incidents.example.org"}, "base address"),
        ({"url": URL + "?a=b"}, "base address"),
        ({"account_sid": "SK1"}, "account SID"),
        ({"auth_token": Secret(" ")}, "one word"),
        ({"number": "12"}, "neither a number"),
        ({"direct": "030 12345"}, "with its country"),
        ({"language": "de DE"}, "language"),
        ({"says": {"menue": "x"}}, "menue"),
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        TwilioConfig.model_validate({**CONFIG, **changes})
