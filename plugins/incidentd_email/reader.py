"""A program that reads one mail: the raw message on its standard input, what is in it on its standard output.

MIME is hostile ground: a mail of 1 MB can hold a hundred thousand parts, and a line of text can keep a pattern busy for
hours. So mails are read in a process of their own with little memory and little time, which may die. It is started as a
file and imports nothing of incidentd, which would take longer than the reading.

The output is a line of JSON, then the bytes of the attachments one after the other.
"""

from __future__ import annotations

import codecs
import contextlib
import email
import email.policy
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser
from typing import Any

CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024  # bytes of address space
MAX_PARTS = 200
MAX_HEAD = 256 * 1024  # bytes of the header
MAX_VALUE = 4000  # characters of one header line
MAX_TEXT = 200_000  # characters
MAX_ATTACHMENTS = 20
PATIENCE = 1.0  # seconds of computing for what patterns do to a text

HEADERS = (
    "from", "reply-to", "to", "cc", "delivered-to", "x-original-to", "envelope-to", "subject", "date", "message-id",
    "in-reply-to", "references", "return-path", "auto-submitted", "precedence", "list-id", "list-unsubscribe",
    "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-autoresponse", "content-type",
)  # fmt: skip
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "cs", "ja", "ko", "zh"]
_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=(?:\s+(?==\?))?")
_SPECIAL = re.compile(r"""[()<>@,:;\\"\[\]]""")  # RFC 5322, section 3.2.3
_QUOTES = re.compile(r"""["\\]""")
_WRITERS = ("from", "reply-to")
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_LINES = frozenset({"div", "tr", "li", "ul", "ol", "dt", "dd", "hr"})
_PARAGRAPHS = frozenset({"p", "table", "blockquote", "pre", "h1", "h2", "h3", "h4"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})


class TooMuch(Exception):
    """The mail is over a bound; the text says which."""


class Counted(Message):
    """A part of a mail; there may be `MAX_PARTS` of them."""

    made = 0

    def __init__(self, policy: Any = email.policy.compat32) -> None:
        Counted.made += 1
        if Counted.made > MAX_PARTS:
            raise TooMuch(f"it has more than {MAX_PARTS} parts")
        super().__init__(policy)


# ---------------------------------------------------------------------------- bytes to text
def decoded(data: bytes, charset: str) -> str:
    """`data` in `charset` if that is one, else in UTF-8, else in what most of the rest is."""
    for name, errors in ((charset, "replace"), ("utf-8", "strict"), ("cp1252", "replace")):
        with contextlib.suppress(LookupError, UnicodeError, ValueError):
            if codecs.lookup(name).name not in _NO_TEXT:
                return data.decode(name, errors)
    return data.decode("latin-1")


def words(value: str, *, of_addresses: bool = False) -> str:
    """A header's value with its encoded words (RFC 2047) decoded; what cannot be decoded stays as it is.

    Among addresses an encoded word is part of a name (section 5, rule 3): one that says "boss@example.org," is quoted.
    """

    def word(found: re.Match[str]) -> str:
        charset, encoding, text = found.groups()
        raw = text.encode("ascii", "ignore")
        try:
            data = (
                codecs.decode(raw, "base64") if encoding in "bB" else codecs.decode(raw.replace(b"_", b" "), "quopri")
            )
        except ValueError:  # binascii.Error is one
            return found.group()
        said = decoded(data, charset.partition("*")[0])
        return f'"{_QUOTES.sub("", said)}"' if of_addresses and _SPECIAL.search(said) else said

    return " ".join(_WORD.sub(word, value).split())


def values(message: Message, name: str) -> list[str]:
    """The values of a header, unfolded and decoded, each cut to `MAX_VALUE` characters."""
    found: list[str] = []
    for key, value in message.raw_items():
        if key.lower() == name and len(found) < 10:
            raw = str(value)[:MAX_VALUE].encode("utf-8", "surrogateescape")
            found.append(words(decoded(raw, ""), of_addresses=name in _WRITERS))
    return found


