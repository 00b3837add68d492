"""Reading CloudEvents 1.0 from HTTP: binary, structured and batched. Pure functions.

The rules are those of cloudevents/spec: spec.md, formats/json-format.md and bindings/http-protocol-binding.md.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from incidentd.plugin import BadRequest, decode_json, safe_line

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
MAX_BATCH = 1000
MAX_ATTRIBUTE = 4096
_ANY_FORMAT = "application/cloudevents"
_JSON_TYPE = re.compile(r"[a-z0-9.+-]+/(?:json|[a-z0-9.+-]+\+json)")
_REQUIRED = ("id", "source", "specversion", "type")
_REMEDY = f"send {STRUCTURED}, {BATCHED}, or the attributes in headers beginning with ce-"


def read_request(headers: Mapping[str, str], body: bytes) -> tuple[bool, list[Any]]:
    """(whether it is a batch, the events as JSON objects, not yet validated). Raises `BadRequest`."""
    media = _media(headers.get("content-type", ""))
    if media == STRUCTURED:
        return False, [decode_json(body, dict[str, Any])]
    if media == BATCHED:
        events = decode_json(body, list[Any])
        if len(events) > MAX_BATCH:
            raise BadRequest(f"has more than {MAX_BATCH} events: send smaller batches", status=413)
        return True, events
    if media.startswith(_ANY_FORMAT):
        raise BadRequest(f"{safe_line(media, 80)} is not read here: {_REMEDY}", field="Content-Type", status=415)
    if "ce-specversion" not in headers:
        raise BadRequest(f"this is no CloudEvent: {_REMEDY}", field="ce-specversion", status=415)
    return False, [_binary(headers, media, body)]


def _binary(headers: Mapping[str, str], media: str, body: bytes) -> dict[str, Any]:
    """The event whose attributes are headers and whose body is its data."""
    event: dict[str, Any] = {
        name.removeprefix("ce-"): _header(value) for name, value in headers.items() if name.startswith("ce-")
    }
    if media:
        event["datacontenttype"] = media
    if body:
        event["data"] = _decoded(body, media)
    return event


def _header(value: str) -> str:
    """A header's value, percent-decoded as the binding has it, whatever bytes stood there."""
    return unquote(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), errors="replace")


def checked_event(event: Any) -> dict[str, Any]:
    """The event with its data decoded. Raises `BadRequest` naming the attribute that breaks the specification."""
    if not isinstance(event, dict):
        raise BadRequest("must be an object")
    for name in _REQUIRED:
        if name not in event:
            raise BadRequest("is missing", field=name)
    for name in (*_REQUIRED, "subject", "time", "datacontenttype"):
        value = event.get(name)
        if value is not None and (not isinstance(value, str) or not value or len(value) > MAX_ATTRIBUTE):
            raise BadRequest(f"must be a text of 1 to {MAX_ATTRIBUTE} characters", field=name)
        if value is None and name in _REQUIRED:
            raise BadRequest("must not be null", field=name)
    if event["specversion"] != "1.0":
        raise BadRequest("is not 1.0, the version that is read here", field="specversion")
    event_time(event)
    return _with_data(event)


def event_time(event: Mapping[str, Any]) -> datetime | None:
    """When the event says it happened. Raises `BadRequest` for what is no RFC 3339 time."""
    text = event.get("time")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("is no RFC 3339 time", field="time") from None
    if at.tzinfo is None:
        raise BadRequest("is a time without a zone", field="time")
    return at


def _with_data(event: dict[str, Any]) -> dict[str, Any]:
    """`data_base64` becomes `data`."""
    encoded = event.get("data_base64")
    if encoded is None:
        return event
    if "data" in event or not isinstance(encoded, str):
        raise BadRequest("must be a text, and cannot stand beside data", field="data_base64")
    try:
        raw = base64.b64decode(encoded.encode("ascii", "replace"), validate=True)
    except binascii.Error:
        raise BadRequest("is no base64", field="data_base64") from None
    return {**event, "data": _decoded(raw, _media(event.get("datacontenttype") or ""))}


def _decoded(raw: bytes, media: str) -> Any:
    """JSON as what it says (also where no type is stated), text as text, and of other things their size."""
    if not media or _JSON_TYPE.fullmatch(media):
        try:
            return decode_json(raw, object)
        except BadRequest as error:
            raise BadRequest(f"is no JSON: {error}", field="data") from error
    if media.startswith("text/") or media == "application/xml":
        return raw.decode("utf-8", "replace")
    return f"{len(raw)} bytes of {media}"


def data_text(event: Mapping[str, Any], limit: int) -> str:
    """The data as a text to show; "" where there is none."""
    data = event.get("data")
    if data is None:
        return ""
    try:
        text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    except RecursionError:
        raise BadRequest("nested too deeply", field="data") from None
    return text[:limit]


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
