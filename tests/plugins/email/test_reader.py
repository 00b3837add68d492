"""Mails as people, programs and attackers send them, through the program that reads them."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from incidentd.plugin import MAX_ATTACHMENT
from incidentd_email import reader, reading
from incidentd_email.reading import Mail, Unreadable, as_mail, read_mail


def here(raw: bytes, max_attachment: int = MAX_ATTACHMENT) -> Mail:
    """What the program tells, without a process."""
    reader.Counted.made = 0
    told, blobs = reader.read(raw, max_attachment)
    return as_mail(json.dumps(told).encode() + b"\n" + b"".join(blobs))


def text(body: str, kind: str = "text/plain; charset=utf-8") -> str:
    return here(f"From: g@example.com\r\nContent-Type: {kind}\r\n\r\n{body}".encode()).told.text


GMAIL = """Since 9:00, and only in eu-1.

On Mon, Mar 2, 2026 at 9:10 AM Shop Support <
support+abc@example.org> wrote:

> Since when?
> -- \x20
> R-12
"""
OUTLOOK = """It is version 2.4.

From: Shop Support <support@example.org>
Sent: Monday, March 2, 2026 9:10 AM
To: Grace <grace@example.com>
Subject: Re: Cannot pay

Which version?
"""
OUTLOOK_DE = """Es ist Version 2.4.

________________________________
Von: Shop Support <support@example.org>
Gesendet: Montag, 2. März 2026 09:10
An: Grace
Betreff: AW: Cannot pay

Which version?
"""
APPLE_DE = """Version 2.4

> Am 02.03.2026 um 09:10 schrieb Support <support@example.org>:
>\x20
> Which version?
"""
INTERLEAVED = """> Since when?
Since 9:00.
> Which version?
2.4
"""
LOG = """The console says:

> Error 42: cannot pay
> at line 7
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (GMAIL, "Since 9:00, and only in eu-1."),
        (OUTLOOK, "It is version 2.4."),
        (OUTLOOK_DE, "Es ist Version 2.4."),
        (APPLE_DE, "Version 2.4"),
        (INTERLEAVED, INTERLEAVED.strip()),
        (LOG, LOG.strip()),
        ("> only a quote", "> only a quote"),
        ("Hello\n\nFrom: the shop page I go to pay.", "Hello\n\nFrom: the shop page I go to pay."),
    ],
    ids=["gmail", "outlook", "outlook de", "apple de", "interleaved", "log", "only a quote", "no quote"],
)
def test_what_is_quoted_is_taken_off_and_what_is_said_is_kept(body: str, said: str) -> None:
    assert text(body) == said
    assert text(body.replace("\n", "\r\n")) == said


def test_html_becomes_text_and_loads_nothing() -> None:
    shown = text(
        "<html><head><title>t</title><style>p{}</style></head><body><p>Hello <b>you</b><br>a &lt; b</p>"
        "<script>alert(1)</script><ul><li>one</li><li><a href='https://x.example/?a=1'>two</a></li></ul>"
        "<img src='https://spy.example/x.png' alt='a chart'><a href='javascript:x()'>three</a></body></html>",
        "text/html; charset=utf-8",
    )
    assert shown == "Hello you\na < b\n\n- one\n- two <https://x.example/?a=1>\n[a chart]three"
    assert "spy" not in shown


def test_a_quote_in_html_is_taken_off() -> None:
    shown = text(
        '<div dir="ltr">Since 9:00.</div><br><div class="gmail_quote"><div dir="ltr">On Mon, Mar 2, 2026 at 9:10 AM '
        "Support &lt;<a href='mailto:s@example.org'>s@example.org</a>&gt; wrote:<br></div>"
        "<blockquote>Since when?</blockquote></div>",
        "text/html; charset=utf-8",
    )
    assert shown == "Since 9:00."


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("iso-8859-1", "Zahlung läuft".encode("latin-1")),
        ("windows-1252", "Zahlung läuft".encode("cp1252")),
        ("utf-8", "Zahlung läuft".encode()),
        ("no-such", "Zahlung läuft".encode()),
        ("idna", "Zahlung läuft".encode()),
        ("rot13", "Zahlung läuft".encode("cp1252")),
        ("utf-16", "Zahlung läuft".encode("utf-16")),
    ],
)
def test_charsets(charset: str, data: bytes) -> None:
    head = f"From: g@example.com\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert here(head + data).told.text == "Zahlung läuft"


def test_headers_are_decoded_and_bounded() -> None:
    raw = (
        b"From: =?utf-8?q?Gr=C3=A4ce?= =?utf-8?q?_H?= <g@example.com>\r\n"
        b"Subject: =?utf-8?b?w5xiZXI=?= uns =?x?q?a?=\r\n"
        b"To: " + b"a@b.org, " * 5000 + b"\r\nDate: x\r\n =?bad\r\n\r\nhello"
    )
    told = here(raw).told
    assert told.headers["from"] == ("Gräce H <g@example.com>",)
    assert told.headers["subject"] == ("Über uns a",)
    assert len(told.headers["to"][0]) <= 4000
    assert here("From: Gräce <g@example.com>\r\n\r\nx".encode("latin-1")).first("from") == "Gräce <g@example.com>"


