"""The e-mail notifier against a real SMTP server (aiosmtpd) in the same event loop."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.errors
import email.policy
import logging
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import ValidationError

from incidentd.plugin import PermanentFailure, Secret, TemporaryFailure
from incidentd.plugin.testing.notifiers import (
    ACKNOWLEDGE_URL,
    NotifierConformance,
    NotifierContext,
    Rig,
    Vendor,
    failure_of,
    notification,
)
from incidentd_email.config import EmailConfig
from incidentd_email.mailbox import parse_mailbox
from incidentd_email.message import compose
from incidentd_email.notifier import NOTIFIERS, EmailNotifier

PASSWORD = "correct-horse-battery"
PASSWORD_BASE64 = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"
CERTIFICATE = Path(__file__).with_name("localhost.pem")


UNSUBSCRIBE = "https://status.example.org/status/unsubscribe/12345-0-" + "a" * 40


class Server(Vendor):
    """An SMTP server that keeps what it takes; `replies` replaces its answer to RCPT or DATA once."""

    def __init__(self, **options: Any) -> None:
        self.envelopes: list[Envelope] = []
        self.replies: dict[str, str] = {}
        self.open: set[SMTP] = set()
        self.logins: list[tuple[bytes, bool]] = []
        self.options = options
        self.port = 0
        self._hang = False
        self._busy = asyncio.Event()

    def settings(self) -> Mapping[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "from": "incidentd <incidentd@example.org>",
            "username": "incidentd",
            "password": Secret(PASSWORD),
            "timeout": 10,
        }

    def sent(self) -> Sequence[Envelope]:
        return self.envelopes

    def reject(self) -> None:
        self.replies["RCPT"] = f"550 5.1.1 not here; by the way you are {PASSWORD} {PASSWORD_BASE64}"

    def hang(self) -> None:
        self._hang = True

    async def wait_for_request(self) -> None:
        async with asyncio.timeout(5):
            await self._busy.wait()
        self._busy.clear()

    async def wait_until_idle(self) -> None:
        async with asyncio.timeout(5):
            while self.open:  # noqa: ASYNC110 - aiosmtpd tells nobody when a connection ends
                await asyncio.sleep(0.01)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.replies:
            return self.replies.pop("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._busy.set()
        if self._hang:
            self._hang = False
            await asyncio.sleep(60)
        if "DATA" in self.replies:
            return self.replies.pop("DATA")
        self.envelopes.append(envelope)
        return "250 2.0.0 Ok: queued as 4XyZ"

    def _authenticate(self, server: SMTP, session: Session, _envelope: Any, _kind: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, session.ssl is not None))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Server]:
        loop = asyncio.get_running_loop()
        opened = self.open

        class Counting(SMTP):
            def connection_made(self, transport: Any) -> None:
                opened.add(self)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                opened.discard(self)
                super().connection_lost(error)

        def protocol() -> SMTP:
            options: dict[str, Any] = {"auth_require_tls": False, "authenticator": self._authenticate} | self.options
            return Counting(self, loop=loop, hostname="mail.example", **options)

        listener = await loop.create_server(protocol, "127.0.0.1", 0, ssl=self.options.pop("from_the_start", None))
        self.port = listener.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listener.close()


@pytest.fixture(autouse=True)
def quiet_server() -> None:
    """aiosmtpd logs every command, passwords included, in this same process."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)


