"""What is made of a mail: who wrote it, in which conversation, a person or a machine; and what is written back."""

from __future__ import annotations

import email
import email.policy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.plugin import MAX_MEMORY_VALUE, Outgoing, OutgoingKind, PermanentFailure, Secret
from incidentd.plugin.testing import InMemory
from incidentd_email import reader
from incidentd_email.answer import answer_id, compose
from incidentd_email.letters import Desk, message_id, message_key, received
from incidentd_email.loops import automatic_reason
from incidentd_email.mailbox import parse_mailbox
from incidentd_email.quota import MAX_ENTRIES, AnswerQuota, recent
from incidentd_email.reading import Mail, Told, Unreadable, as_mail
from incidentd_email.reply_token import ReplyTokens, room_for_token, thread_of

SUPPORT = parse_mailbox("Shop Support <support@example.org>")
TOKENS = ReplyTokens(Secret("a-key-of-twenty-letters"), "support", SUPPORT)
DESK = Desk(address=SUPPORT, tokens=TOKENS, own_lists=("support.lists.example.org",))
GRACE = "grace@example.com"
RAW = b"From: x\r\n\r\nbody"


def mail(text: str = "It fails", problem: str = "", **headers: str) -> Mail:
    named = {"from": f"Grace H <{GRACE}>", "message-id": "<1@example.com>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Mail(told=Told(headers={name: (value,) for name, value in named.items()}, text=text, problem=problem))


def taken(**headers: str) -> Any:
    return received(mail(**headers), RAW, DESK)


def test_a_plain_mail() -> None:
    message = taken(subject="Cannot pay", date="Mon, 02 Mar 2026 09:00:00 +0100")
    assert (message.sender, message.sender_name, message.subject) == (GRACE, "Grace H", "Cannot pay")
    assert message.sent_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert message.thread == thread_of("<1@example.com>")
    assert (message.verified, message.automatic, message.parent) == (False, False, "")


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 02 Mar 2026 09:00:00", "Mon, 99 Mar 99999 09:00:00 +0000"])
def test_a_date_that_is_none(date: str) -> None:
    assert taken(date=date).sent_at is None


@pytest.mark.parametrize("sender", ["", "nobody", "a@b@c", "a b@example.com <>", "undisclosed-recipients:;"])
def test_a_mail_that_cannot_be_answered_is_set_aside(sender: str) -> None:
    with pytest.raises(Unreadable, match="From"):
        taken(**{"from": sender})


@pytest.mark.parametrize(
    ("from_", "name"),
    [
        ("=?utf-8?q?Eve=0D=0ABcc=3A_all=40example=2Eorg?= <eve@example.net>", "Eve Bcc: all@example.org"),
        ("=?utf-8?b?Ym9zc0BleGFtcGxlLm9yZyw=?= <eve@example.net>", "boss@example.org,"),
        ("=?utf-8?q?=22=3Cboss=40example=2Eorg=3E=5C?= <eve@example.net>", "<boss@example.org>"),
        ("=?utf-8?q?Doe=2C_J=C3=BCrgen?= <eve@example.net>", "Doe, Jürgen"),
    ],
)
def test_a_name_that_says_an_address_is_none(from_: str, name: str) -> None:
    """A name is decoded after the address was found: otherwise an answer would go to whom the sender names."""
    subject = "=?utf-8?q?x=0D=0ABcc=3A_all=40example=2Eorg?="
    raw = f"From: {from_}\r\nMessage-ID: <a@b>\r\nSubject: {subject}\r\n\r\nhello\r\n".encode()
    reader.Counted.made = 0
    told, _ = reader.read(raw, 1000)
    message = received(as_mail(json.dumps(told).encode()), raw, DESK)
    assert (message.sender, message.sender_name, message.verified) == ("eve@example.net", name, False)
    assert message.subject == "x Bcc: all@example.org"


def test_a_bomb_is_set_aside() -> None:
    with pytest.raises(Unreadable, match="parts"):
        received(mail(problem="it has more than 200 parts"), RAW, DESK)


def test_reply_to_is_where_a_contact_form_says_who_wrote() -> None:
    form = {"from": "noreply@forms.example", "reply_to": f"Grace <{GRACE}>"}
    assert (taken(**form).sender, taken(**form).automatic) == (GRACE, False)
    assert taken(reply_to="a@b.org, c@d.org").sender == GRACE
    assert taken(reply_to="support@example.org").sender == GRACE
    assert taken(reply_to="everybody@lists.example", list_id="<all.lists.example>").sender == GRACE


def test_what_is_missing_is_said() -> None:
    told = Told(headers={"from": (GRACE,)}, text="", cut=True, left_out=("big.zip (12.0 MB) is too large",))
    text = received(Mail(told=told), RAW, DESK, "only the first 1 of 40 MB of this mail were read").text
    assert text.splitlines()[0] == "(this mail has no text)"
    assert "big.zip" in text
    assert "40 MB" in text
    assert "goes on" in text


# ---------------------------------------------------------------------------- which conversation
def test_references_say_which_conversation_and_prove_nothing() -> None:
    two = {"references": "<1@example.com> <2@example.org>", "in_reply_to": "<2@example.org>"}
    answer = taken(message_id="<3@example.com>", **two)
    assert (answer.thread, answer.parent, answer.verified) == (thread_of("<1@example.com>"), "<2@example.org>", False)
    assert taken(message_id="<3@example.com>", in_reply_to="<1@example.com>").thread == thread_of("<1@example.com>")
    assert taken(references="nonsense <> <a b>").thread == thread_of("<1@example.com>")


def reply_address(thread: str = "0011223344556677", recipient: str = GRACE) -> str:
    address = TOKENS.reply_to(thread, recipient)
    assert address is not None
    return address.address


def test_a_token_finds_its_conversation_whatever_the_references_say() -> None:
    for to in (reply_address(), reply_address().upper(), f"x@y.org, Support <{reply_address()}>"):
        message = taken(to=to, references="<other@example.com>")
        assert (message.thread, message.verified) == ("0011223344556677", True), to
    assert taken(delivered_to=reply_address()).verified


def test_a_token_in_another_hand_finds_the_conversation_and_verifies_nobody() -> None:
    message = taken(to=reply_address(), **{"from": "colleague@example.com"})
    assert (message.thread, message.verified) == ("0011223344556677", False)


def test_a_forged_token_is_none() -> None:
    good = reply_address()
    for at in range(len("support+"), good.index("@")):
        forged = good[:at] + ("a" if good[at] != "a" else "b") + good[at + 1 :]
        if at < good.index("@") - 1:  # the last letter has bits that stand for nothing
            assert TOKENS.find(forged, GRACE) == ("", False), at
    other = ReplyTokens(Secret("a-key-of-twenty-letters"), "another", SUPPORT)
    assert other.find(good, GRACE) == ("", False)
    assert ReplyTokens(Secret("quite-another-secret-key"), "support", SUPPORT).find(good, GRACE) == ("", False)


@given(text=st.text(alphabet="+@abcxyz27=.,<> \n", max_size=120))
@settings(max_examples=25)
def test_any_text_as_an_address(text: str) -> None:
    assert TOKENS.find(text, GRACE) == ("", False)


def test_a_token_fits_where_an_address_has_room() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        room_for_token(Secret("short"), SUPPORT)
    with pytest.raises(ValueError, match="before the @"):
        room_for_token(Secret("a-key-of-twenty-letters"), parse_mailbox(f"{'s' * 22}@example.org"))
    room_for_token(Secret("a-key-of-twenty-letters"), parse_mailbox(f"{'s' * 21}@example.org"))
    assert parse_mailbox(reply_address()).local.startswith("support+")
    assert TOKENS.reply_to("not a thread of ours", GRACE) is None


# ---------------------------------------------------------------------------- the same mail
def test_the_same_mail_has_one_key_by_whatever_way_it_comes() -> None:
    first = message_key(mail(), b"Received: a\r\nFrom: x\r\n\r\nbody")
    assert first == message_key(mail(), b"Received: b\r\nReceived: c\r\nFrom: x\r\n\r\nbody")
    assert message_id(first) == "<1@example.com>"


def test_nobody_hides_a_mail_by_sending_another_under_its_id() -> None:
    real = message_key(mail(), RAW)
    assert message_key(mail(), b"From: x\r\n\r\nother words") != real
    assert message_key(mail(**{"from": "mallory@example.net"}), RAW) != real


def test_a_mail_without_an_id_has_a_key() -> None:
    key = message_key(mail(message_id="none"), RAW)
    assert key != message_key(mail(message_id="none"), RAW + b".")
    assert message_id(key) == ""
    assert taken(message_id="none").thread == thread_of(key)


# ---------------------------------------------------------------------------- machines
@pytest.mark.parametrize(
    ("headers", "sender", "automatic"),
    [
        ({}, GRACE, False),
        ({"auto-submitted": "no"}, GRACE, False),
        ({"auto-submitted": "auto-replied (vacation)"}, GRACE, True),
        ({"auto-submitted": "Auto-Generated; x=y"}, GRACE, True),
        ({"precedence": "bulk"}, GRACE, True),
        ({"precedence": "first-class"}, GRACE, False),
        ({"list-id": "News <news.example.com>"}, GRACE, True),
        ({"list-unsubscribe": "<mailto:x@y.org>"}, GRACE, True),
        ({"list-id": "Support <support.lists.example.org>", "precedence": "list"}, GRACE, False),
        ({"list-id": "support.lists.example.org", "auto-submitted": "auto-replied"}, GRACE, True),
        ({"x-auto-response-suppress": "DR, OOF, AutoReply"}, GRACE, True),
        ({"x-auto-response-suppress": "RN"}, GRACE, False),
        ({"x-autoreply": "yes"}, GRACE, True),
        ({"return-path": "<>"}, GRACE, True),
        ({"return-path": f"<{GRACE}>"}, GRACE, False),
        ({"content-type": "multipart/report; report-type=delivery-status"}, GRACE, True),
        ({}, "MAILER-DAEMON@mx.example", True),
        ({}, "no-reply@shop.example", True),
        ({}, "noreply+17@shop.example", True),
        ({}, "noreplyhere@shop.example", False),
        ({}, "Support@Example.org", True),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, str], sender: str, automatic: bool) -> None:
    told = {name: (value,) for name, value in headers.items()}
    assert bool(automatic_reason(told, sender, {SUPPORT.address}, DESK.own_lists)) is automatic


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ({}, True),
        ({"auto_submitted": "auto-generated"}, True),  # a customer's own program reports
        ({"auto_submitted": "auto-replied (vacation)"}, False),
        ({"from": "support@example.org"}, False),  # our own pages, sent to the wrong address
    ],
)
def test_what_machines_answer_begins_no_report(headers: dict[str, str], opens: bool) -> None:
    assert taken(**headers).opens is opens


