"""Requests of GoAlert's generic integration, turned into signals. Pure functions.

Rules as in target/goalert: genericapi (ServeCreateAlert), alert (Normalize, MaxSummaryLength, MaxDetailsLength) and
the documentation of integration keys. Texts that are too long are cut, as there: an alert must not be lost to them.
"""

from __future__ import annotations

import email
import hashlib
from collections.abc import Iterable, Mapping
from email.message import Message
from urllib.parse import parse_qsl

import msgspec

from incidentd.plugin import BadRequest, Signal, SignalKind, decode_json, mend_text, storable

MAX_SUMMARY = 1024
MAX_DETAILS = 6 * 1024
MAX_META = 100
MAX_META_NAME = 255
MAX_META_VALUE = 4096
MAX_ALERTNAME = 200
_MAX_PLAIN_DEDUP = 400  # a longer one is hashed: an alert's key has room for 512 characters
_MAX_FIELDS = 200
_TEXTS = ("token", "summary", "details", "action", "dedup")


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """What one request says, from its query and its body."""

    token: str = ""
    summary: str = ""
    details: str = ""
    action: str = ""
    dedup: str = ""
    meta: Mapping[str, str] = {}


class _Body(msgspec.Struct):
    token: str | None = None
    summary: str | None = None
    details: str | None = None
    action: str | None = None
    dedup: str | None = None
    meta: dict[str, msgspec.Raw] | None = None


def read_incoming(query: Mapping[str, str], content_type: str, body: bytes) -> Incoming:
    """The fields of a request; the body wins over the query. Raises `BadRequest`.

    `query` holds the values of a repeated key joined with a line feed, as the listener hands it over.
    """
    texts = {name: _encodable(query[name]) for name in _TEXTS if name in query}
    meta = _query_meta(_encodable(query.get("meta", "")))
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json" or (media != "multipart/form-data" and body.lstrip()[:1] in (b"{", b"[")):
        more, more_meta = _json(body)
    elif media == "multipart/form-data":
        more, more_meta = _form(_multipart(content_type, body))
    else:
        more, more_meta = _form(_urlencoded(body))
    return Incoming(**{**texts, **more}, meta=_checked(more_meta or meta))


def incoming_signal(incoming: Incoming, service: str) -> Signal:
    """What `incoming` says of an alert of `service` ("" when its token says nothing). Raises `BadRequest`.

    `close` ends the alert, any other action opens it.
    """
    closes = incoming.action == "close"
    summary = incoming.summary
    if not summary.strip() and not (closes and incoming.dedup):
        raise BadRequest("is required", field="summary")
    key = alert_key(service or incoming.token, incoming)
    if closes:
        return Signal(key=key, kind=SignalKind.RESOLVED, labels={})
    labels = {"alertname": summary[:MAX_ALERTNAME], **incoming.meta}
    if service:
        labels["service"] = service  # the token's: a sender cannot speak for another service
    annotations = {"summary": summary[:MAX_SUMMARY], "details": incoming.details[:MAX_DETAILS]}
    return Signal(key=key, kind=SignalKind.FIRING, labels=_stored(labels), annotations=_stored(annotations))


def alert_key(scope: str, incoming: Incoming) -> str:
    """The identity of an alert: its service, and `dedup` or else summary and details together.

    Without a service the token is the scope, so a hash stands for it: identities are shown.
    """
    place = hashlib.blake2b(scope.encode(), digest_size=8).hexdigest()
    dedup = storable(incoming.dedup)
    if not dedup:
        summary, details = incoming.summary[:MAX_SUMMARY], incoming.details[:MAX_DETAILS]
        return f"{place}:auto:{_digest(f'{len(summary)},{summary}{details}')}"
    if len(dedup) > _MAX_PLAIN_DEDUP:
        return f"{place}:long:{_digest(dedup)}"
    return f"{place}:user:{dedup}"


def _json(body: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Names are read without regard to case, as Go reads them; null counts as absent."""
    members = decode_json(mend_text(body), dict[str, msgspec.Raw])
    said = decode_json(msgspec.json.encode({name.lower(): raw for name, raw in members.items()}), _Body)
    texts: dict[str, str | None] = {name: getattr(said, name) for name in _TEXTS}
    meta = {name: _json_text(raw) for name, raw in (said.meta or {}).items()}
    return {name: text for name, text in texts.items() if text is not None}, meta


def _json_text(raw: msgspec.Raw) -> str:
    """A string, or any other JSON value as its text."""
    try:
        return decode_json(raw, str)
    except BadRequest:
        return bytes(raw).decode()


def _form(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """The first value of each name counts; `meta` may be repeated, each time with one `name=value`."""
    texts: dict[str, str] = {}
    meta: dict[str, str] = {}
    for name, value in pairs:
        if name == "meta":
            key, equals, text = value.partition("=")
            if not equals:
                raise BadRequest("must be written as name=value", field="meta")
            meta[key] = text
        elif name in _TEXTS:
            texts.setdefault(name, value)
    return texts, meta


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode(errors="replace").strip()
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise BadRequest(f"the form has more than {_MAX_FIELDS} fields") from error


def _multipart(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The parts of a form as `curl -F` and browsers send it (RFC 7578)."""
    head = " ".join(content_type.split()).encode("latin-1", "replace")
    message = email.message_from_bytes(b"Content-Type: " + head + b"\r\n\r\n" + body)
    parts = message.get_payload()
    if not isinstance(parts, list):
        raise BadRequest("the body is no multipart form")
    if len(parts) > _MAX_FIELDS:
        raise BadRequest(f"the form has more than {_MAX_FIELDS} fields")
    return [(name, text) for part in parts if isinstance(part, Message) for name, text in _part(part)]


def _part(part: Message) -> list[tuple[str, str]]:
    name = part.get_param("name", header="content-disposition")
    content = part.get_payload(decode=True)
    return [(name, content.decode(errors="replace"))] if isinstance(name, str) and isinstance(content, bytes) else []


def _query_meta(joined: str) -> dict[str, str]:
    """The pairs of a query; a line without "=" goes on with the value before, which had a line feed in it."""
    meta: dict[str, str] = {}
    last = ""
    for line in joined.split("\n") if joined else ():
        key, equals, text = line.partition("=")
        if equals:
            last = key
            meta[key] = text
        elif last in meta:
            meta[last] += f"\n{line}"
        else:
            raise BadRequest("must be written as name=value", field="meta")
    return meta


def _checked(meta: Mapping[str, str]) -> dict[str, str]:
    if len(meta) > MAX_META:
        raise BadRequest(f"has more than {MAX_META} members", field="meta")
    for name in meta:
        if not name or len(name) > MAX_META_NAME:
            raise BadRequest(f"has a name that is not 1 to {MAX_META_NAME} characters long", field="meta")
    return {name: value[:MAX_META_VALUE] for name, value in meta.items()}


def _stored(texts: Mapping[str, str]) -> dict[str, str]:
    return {storable(name): storable(text) for name, text in texts.items() if text}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _encodable(text: str) -> str:
    """`text` without the surrogates that broken percent-encoding may leave in a query."""
    return text.encode(errors="replace").decode()