def parsed(sent: Envelope) -> EmailMessage:
    assert isinstance(sent.content, bytes)
    message = email.message_from_bytes(sent.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(sent: Envelope, kind: str) -> str:
    body = parsed(sent).get_body((kind,))
    assert body is not None
    return str(body.get_content())


class TestEmail(NotifierConformance):
    adapter = NOTIFIERS[0]
    address = "ada@example.org"
    secrets = (PASSWORD, PASSWORD_BASE64)

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory: Path) -> AsyncIterator[Vendor]:
        async with Server().running() as server:
            yield server

    def check_format(self, sent: Envelope) -> None:
        assert isinstance(sent.content, bytes)
        assert sent.content.isascii()
        assert sent.mail_from == "incidentd@example.org"
        assert sent.rcpt_tos == ["ada@example.org"]
        assert all(len(line) <= 998 for line in sent.content.split(b"\r\n"))
        message = parsed(sent)
        assert not message.defects
        assert sorted(message.keys()) == sorted(set(message.keys())), "a header stands twice"
        assert "Bcc" not in message
        assert message["To"] == "ada@example.org"
        assert message["Subject"]
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert [piece.get_content_type() for piece in message.iter_parts()] == ["text/plain", "text/html"]
        assert "<script" not in part(sent, "html")
        assert not set(part(sent, "plain")) & set("\x00\x1b\u202e\u2066")

    def key_on_wire(self, sent: Envelope) -> str:
        return str(parsed(sent)["Message-ID"])

    def shows(self, sent: Envelope, text: str) -> bool:
        return text in f"{parsed(sent)['Subject']}\n{part(sent, 'plain')}"

    async def test_an_encoded_word_in_the_title_adds_no_header(self, rig: Rig) -> None:
        await rig.notifier.send(self.message(title="=?utf-8?q?Hi=0D=0ABcc:_evil@example.net?="))
        self.check_format(rig.vendor.sent()[0])
        assert parsed(rig.vendor.sent()[0])["Subject"] == "= ?utf-8?q?Hi=0D=0ABcc:_evil@example.net?="

    async def test_receipt_names_the_queue_id(self, rig: Rig) -> None:
        assert "queued as 4XyZ" in (await rig.notifier.send(self.message())).vendor_id

    async def test_link_in_the_html_part(self, rig: Rig) -> None:
        await rig.notifier.send(self.message())
        assert f'<a href="{ACKNOWLEDGE_URL}">Acknowledge</a>' in part(rig.vendor.sent()[0], "html")

    async def test_messages_of_one_page_are_one_thread(self, rig: Rig) -> None:
        await rig.notifier.send(self.message())
        await rig.notifier.send(self.message(idempotency_key="2"))
        await rig.notifier.send(self.message(idempotency_key="3", thread="page-8"))
        threads = [(parsed(sent)["References"], parsed(sent)["In-Reply-To"]) for sent in rig.vendor.sent()]
        assert threads[0] == threads[1] != threads[2]

    async def test_lines_with_dots_arrive_whole(self, rig: Rig) -> None:
        await rig.notifier.send(self.message(body=".\n..\n.hidden\nend"))
        assert part(rig.vendor.sent()[0], "plain").splitlines()[:4] == [".", "..", ".hidden", "end"]

    @pytest.mark.parametrize("step", ["RCPT", "DATA"])
    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            ("421 4.3.2 shutting down", TemporaryFailure),
            ("450 4.2.0 greylisted", TemporaryFailure),
            ("452 4.2.2 mailbox full", TemporaryFailure),
            ("550 5.1.1 no such user", PermanentFailure),
            ("554 5.7.1 refused \x1b[2J", PermanentFailure),
        ],
    )
    async def test_the_reply_decides(self, rig: Rig, step: str, reply: str, kind: type[Exception]) -> None:
        rig.vendor.replies[step] = reply  # type: ignore[attr-defined]
        error = await failure_of(rig.notifier.send(self.message()))
        assert type(error) is kind
        assert reply[:9] in str(error)
        assert "\x1b" not in str(error)

    async def test_a_wrong_password_is_permanent_and_names_the_settings(self, rig: Rig) -> None:
        error = await failure_of(rig.make({"password": Secret("wrong-one")}).send(self.message()))
        assert isinstance(error, PermanentFailure)
        assert "`username` and `password`" in str(error)
        assert "wrong-one" not in str(error)

    @pytest.mark.parametrize(
        "address", ["", "ada", "ada@", "@x.org", "a@b.org, c@d.org", "a@b.org\r\nBcc: c@d.org", "a\ud800@b.org", "<>"]
    )
    async def test_a_bad_address_is_permanent(self, rig: Rig, address: str) -> None:
        assert isinstance(await failure_of(rig.notifier.send(self.message(address=address))), PermanentFailure)
        assert rig.vendor.sent() == []

    async def test_a_server_without_smtputf8_cannot_have_such_an_address(self, rig: Rig) -> None:
        error = await failure_of(rig.notifier.send(self.message(address="zoë@example.org")))
        assert isinstance(error, PermanentFailure)
        assert "SMTPUTF8" in str(error)


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def make(settings: Mapping[str, Any], **changes: Any) -> EmailNotifier:
    config = EmailConfig.model_validate({**settings, **changes})
    return EmailNotifier(config, NotifierContext(http=None))  # type: ignore[arg-type]


TO_ADA = notification(address="ada@example.org")


@pytest.mark.parametrize("starttls", ["auto", "required"])
async def test_starttls_comes_before_the_login(starttls: str) -> None:
    async with Server(tls_context=server_tls()).running() as server:
        await make(server.settings(), starttls=starttls, ca_file=CERTIFICATE).send(TO_ADA)
        assert server.logins == [(b"incidentd", True)]
        assert len(server.envelopes) == 1


async def test_tls_from_the_start() -> None:
    async with Server(from_the_start=server_tls()).running() as server:
        await make(server.settings(), tls=True, ca_file=CERTIFICATE).send(TO_ADA)
        assert len(server.envelopes) == 1


async def test_an_untrusted_certificate_gets_no_password() -> None:
    async with Server(tls_context=server_tls()).running() as server:
        error = await failure_of(make(server.settings()).send(TO_ADA))
        assert isinstance(error, TemporaryFailure)
        assert "CERTIFICATE_VERIFY_FAILED" in str(error)
        assert server.logins == []


async def test_without_a_login_any_certificate_is_better_than_clear_text() -> None:
    async with Server(tls_context=server_tls()).running() as server:
        settings = {**server.settings(), "username": None, "password": None}
        await make(settings).send(TO_ADA)
        await make(settings, starttls="never").send(TO_ADA)
        assert len(server.envelopes) == 2


