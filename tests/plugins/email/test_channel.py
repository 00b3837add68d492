"""The e-mail support channel against a real IMAP server (pymap) and a real SMTP server (aiosmtpd)."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from pydantic import ValidationError
from pymap.parsing.specials.flag import Seen

from incidentd.plugin import MAX_ATTACHMENT, Received, Secret
from incidentd.plugin.testing import ChannelConformance, FakeContext, Letter, Outcome, Rig
from incidentd_email import reader
from incidentd_email.channel import CHANNELS
from incidentd_email.imap import MailboxLost
from incidentd_email.reading import Mail, as_mail

PASSWORD = "correct-horse-battery"
REPLY_KEY = "0123456789abcdef-reply-key"
THREAD = "0011223344556677"


def mail(letter: Letter) -> bytes:
    """A letter as a mail program would send it."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = f"{letter.sender.title()} <{letter.sender}@example.com>"
    message["To"] = "support@example.org"
    message["Subject"] = "Cannot pay"
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0100"
    message["Message-ID"] = f"<{letter.id}@example.com>"
    message["References"] = f"<{letter.thread}@example.com>"
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(letter.text)
    return message.as_bytes()


async def read_here(raw: bytes) -> Mail:
    """`read_mail` without a process of its own."""
    reader.Counted.made = 0
    told, blobs = reader.read(raw, MAX_ATTACHMENT)
    return as_mail(json.dumps(told).encode() + b"\n" + b"".join(blobs))