# ---------------------------------------------------------------------------- HTML to text
class Plain(HTMLParser):
    """The text of an HTML document. Nothing is loaded, nothing is kept but words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._breaks = 0  # line ends that come before the next word
        self._unseen = 0
        self._quoted = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag == "a":
            self._link = next((value or "" for name, value in attrs if name == "href"), "")
        elif tag == "img":
            self._write(next((f"[{value}]" for name, value in attrs if name == "alt" and value), ""))
        else:
            self._break(tag)
            self._quoted += tag == "blockquote"
            if tag == "li":
                self._write("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "a":
            if self._link.startswith(("http://", "https://")) and self._link not in "".join(self._out[-3:]):
                self._write(f" <{self._link}>")
            self._link = ""
        else:
            self._break(tag)
            self._quoted = max(self._quoted - (tag == "blockquote"), 0)

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data)
        self._write(text.lstrip() if self._breaks or not self._out else text)

    def _break(self, tag: str) -> None:
        self._breaks = max(self._breaks, 2 if tag in _PARAGRAPHS else 1 if tag in _LINES else 0)

    def _write(self, text: str) -> None:
        if text and not self._unseen:
            quote = "> " * min(self._quoted, 5)
            if self._out:
                self._out.append(f"\n{quote}" * self._breaks)
            else:
                self._out.append(quote)
            self._out.append(text)
            self._breaks = 0

    def text(self) -> str:
        """What a reader of the document would read."""
        return "\n".join(line.rstrip() for line in "".join(self._out).split("\n")).strip()


def plain(html: str) -> str:
    """The text of `html`; where that takes too long, what stands between its tags."""
    html = html[: 4 * MAX_TEXT]
    parser = Plain()
    with contextlib.suppress(TooLong), patience():
        parser.feed(html)
        parser.close()
        return parser.text()
    return re.sub(r"<[^<>]{0,200}>?", " ", html)


# ---------------------------------------------------------------------------- parts
class Contents:
    """What a mail consists of, as far as it is wanted."""

    def __init__(self, max_attachment: int) -> None:
        self.max_attachment = max_attachment
        self.attachments: list[tuple[str, str, bytes]] = []
        self.left_out: list[str] = []

    def read(self, part: Message) -> str:
        """The text of a part; files go to `attachments`."""
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            return self._best(parts_of(part))
        if part.is_multipart() and not kind.startswith("message/"):
            return "\n\n".join(text for text in map(self.read, parts_of(part)) if text.strip())
        if kind in ("text/plain", "text/html") and not is_file(part):
            text = decoded(part.get_payload(decode=True) or b"", part.get_content_charset() or "")  # type: ignore[arg-type]
            return plain(text) if kind == "text/html" else text
        if kind == "message/delivery-status":
            return "\n".join(
                " ".join(f"{name}: {value}".split()) for each in parts_of(part) for name, value in each.items()
            )
        if kind not in _SIGNATURES:
            self._keep(part, kind)
        return ""

    def _best(self, choices: list[Message]) -> str:
        """The plain text of alternatives where it says anything, else the richest."""
        texts = [(each.get_content_type() != "text/plain", self.read(each)) for each in choices]
        return next((text for _, text in sorted(texts, key=lambda one: one[0]) if text.strip()), "")

    def _keep(self, part: Message, kind: str) -> None:
        if kind.startswith("message/"):
            data = b"\n".join(each.as_bytes() for each in parts_of(part))
        else:
            data = part.get_payload(decode=True) or b""  # type: ignore[assignment]
        name = file_name(part) or (
            "message.eml" if kind.startswith("message/") else f"file-{len(self.attachments) + 1}"
        )
        if len(data) > self.max_attachment:
            self.left_out.append(f"{name} ({len(data) / 1048576:.1f} MB) is too large")
        elif len(self.attachments) >= MAX_ATTACHMENTS:
            self.left_out.append(f"{name} is one too many")
        elif data:
            self.attachments.append((name, kind, data))


def parts_of(part: Message) -> list[Message]:
    """The parts of a part."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def is_file(part: Message) -> bool:
    """Whether a part of text is meant to be saved, not read."""
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def file_name(part: Message) -> str:
    """The name the sender gave a file, without a path and without what is invisible."""
    name = words(part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[-150:].strip()


# ---------------------------------------------------------------------------- what it answers
def unquoted(text: str) -> str:
    """`text` without the mail that it quotes; the whole text where nothing else is left, or where it takes too long."""
    from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]

    with contextlib.suppress(TooLong, RecursionError), patience():
        reply = EmailReplyParser(languages=LANGUAGES).parse_reply(text)
        return reply if reply and reply.strip() else text
    return text


class TooLong(Exception):
    """`PATIENCE` is over."""


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Raises `TooLong` in what takes too long; patterns look for signals while they match."""

    def ring(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def original_id(message: Message) -> str:
    """The Message-ID of the mail that a report says could not be delivered."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            return next((found for each in parts_of(part) for found in values(each, "message-id")), "")
        if part.get_content_type() == "text/rfc822-headers":
            head = email.message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
            return next(iter(values(head, "message-id")), "")
    return ""


# ---------------------------------------------------------------------------- the program
def read(raw: bytes, max_attachment: int) -> tuple[dict[str, Any], list[bytes]]:
    """What is in `raw`: a document for JSON, and the bytes of its attachments."""
    head = re.split(rb"\r?\n\r?\n", raw[: MAX_HEAD + 4], maxsplit=1)[0]
    told: dict[str, Any] = {"headers": headers_of(email.message_from_bytes(head[:MAX_HEAD])), "problem": ""}
    blobs: list[bytes] = []
    try:
        if len(head) >= MAX_HEAD:
            raise TooMuch(f"its header is over {MAX_HEAD // 1024} kB")
        message = email.message_from_bytes(raw, _class=Counted)
        contents = Contents(max_attachment)
        text = contents.read(message).replace("\r\n", "\n").replace("\r", "\n")
        told["cut"] = len(text) > MAX_TEXT
        told["text"] = unquoted(text[:MAX_TEXT]).strip()
        told["left_out"] = contents.left_out
        told["attachments"] = [(name, kind, len(data)) for name, kind, data in contents.attachments]
        told["report"] = message.get_content_type() == "multipart/report"
        told["original"] = original_id(message) if told["report"] else ""
        blobs = [data for _, _, data in contents.attachments]
    except TooMuch as over:
        told["problem"] = str(over)
    except RecursionError:
        told["problem"] = "its parts are nested too deeply"
    return told, blobs


def headers_of(message: Message) -> dict[str, list[str]]:
    """The headers that matter, as far as they are there."""
    return {name: found for name in HEADERS if (found := values(message, name))}


def confine() -> None:
    """Give up what reading needs not: time, memory, files, priority."""
    os.nice(10)
    for limit, value in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    """Read standard input, write standard output."""
    confine()
    raw = sys.stdin.buffer.read()
    try:
        told, blobs = read(raw, int(sys.argv[1]))
    except MemoryError:
        told, blobs = {"headers": {}, "problem": "it needs too much memory to read"}, []
    sys.stdout.buffer.write(json.dumps(told).encode("ascii") + b"\n")  # lone surrogates as escapes
    for blob in blobs:
        sys.stdout.buffer.write(blob)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