async def test_required_starttls_that_is_not_offered() -> None:
    async with Server().running() as server:
        error = await failure_of(make(server.settings(), starttls="required").send(TO_ADA))
        assert isinstance(error, PermanentFailure)
        assert "STARTTLS" in str(error)
        assert server.logins == []


async def test_no_clear_text_password_off_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidentd_email.session._is_loopback", lambda _client: False)
    async with Server().running() as server:
        error = await failure_of(make(server.settings()).send(TO_ADA))
        assert isinstance(error, PermanentFailure)
        assert "clear text" in str(error)
        assert server.logins == []
        await make(server.settings(), starttls="never").send(TO_ADA)  # asked for in so many words
        assert server.logins == [(b"incidentd", False)]


async def test_smtputf8() -> None:
    async with Server(enable_SMTPUTF8=True).running() as server:
        await make(server.settings()).send(notification(address="zoë@bücher.example"))
        assert server.envelopes[0].rcpt_tos == ["zoë@xn--bcher-kva.example"]


def test_a_message_whose_headers_came_out_different_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidentd_email.message._subject", lambda title: title)
    hostile = notification(title="=?utf-8?q?Hi=0D=0ABcc:_evil@example.net?=")
    with pytest.raises((ValueError, email.errors.MessageError)):
        compose(hostile, parse_mailbox("i@example.org"), parse_mailbox("ada@example.org"))


def test_a_resend_is_the_same_message_but_for_the_boundary() -> None:
    sender, recipient = parse_mailbox("incidentd@example.org"), parse_mailbox("ada@example.org")
    first, again = (
        email.message_from_bytes(compose(TO_ADA, sender, recipient), policy=email.policy.default) for _ in range(2)
    )
    for message in (first, again):
        del message["Content-Type"]
    assert first.items() == again.items()
    assert first["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("ada@example.org", "ada@example.org", ""),
        ("Ada L. <ada+page@ops.example.org>", "ada+page@ops.example.org", "Ada L."),
        ('"Ada, on call" <ada@example.org>', "ada@example.org", "Ada, on call"),
        ("root@localhost", "root@localhost", ""),
    ],
)
def test_addresses(text: str, address: str, name: str) -> None:
    mailbox = parse_mailbox(text)
    assert (mailbox.address, mailbox.name) == (address, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a@@b",
        "a b@c.org",
        "a@b c.org",
        ".a@b.org",
        "a..b@c.org",
        "a@-\n",
        "a@b..org",
        '"x y"@b.org',
        "a@b.org>",
        "A <a@b.org>, B <b@b.org>",
        "a\x00@b.org",
        "a\u202e@b.org",
        f"{'a' * 65}@b.org",
        f"a@{'b' * 300}.org",
        "x <a@b.org\r\nBcc: c@d.org>",
        "=?utf-8?b?YQ0KQmNjOiB4QHkub3Jn?=@b.org",
        "=?utf-8?q?a=0D=0ABcc:_x@y.org?= <a@b.org>",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain"):
        parse_mailbox(text)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"from": "nobody"},
        {"from": "a@b.org", "username": "u"},
        {"from": "a@b.org", "password": Secret("p")},
        {"from": "a@b.org", "tls": True, "starttls": "required"},
        {"from": "a@b.org", "starttls": "sometimes"},
        {"from": "a@b.org", "host": "a\r\nb"},
        {"from": "a@b.org", "port": 0},
    ],
)
def test_configuration_errors(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmailConfig.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "port"),
    [({}, 25), ({"tls": True}, 465), ({"username": "u", "password": Secret("p")}, 587), ({"port": 2525}, 2525)],
)
def test_usual_ports(settings: dict[str, Any], port: int) -> None:
    assert EmailConfig.model_validate({"from": "a@b.org", **settings}).real_port == port


def test_a_letter_to_a_subscriber_can_be_ended_from_the_mail_program():
    """RFC 2369 and RFC 8058: both headers, and the same link in both texts; a page has none of it."""
    sender, recipient = parse_mailbox("incidentd@example.org"), parse_mailbox("ada@example.org")
    letter = msgspec.structs.replace(notification(), acknowledge_url=None, unsubscribe_url=UNSUBSCRIBE)
    raw = compose(letter, sender, recipient)
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n".encode() in raw, "no program decodes encoded words there"
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Unsubscribe: {UNSUBSCRIBE}" in message.get_body(("plain",)).get_content()
    assert f'<a href="{UNSUBSCRIBE}">' in message.get_body(("html",)).get_content()
    page = email.message_from_bytes(compose(notification(), sender, recipient), policy=email.policy.default)
    assert page["List-Unsubscribe"] is None
    assert "nsubscribe" not in page.as_string()


def test_an_appointment_goes_along_as_a_calendar_file_with_its_method():
    document = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    sender, recipient = parse_mailbox("i@example.org"), parse_mailbox("ada@example.org")
    raw = compose(notification(calendar=document), sender, recipient)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "CANCEL")
    assert part.get_content().splitlines() == document.splitlines()
    assert "text/calendar" not in compose(notification(), sender, recipient).decode()