MIXED = (
    b"From: g@example.com\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    b"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
    b"--a\r\nContent-Type: text/plain\r\n\r\nsee the picture\r\n"
    b"--a\r\nContent-Type: text/html\r\n\r\n<p>see the <b>picture</b></p>\r\n--a--\r\n"
    b'--m\r\nContent-Type: image/png; name="..\\..\\C:\\x/shot\x1b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    b"iVBORw==\r\n"
    b"--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''l%C3%B6g.txt\r\n\r\n"
    b"0123456789\r\n"
    b"--m\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.org\r\nSubject: forwarded\r\n\r\ninner\r\n--m--\r\n"
)


def test_attachments_are_kept_as_they_are() -> None:
    mail = here(MIXED)
    assert mail.told.text == "see the picture"
    assert [(one.name, one.media_type) for one in mail.attachments] == [
        ("shot.png", "image/png"),
        ("lög.txt", "text/plain"),
        ("message.eml", "message/rfc822"),
    ]
    assert mail.attachments[0].data == b"\x89PNG"
    assert b"Subject: forwarded" in mail.attachments[2].data


def test_what_is_too_large_is_named() -> None:
    mail = here(MIXED, max_attachment=9)
    assert [one.name for one in mail.attachments] == ["shot.png"]
    assert [one.partition(" ")[0] for one in mail.told.left_out] == ["lög.txt", "message.eml"]


def test_a_delivery_report_names_the_mail_that_it_is_about() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
        b"--r\r\n\r\nYour mail could not be delivered.\r\n"
        b"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; g@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@example.org>\r\nSubject: x\r\n--r--\r\n"
    )
    told = here(raw).told
    assert told.original == "<ours@example.org>"
    assert "Status: 5.1.1" in told.text


HEAD = b"From: a@b.org\r\n"
BOMBS = {
    "a hundred thousand parts": (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\r\n--b\r\n\r\n" * 100_000,
        "more than 200 parts",
    ),
    "nested parts": (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(15_000)),
        "more than 200 parts",
    ),
    "nested mails": (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 30_000, "more than 200 parts"),
    "a long header": (HEAD + b"X: " + b"a" * 1_000_000 + b"\r\n\r\nhi", "its header is over 256 kB"),
    "many headers": (HEAD + b"X: a\r\n" * 160_000 + b"\r\nhi", "its header is over 256 kB"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_told_with_who_sent_them(name: str) -> None:
    raw, reason = BOMBS[name]
    mail = here(raw)
    assert reason in mail.told.problem
    assert mail.first("from") == "a@b.org"


@pytest.mark.parametrize(
    "body", ["On " * 60_000 + "wrote", "> " * 100_000, "From: a\n" * 30_000, "<a" * 100_000], ids=lambda body: body[:5]
)
def test_text_that_keeps_patterns_busy_is_kept_whole(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PATIENCE", 0.05)
    began = time.process_time()
    assert text(body).startswith(body[:20].strip())
    text(body, "text/html")
    assert time.process_time() - began < 1


async def test_the_program_tells_the_same() -> None:
    assert await read_mail(MIXED) == here(MIXED)


async def test_a_mail_bomb_of_a_hundred_thousand_parts_is_told_by_the_program() -> None:
    """976 kB: the real program, within its bounds; what is nested less is kept as a file, unread."""
    bomb = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\r\n--b\r\n\r\n" * 108_000
    assert len(bomb) > 970_000
    assert "more than 200 parts" in (await read_mail(bomb)).told.problem
    nested = here(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 150 + b"Subject: in\r\n\r\nhello\r\n")
    assert [(one.name, one.media_type) for one in nested.attachments] == [("message.eml", "message/rfc822")]
    script = b'Content-Disposition: attachment; filename="../../etc/cron.d/\x1b[2Jx.sh"\r\n\r\n#!/bin/sh\r\n--b--\r\n'
    kept = here(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\n" + script)
    assert [one.name for one in kept.attachments] == ["[2Jx.sh"], "a name, and no path"


async def test_a_reader_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hangs = tmp_path / "hangs.py"
    hangs.write_text("import time, sys\nsys.stdin.buffer.read()\ntime.sleep(600)\n")
    monkeypatch.setattr(reading, "READER", hangs)
    with pytest.raises(Unreadable, match=r"more than 0\.2 s"):
        await read_mail(MIXED, seconds=0.2)
    task = asyncio.create_task(read_mail(MIXED))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_reader_over_its_memory_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small = tmp_path / "small.py"
    small.write_text(Path(reader.__file__).read_text().replace("MEMORY = 1024 *", "MEMORY = 60 *"))
    monkeypatch.setattr(reading, "READER", small)
    assert (await read_mail(HEAD + b"\r\n" + b"a\n" * 5_000_000)).told.problem == "it needs too much memory to read"


async def test_a_reader_that_dies_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    busy = tmp_path / "busy.py"
    busy.write_text(
        Path(reader.__file__).read_text().replace("raw = sys", "os.kill(os.getpid(), signal.SIGXCPU); raw = sys")
    )
    monkeypatch.setattr(reading, "READER", busy)
    with pytest.raises(Unreadable, match="too much time"):
        await read_mail(MIXED)