def parsed(sent: Any) -> EmailMessage:
    message = email.message_from_bytes(sent.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


class TestMail(ChannelConformance):
    adapter = CHANNELS[0]
    secrets = (PASSWORD, REPLY_KEY)
    recipient = "grace@example.com"
    thread = THREAD
    in_reply_to = "<letter-1@example.com>#0011"
    bad_bodies = {
        "nothing": b"",
        "no From": b"Subject: x\r\n\r\nhello",
        "two lines": b"null\r\nnull\r\n",
        "many parts": b"From: a@b.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\r\n--b\r\n\r\n" * 300,
    }

    @pytest.fixture(autouse=True)
    def _provider(self, provider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.provider = provider
        monkeypatch.setattr("incidentd_email.tending.read_mail", read_here)  # a process takes a tenth of a second

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory: Path) -> AsyncIterator[Any]:
        async with self.provider().running() as running:
            yield running

    async def deliver(self, rig: Rig, letter: Letter) -> Outcome:
        return await self.deliver_raw(rig, mail(letter))

    async def deliver_raw(self, rig: Rig, body: bytes) -> Outcome:
        uid = await rig.vendor.put(body)  # type: ignore[attr-defined]
        return await tend(rig, uid)

    def check_format(self, sent: Any) -> None:
        assert sent.content.isascii()
        assert sent.mail_from == "support@example.org"
        assert sent.rcpt_tos == ["grace@example.com"]
        message = parsed(sent)
        assert not message.defects
        assert sorted(message.keys()) == sorted(set(message.keys())), "a header stands twice"
        assert "Bcc" not in message
        assert message.get_content_type() == "text/plain"
        assert not set(str(message.get_content())) & set("\x00\x1b\u202e\u2066")

    def key_on_wire(self, sent: Any) -> str:
        return str(parsed(sent)["Message-ID"])

    def shows(self, sent: Any, text: str) -> bool:
        return text in str(parsed(sent).get_content())

    def goes_to(self, sent: Any, received: Received) -> bool:
        return sent.rcpt_tos == [received.sender] and parsed(sent)["References"] in received.id


async def tend(rig: Rig, uid: int) -> Outcome:
    """Run the channel until the mail is dealt with, as the daemon runs it, and end it."""
    vendor: Any = rig.vendor
    reports = rig.context.reports
    reports.asked.clear()
    running = asyncio.create_task(rig.adapter.run())
    try:
        async with asyncio.timeout(20):
            while True:
                flags = await vendor.flags(uid)
                if r"\Flagged" in flags:
                    return Outcome.REFUSED
                if r"\Seen" in flags:
                    return Outcome.TAKEN
                if reports.asked.is_set() and reports.unavailable:
                    return Outcome.RETRY
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


# ---------------------------------------------------------------------------- the mailbox
@contextlib.asynccontextmanager
async def tended(running: Any, context: FakeContext | None = None, **settings: Any) -> AsyncIterator[Any]:
    """A channel that runs; yields it and its context."""
    context = context or FakeContext()
    config = CHANNELS[0].config.model_validate({**running.settings(), **settings})
    channel = CHANNELS[0].create(config, context)
    task = asyncio.create_task(channel.run())
    try:
        yield channel, context
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not met():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are read without a process, and pauses are short."""
    monkeypatch.setattr("incidentd_email.tending.read_mail", read_here)
    monkeypatch.setattr("incidentd_email.tending.FIRST_PAUSE", 0.01)


@pytest.mark.usefixtures("quick")
async def test_a_day_of_a_mailbox(provider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    idling = threading.Event()
    idle = IMAPClient.idle

    def told(client: IMAPClient) -> None:
        idle(client)
        idling.set()

    monkeypatch.setattr(IMAPClient, "idle", told)
    async with provider().running() as running:
        await running.put(mail(Letter(id="old")), Seen)  # read long ago, before the first start
        waiting = await running.put(mail(Letter(id="waiting")))
        async with tended(running, poll="1h") as (channel, context):
            reports = context.reports
            await until(lambda: len(reports.messages) == 1)
            assert reports.messages[0].id.startswith("<waiting@")
            await until(idling.is_set)
            await asyncio.sleep(0.1)  # the server answers first, and watches its mailbox then
            assert channel.condition().text == "looks for mail as it comes in INBOX"
            idling.clear()
            arriving = await running.put(mail(Letter(id="arriving")))  # told by IDLE: the poll is an hour away
            await until(lambda: len(reports.messages) == 2)
            await until(idling.is_set)
            await asyncio.sleep(0.1)
            for uid in (waiting, arriving):
                assert r"\Seen" in await running.flags(uid)
            idling.clear()
            running.cut()
            await until(idling.is_set)  # this server tells in IDLE only what comes from then on
            await asyncio.sleep(0.1)
            await running.put(mail(Letter(id="after-the-cut")))
            await until(lambda: len(reports.messages) == 3)
        # A person reads one in a mail program while the daemon is down.
        await running.put(mail(Letter(id="seen-by-a-person")), Seen)
        async with tended(running, context):
            await until(lambda: len(reports.messages) == 4)
        # The server gives its messages new numbers: what is known is known, what is new is new.
        kept = await context.memory.get("read up to: INBOX")
        before = kept.replace(b'"validity":', b'"validity":9')
        await context.memory.swap("read up to: INBOX", kept, before)
        await running.put(mail(Letter(id="new-numbers")), Seen)
        context.clock.set(datetime.now(UTC))
        async with tended(running, context):
            await until(lambda: any(one.id.startswith("<new-numbers@") for one in reports.messages))
        ids = [one.id.partition("@")[0] for one in reports.messages]
        assert len(ids) == len(set(ids))


class Fickle:
    """A mailbox that goes away as soon as nothing is left to do."""

    validity, next_uid, idles = 1, 1, True

    async def nothing(self, *_: Any) -> set[int]:
        return set()

    unseen = since = arrived_since = close = nothing

    async def wait(self, _: float) -> None:
        raise MailboxLost("gone")


@pytest.mark.parametrize(
    ("opens", "pauses"), [([True] * 5, [1, 1, 1, 1, 1]), ([True, False, False, True, False], [1, 2, 4, 1, 2])]
)
async def test_pauses_grow_until_the_mailbox_is_there_again(
    opens: list[bool], pauses: list[float], provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    tries = iter(opens)

    async def opened(*_: Any) -> Fickle:
        there = next(tries, None)
        if there is None:
            raise EOFError
        if not there:
            raise MailboxLost("away")
        return Fickle()

    async def sleep(seconds: float) -> None:
        if seconds:  # the doubles yield by 0
            waited.append(seconds)

    monkeypatch.setattr("incidentd_email.tending.Inbox.open", opened)
    monkeypatch.setattr("incidentd_email.tending.random.uniform", lambda *_: 1.0)
    monkeypatch.setattr("incidentd_email.tending.asyncio.sleep", sleep)
    config = CHANNELS[0].config.model_validate(provider().settings())
    with pytest.raises(EOFError):
        await CHANNELS[0].create(config, FakeContext()).run()
    assert waited == pauses


async def test_a_bomb_is_set_aside_told_and_forgotten(provider: Any) -> None:
    async with provider().running() as running:
        bomb = b"From: mallory@example.net\r\nSubject: \x1b[2Jboom\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        uid = await running.put(bomb + b"\r\n--b\r\n\r\n" * 400)
        await running.put(mail(Letter()))
        async with tended(running) as (channel, context):
            await until(lambda: len(context.reports.messages) == 1)
            assert {r"\Seen", r"\Flagged"} <= await running.flags(uid)
            (note,) = context.notes
            assert "more than 200 parts" in note
            assert "mallory@example.net" in note
            assert "\x1b" not in note
            assert channel.condition().text == note


@pytest.mark.usefixtures("quick")
async def test_a_huge_mail_is_read_in_part(provider: Any) -> None:
    async with provider().running() as running:
        head = (
            b"From: g@example.com\r\nMessage-ID: <huge@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\n\r\nsee the dump\r\n"
            b'--b\r\nContent-Type: application/octet-stream; name="core"\r\n\r\n'
        )
        await running.put(head + b"x" * 3_000_000 + b"\r\n--b--\r\n")
        async with tended(running, max_size=1_100_000) as (_, context):
            await until(lambda: len(context.reports.messages) == 1)
            (message,) = context.reports.messages
            assert message.text == "see the dump\n\n[only the first 1 of 3 MB of this mail were read]"


async def test_a_mailbox_that_cannot_be_had_is_told_without_a_secret(provider: Any) -> None:
    async with provider().running() as running:
        async with tended(running, imap_password=Secret("wrong-one")) as (channel, _):
            await until(lambda: not channel.condition().well)
            assert "`imap_username` and `imap_password`" in channel.condition().text
        async with tended(running, imap_tls="tls") as (channel, _):
            await until(lambda: not channel.condition().well)
            assert "TLS failed" in channel.condition().text
        async with tended(running, folder="No such") as (channel, _):
            await until(lambda: not channel.condition().well)
            assert PASSWORD not in channel.condition().text
    async with tended(running) as (channel, _):  # nobody listens any more
        await until(lambda: not channel.condition().well)
        assert "no connection: Connect" in channel.condition().text


@pytest.mark.usefixtures("quick")
async def test_imap_over_tls_with_an_authority_of_ones_own(provider: Any) -> None:
    certificate = Path(__file__).with_name("localhost.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with provider(tls=tls).running() as running:
        await running.put(mail(Letter()))
        async with tended(running, imap_tls="tls", ca_file=certificate) as (_, context):
            await until(lambda: len(context.reports.messages) == 1)


@pytest.mark.usefixtures("quick")
async def test_imap_by_starttls_logs_in_only_when_the_certificate_is_trusted(provider: Any) -> None:
    certificate = Path(__file__).with_name("localhost.pem")
    async with provider(starttls=certificate).running() as running:
        await running.put(mail(Letter()))
        async with tended(running, imap_tls="starttls", ca_file=certificate) as (channel, context):
            await until(lambda: len(context.reports.messages) == 1)
            assert channel.condition().well
        async with tended(running, imap_tls="starttls") as (channel, _):  # an authority that nobody knows
            await until(lambda: not channel.condition().well)
            assert "TLS failed" in channel.condition().text
    async with provider().running() as running, tended(running, imap_tls="starttls") as (channel, _):
        await until(lambda: not channel.condition().well)  # without STARTTLS no password is sent
        assert "the mailbox cannot be reached" in channel.condition().text


@pytest.mark.usefixtures("quick")
async def test_a_flood_waits_in_the_mailbox_while_others_are_served_and_is_taken_later(provider: Any) -> None:
    async with provider().running() as running:
        flood = [await running.put(mail(Letter(id=f"flood-{n}", sender="mallory"))) for n in range(5)]
        await running.put(mail(Letter(id="grace", sender="grace")))
        async with tended(running, from_sender_an_hour=2, poll="1s") as (channel, context):
            reports = context.reports
            await until(lambda: not channel.condition().well)
            assert [one.id.partition("@")[0] for one in reports.messages] == ["<flood-0", "<flood-1", "<grace"]
            assert channel.condition().text.startswith("3 mails wait, unread, in INBOX: one sender may write 2 an hour")
            assert "mallory@example.com" in channel.condition().text
            assert [r"\Seen" in await running.flags(uid) for uid in flood] == [True, True, False, False, False]
            assert len(context.notes) == 1, "told once"
        await running.put(mail(Letter(id="late", sender="mallory")), Seen)  # a person read it first
        async with tended(running, context, from_sender_an_hour=2, poll="1s"):
            await until(lambda: any(one.id.startswith("<late@") for one in reports.messages))
            await until(lambda: len(reports.messages) == 6)  # this process knows of no flood yet
        context.clock.advance(timedelta(hours=1))
        async with tended(running, context, from_sender_an_hour=2, poll="1s") as (channel, _):
            await until(lambda: len(reports.messages) == 7)
            await until(lambda: channel.condition().well)
        ids = [one.id for one in reports.messages]
        assert len(ids) == len(set(ids)), "nothing is lost and nothing comes twice"


@pytest.mark.usefixtures("quick")
async def test_without_a_reply_key_the_health_view_says_that_nobody_is_verified(provider: Any) -> None:
    async with provider().running() as running, tended(running, reply_key=None) as (channel, _):
        await until(lambda: "nobody is verified" in channel.condition().text)
        assert channel.condition().well


async def test_an_answer_of_the_customer_finds_its_conversation(provider: Any) -> None:
    # This server watches its mailbox a moment after it took IDLE up, and tells nobody what came in between.
    async with provider().running() as running, tended(running, poll="1s") as (channel, context):
        await running.put(mail(Letter(id="first", thread="first")))
        await until(lambda: len(context.reports.messages) == 1)
        (first,) = context.reports.messages
        receipt = await channel.send(
            TestMail().message(thread=first.thread, recipient=first.sender, in_reply_to=first.id)
        )
        ours = parsed(running.sent()[0])
        assert receipt.vendor_id == ours["Message-ID"]
        answer = EmailMessage()
        answer["From"], answer["To"] = "Grace <grace@example.com>", ours["Reply-To"]
        answer["Message-ID"], answer["In-Reply-To"] = "<second@example.com>", ours["Message-ID"]
        answer.set_content("Since 9:00.")
        await running.put(answer.as_bytes())
        await until(lambda: len(context.reports.messages) == 2)
        second = context.reports.messages[1]
        assert (second.thread, second.verified, second.parent) == (first.thread, True, receipt.vendor_id)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"imap_username": None, "imap_password": None}, "imap_username"),
        ({"imap_password": None}, "imap_password"),
        ({"reply_key": Secret("short")}, "reply_key"),
        ({"from": f"{'s' * 30}@example.org"}, "before the @"),
        ({"imap_tls": "perhaps"}, "imap_tls"),
        ({"poll": "0s"}, "poll"),
        ({"max_size": 5}, "max_size"),
    ],
)
def test_configuration_errors_say_what_to_write(changes: dict[str, Any], word: str, provider: Any) -> None:
    with pytest.raises(ValidationError, match=word):
        CHANNELS[0].config.model_validate({**provider().settings(), **changes})


def test_one_login_serves_both(provider: Any) -> None:
    plain = {**provider().settings(), "imap_username": None, "imap_password": None, "imap_port": None}
    config: Any = CHANNELS[0].config.model_validate(
        {**plain, "username": "support", "password": Secret("p"), "imap_tls": "tls", "imap_host": "imap.example.org"}
    )
    assert config.imap_login == ("support", Secret("p"))
    assert config.imap_address == ("imap.example.org", 993)
