"""What reads bytes from outside, each as a function of bytes that raises only where the program has a fault.

Errors that a reader declares (`BadRequest`, `BadMatcher`, ...) are answers, not faults. Some targets check more than
that nothing breaks: what the sanitiser shows, or that pieces decode to the same as the whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib
import importlib.util
import json
import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from incidentd.configuration.daemon_settings import read_main
from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.configuration.roster_file import read_roster
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.filters import parse_filter
from incidentd.domain.front_matter import BadDocument
from incidentd.domain.imported_calendars import Names
from incidentd.domain.imported_parts import Wishes
from incidentd.domain.imported_reviews import read_review
from incidentd.domain.lint.prose import prose
from incidentd.domain.markdown_outline import outline
from incidentd.domain.matchers import BadMatcher, matches, parse_matcher
from incidentd.domain.review_markup import prose as markup
from incidentd.h1 import Connection, ConnectionLost, HttpRequest
from incidentd.ingress.bodies import inflated
from incidentd.plugin import BadRequest, Secret
from incidentd.plugin.testing import FakeClock, FakeContext, make_request
from incidentd.pluginhost.discovery import discover
from incidentd.services.calendar_reading import BadCalendar, expand
from incidentd.spool import Entry, idempotency_key
from incidentd.sse import FrameDecoder
from incidentd_email.letters import Desk, received
from incidentd_email.mailbox import Mailbox
from incidentd_email.reader import read as read_mail
from incidentd_email.reading import Unreadable, as_mail
from incidentd_email.reply_token import ReplyTokens
from incidentd_sns.decode import message_signal
from incidentd_sns.envelope import Envelope
from incidentd_twilio.signature import sign as twilio_signature
from incidentd_webhook.signing import HEADER
from incidentd_webhook.signing import signature as receipt_signature

Target = Callable[[bytes], None]
CORPUS = Path(__file__).with_name("corpus")
DOCS = Path(__file__).parents[2] / "docs"
KEY = Secret("an-example-of-a-key-for-tests-0001")
NOW = FakeClock().now()
PAIR = Ed25519PrivateKey.from_private_bytes(KEY.reveal().encode()[:32])
PUBLIC = PAIR.public_key().public_bytes_raw().hex()
RECEIPTS = HEADER.lower()


# ------------------------------------------------------------------ plugins
@cache
def _examples() -> Any:
    sys.path.insert(0, str(DOCS))
    try:
        spec = importlib.util.spec_from_file_location("listener_examples", DOCS / "listener_examples.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(DOCS))


@cache
def _kinds() -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for plugin in discover():
        found |= {one.id: one for one in plugin.channels} | {one.id: one for one in plugin.sources}
        for one in plugin.notifiers:
            found |= {"receipts": one} if one.id == "webhook" else {}
    return found


def _hexed(said: bytes) -> str:
    return hmac.new(KEY.reveal().encode(), said, hashlib.sha256).hexdigest()


def _signed(kind: str, body: bytes) -> dict[str, str]:
    """What proves that the vendor sent `body`."""
    stamp = str(int(NOW.timestamp()))
    if kind == "slack":
        signature = f"v0={_hexed(b'v0:' + stamp.encode() + b':' + body)}"
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    if kind == "discord":
        return {"x-signature-timestamp": stamp, "x-signature-ed25519": PAIR.sign(stamp.encode() + body).hex()}
    if kind == "sentry":
        return {"sentry-hook-signature": _hexed(body)}
    if kind == "receipts":
        return {RECEIPTS: receipt_signature(KEY, int(stamp), body)}
    return {"x-hub-signature-256": f"sha256={_hexed(body)}"} if kind == "forge" else {}


def _parts(data: bytes) -> tuple[bytes, dict[str, str], bytes]:
    """A route's path, headers and a body: lines of the head, an empty line, the rest."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    headers: dict[str, str] = {}
    for line in lines[:20]:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return first, headers, body