def test_a_delivery_report_begins_no_report_and_names_its_mail() -> None:
    told = Told(
        headers={"from": ("MAILER-DAEMON@mx.example",)}, text="failed", report=True, original="<ours@example.org>"
    )
    message = received(Mail(told=told), RAW, DESK)
    assert (message.opens, message.parent) == (False, "<ours@example.org>")


# ---------------------------------------------------------------------------- answers
ANSWER = Outgoing(
    idempotency_key="report-7-message-41",
    kind=OutgoingKind.REPLY,
    reference="R-7",
    thread="0011223344556677",
    recipient=GRACE,
    subject="Cannot pay",
    text="Since when?",
    created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    in_reply_to="<1@example.com>#0011",
)


def written(**changes: Any) -> Any:
    data = compose(msgspec.structs.replace(ANSWER, **changes), DESK, "support", parse_mailbox(GRACE))
    return email.message_from_bytes(data, policy=email.policy.default)


def test_an_answer_is_threaded_and_can_be_answered() -> None:
    message = written()
    assert (message["Subject"], message["To"]) == ("Re: Cannot pay", GRACE)
    assert (message["In-Reply-To"], message["References"]) == ("<1@example.com>", "<1@example.com>")
    assert TOKENS.find(str(message["Reply-To"]), GRACE) == ("0011223344556677", True)
    assert message["Message-ID"] == answer_id(ANSWER, DESK, "support")
    assert "Auto-Submitted" not in message
    assert message.get_content().splitlines() == ["Since when?", "", "-- ", "R-7"]


