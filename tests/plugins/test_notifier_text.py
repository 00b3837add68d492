"""Any text at all, through the encoders of the notifiers; and what importing them costs."""

from __future__ import annotations

import email
import email.policy
import subprocess
import sys
from email.message import EmailMessage

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incidentd.plugin import safe_line
from incidentd.plugin.testing.notifiers import notification
from incidentd_apprise.notifier import compose as compose_apprise
from incidentd_email.mailbox import Mailbox
from incidentd_email.message import compose as compose_email
from incidentd_ntfy.notifier import encode as encode_ntfy
from incidentd_webhook.notifier import encode as encode_webhook
from incidentd_webhook.notifier import header_key

SENDER = Mailbox("incidentd", "example.org", "incidentd, on call")
RECIPIENT = Mailbox("ada", "example.org")
# Every code point, lone surrogates included, with those that formats trip over made likely.
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\r\n\0\x1b\t .<>\"\\'=?_&\u2028\u202e\ud800\udc00\x85\x1c")))


@settings(max_examples=150, deadline=None)
@given(title=TEXT, body=TEXT, reason=TEXT, key=TEXT)
@example(title="=?utf-8?q?=0D=0ABcc:_evil@example.net?=", body="", reason="", key="")
@example(title="é" * 250, body="." * 1000, reason="\n", key="\ud800")
@example(title="x" * 250, body="From me\n.\n", reason="a" * 600, key="k" * 500)
def test_email_stays_one_well_formed_message(title: str, body: str, reason: str, key: str) -> None:
    data = compose_email(
        notification(title=title, body=body, reason=reason, idempotency_key=key, thread=key), SENDER, RECIPIENT
    )
    assert data.isascii()
    head, _, _ = data.partition(b"\r\n\r\n")
    assert b"\n" not in head.replace(b"\r\n", b"")
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.get_content_type() == "multipart/alternative"
    assert not message.defects
    assert message["To"] == "ada@example.org"
    shown = safe_line(title, 250).replace("=?", "= ?").strip() or "incidentd"
    assert "".join(message["Subject"].split()) == "".join(shown.split())
    assert set(message.keys()) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Incidentd-Kind",
        "X-Incidentd-Urgency",
        "Importance",
        "X-Priority",
        "MIME-Version",
        "Content-Type",
    }


@settings(max_examples=150, deadline=None)
@given(title=TEXT, body=TEXT, reason=TEXT, key=TEXT)
def test_json_stays_json_and_within_limits(title: str, body: str, reason: str, key: str) -> None:
    message = notification(
        title=title, body=body * 50, reason=reason, idempotency_key=key, labels={title: body}, address="t"
    )
    ntfy = encode_ntfy(message)
    assert len(ntfy) <= 8192
    assert len(msgspec.json.decode(ntfy)["message"].encode()) <= 4096
    assert msgspec.json.decode(encode_webhook(message))["version"] == "1"
    assert header_key(key).isascii()
    assert header_key(key).isprintable()


@settings(max_examples=150, deadline=None)
@given(title=TEXT, body=TEXT, reason=TEXT, room=st.integers(90, 3000))
def test_apprise_text_fits(title: str, body: str, reason: str, room: int) -> None:
    text = compose_apprise(notification(title=title, body=body * 20, reason=reason))
    assert 0 < len(text.fitted(room)) <= room
    assert "https://incidentd.example/ack/" in text.fitted(room)
    text.fitted(room).encode()


@pytest.mark.parametrize("package", ["apprise", "ntfy", "email", "log", "webhook"])
def test_announcing_a_notifier_imports_no_heavy_library(package: str) -> None:
    code = f"""
import sys
import incidentd_{package}
(adapter,) = incidentd_{package}.incidentd_notifiers()
assert adapter.id == {package!r}
print(sorted(set(sys.modules) & {{"aiohttp", "apprise", "aiosmtplib", "requests"}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