def plugin(kind: str, options: Mapping[str, Any], *, proven: bool = True) -> Target:
    """Every route of a plugin, with headers and bodies as they come; signed, where the vendor signs and `proven`."""

    config = _kinds()[kind].config.model_validate(dict(options))

    async def ask(data: bytes) -> None:
        adapter = _kinds()[kind].create(config, FakeContext())
        first, headers, body = _parts(data)
        method, _, wanted = first.decode("utf-8", "replace").partition(" ")
        path, _, query = wanted.partition("?")
        routes = [one for one in adapter.routes() if one.method == method and one.path == path]
        route = (routes or list(adapter.routes()))[0]
        asked = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
        params = {name: asked.pop(f"{{{name}}}", "x") for name in _names(route.path)}
        headers |= _signed(kind, body) if proven else {}
        if kind == "twilio" and proven:  # it signs the fields and the address
            headers["x-twilio-signature"] = _twilio(route.path, params, body)
        request = make_request(route.path, body, method=route.method, params=params, query=asked, headers=headers)
        try:
            await route.handler(msgspec.structs.replace(request, received_at=NOW))
        except BadRequest as error:
            _said(error)

    return lambda data: asyncio.run(ask(data))


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _twilio(path: str, params: Mapping[str, str], body: bytes) -> str:
    from urllib.parse import parse_qs

    for name, value in params.items():
        path = path.replace(f"{{{name}}}", value)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=500)
        return twilio_signature(KEY.reveal().encode(), f"https://incidentd.example.org/in/phone{path}", fields).decode()
    except ValueError:
        return ""


def sns(data: bytes) -> None:
    """What SNS delivers, after its signature was checked."""
    config = _kinds()["sns"].config.model_validate(dict(_examples().SOURCES["sns"][""]))
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if envelope.topic_arn not in config.topics:  # refused before its signature is looked at
        return
    try:
        message_signal(envelope, config, NOW)
    except BadRequest:
        pass


def unsigned(data: bytes) -> None:
    """Requests as strangers make them, to whatever checks a key, a token or a signature; the first line says where."""
    kind, _, request = data.partition(b"\n")
    strangers = _strangers()
    strangers.get(kind.decode("latin-1").strip(), strangers["slack"])(request)


@cache
def _strangers() -> Mapping[str, Target]:
    every = {**_examples().SOURCES, **_examples().CHANNELS, "receipts": _examples().NOTIFIERS["webhook"]}
    return {kind: plugin(kind, list(said.values())[-1], proven=False) for kind, said in every.items()}


# ------------------------------------------------------------------ texts
def _said(error: object) -> None:
    """A refusal says something that can be written down."""
    assert str(error).encode("utf-8", "surrogateescape")


def mail(data: bytes) -> None:
    """What reads mails: the program, whose limits of time and memory are not tried here, and who takes its answer."""
    told, blobs = read_mail(data, 64 * 1024)
    support = Mailbox(local="support", domain="example.org")
    try:
        mail = as_mail(b"\n".join([json.dumps(told).encode("ascii"), b"".join(blobs)]))
        received(mail, data, Desk(address=support, tokens=ReplyTokens(KEY, "mail", support)))
    except Unreadable as error:
        _said(error)


def configuration(data: bytes) -> None:
    """Each of the three files, with its faults in words."""
    which, _, text = data.partition(b"\n")
    try:
        document = Document(Path("fuzz.toml"), text.decode("utf-8", "replace"))
        match which.strip():
            case b"roster":
                read_roster(document, ("push",))
            case b"process":
                read_process(document, None)
            case _:
                read_main(document, {"HOME": "/nonexistent"})
    except ConfigurationError as error:
        for fault in error.faults:
            _said(fault)


def review(data: bytes) -> None:
    """Markdown with front matter, as reviews are imported, outlined and linted."""
    text = data.decode("utf-8", "replace")
    prose(text)
    outline(text)
    for line in markup(text):
        assert "<script" not in line.lower()
    try:
        read_review("fuzz.md", text, Wishes(), NOW)
    except BadDocument as error:
        _said(error)