def test_answers_of_machines_say_so() -> None:
    assert written(automatic=True)["Auto-Submitted"] == "auto-replied"
    assert written(automatic=True, in_reply_to="")["Auto-Submitted"] == "auto-generated"
    assert written(automatic=True)["X-Auto-Response-Suppress"] == "All"


def test_subjects() -> None:
    assert written(subject="RE: Cannot pay")["Subject"] == "RE: Cannot pay"
    assert written(subject="", in_reply_to="")["Subject"] == "R-7"
    assert written(subject="Cannot pay", in_reply_to="")["Subject"] == "Cannot pay"


@pytest.mark.parametrize("hostile", ["<a@b>\r\nBcc: x@y.org", "<a b@c>", "=?utf-8?q?=0D=0ABcc:_x?=", "<>", "a" * 5000])
def test_ids_from_outside_write_no_header(hostile: str) -> None:
    message = written(in_reply_to=hostile, thread=hostile, subject=hostile[:250], reference=hostile[:40])
    assert "Bcc" not in message
    assert str(message.get("References", "<a@b>")) == "<a@b>"
    assert "Reply-To" not in message


# ---------------------------------------------------------------------------- limits
async def test_an_address_gets_so_many_automatic_mails_an_hour() -> None:
    memory, now = InMemory(), ANSWER.created_at
    for number in range(3):
        await AnswerQuota(memory, 3).spend(GRACE, f"key-{number}", now)
    await AnswerQuota(memory, 3).spend(GRACE, "key-1", now)  # a resend
    with pytest.raises(PermanentFailure, match="3 automatic mails"):
        await AnswerQuota(memory, 3).spend(GRACE.upper(), "key-4", now)
    await AnswerQuota(memory, 3).spend("linus@example.com", "key-4", now)
    await AnswerQuota(memory, 3).spend(GRACE, "key-5", now + timedelta(hours=1))


def test_many_addresses_fit_into_the_memory() -> None:
    now = int(ANSWER.created_at.timestamp())
    sent = {f"{number:016x}": {f"{number:016x}": now - number} for number in range(2000)}
    kept = recent(sent, now)
    assert set(kept) == {f"{number:016x}" for number in range(MAX_ENTRIES)}  # the newest
    assert len(msgspec.json.encode(kept)) < MAX_MEMORY_VALUE