def calendar(data: bytes) -> None:
    """iCalendar, expanded over a year."""
    try:
        expand(
            data.decode("utf-8", "replace"), Names({}, {"ada": "ada"}), "Europe/Berlin", NOW, NOW + timedelta(days=365)
        )
    except BadCalendar as error:
        _said(error)


def grammar(data: bytes) -> None:
    """Matchers and what is typed after `/`; a matcher that was read, reads the same again."""
    text = data.decode("utf-8", "replace")
    parse_filter(text)
    try:
        found = parse_matcher(text)
    except BadMatcher as error:
        _said(error)
        return
    matches(found, {found.name: "x"})
    assert parse_matcher(str(found)) == found


def display(data: bytes) -> None:
    """Nothing that acts on a terminal gets through, whatever it was."""
    text = data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace") if _decodes(data) else ""
    for shown, allowed in ((safe_text(text), "\n\t"), (safe_line(text, 80), "")):
        acting = {char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set(allowed)
        acting -= {"\u200d", "\u200c", "\xad"}  # joiners of scripts and emoji
        assert not {char for char in acting if ord(char) < 0xA0 or unicodedata.bidirectional(char) in _BIDI}, acting
        shown.encode()
    assert len(safe_line(text, 80)) <= 80


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")
    except UnicodeDecodeError:
        return False
    return True


# ------------------------------------------------------------------ streams
def events(data: bytes) -> None:
    """The event stream, in pieces and at once."""
    whole, pieces = FrameDecoder(), FrameDecoder()
    at_once = whole.feed(data)
    size = data[0] % 7 + 1 if data else 1
    assert [frame for at in range(0, len(data), size) for frame in pieces.feed(data[at : at + size])] == at_once


def answers(data: bytes) -> None:
    """What the daemon's socket says to its clients."""

    class Nowhere:
        def write(self, _data: bytes) -> None: ...
        def close(self) -> None: ...
        async def drain(self) -> None: ...

    async def ask() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        connection = Connection(reader, Nowhere())  # type: ignore[arg-type]
        try:
            await connection.exchange(HttpRequest(method="GET", target="/v1/info"))
        except (ConnectionLost, OSError):
            pass

    asyncio.run(ask())


def spool(data: bytes) -> None:
    """An entry of the spool, as `Spool.read` decodes what lies there."""
    try:
        entry = msgspec.json.decode(data, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    bytes(entry.body)
    idempotency_key(entry.path)


def packed(data: bytes) -> None:
    """Bodies with a content coding: never more than the limit comes out."""
    coding = ("gzip", "deflate", "br")[data[0] % 3] if data else "gzip"
    try:
        assert len(inflated(data[1:], coding, 4096)) <= 4096
    except BadRequest:
        pass


def _plugins() -> dict[str, Target]:
    found: dict[str, Target] = {}
    for examples in (_examples().SOURCES, _examples().CHANNELS):
        for kind, said in examples.items():
            if kind != "sns":  # its signature cannot be made here
                options = dict(next(iter(said.values())))
                found[kind] = plugin(kind, options | ({"public_key": PUBLIC} if kind == "discord" else {}))
    return found | {"receipts": plugin("receipts", _examples().NOTIFIERS["webhook"]["with `secret`"])}


def _beside(name: str) -> Any:
    """A module of this directory; there are no packages of tests."""
    sys.path.insert(0, str(CORPUS.parent))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CORPUS.parent))


TARGETS: Mapping[str, Target] = {
    **_plugins(),
    **_beside("surfaces").TARGETS,
    "sns": sns,
    "unsigned": unsigned,
    "mail": mail,
    "configuration": configuration,
    "review": review,
    "calendar": calendar,
    "grammar": grammar,
    "display": display,
    "events": events,
    "answers": answers,
    "spool": spool,
    "packed": packed,
}
