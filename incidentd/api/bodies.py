"""Reading a request's body: bounded in size and time, decoded strictly, with faults that name the field."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
import msgspec.inspect as mi
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from incidentd import wire
from incidentd.api.problems import Fault, invalid

T = TypeVar("T", bound=msgspec.Struct)
MAX_BYTES = 1024 * 1024
BODY_SECONDS = 10.0
_PLACE = re.compile(r"^(?P<what>.*?) - at `(?:key` in `)?\$\.?(?P<place>[^`]*)`$", re.DOTALL)
_NAMED = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`")
_YEARS = range(1970, 2201)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def read_body(request: web.BaseRequest, *, limit: int = MAX_BYTES, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body. Raises `Fault`: 413 over `limit` bytes, 408 when slower than `seconds`, 415 when packed."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Fault(
            415, "encoding", "packed bodies are not read", field="Content-Encoding", remedy="send the body as it is"
        )
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0  # an error document may still follow
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.content.iter_any():
                parts += part
                if len(parts) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        remedy = "send the body without pauses"
        raise Fault(408, "too-slow", f"the body took longer than {seconds:g} s", remedy=remedy) from None
    except ConnectionError as error:
        raise Fault(400, "gone", "the connection ended before the body was complete") from error
    except (web.RequestPayloadError, HttpProcessingError) as error:
        raise invalid("the body is no valid HTTP payload", remedy="check Content-Length and chunk sizes") from error
    return bytes(parts)


def _too_large(limit: int) -> Fault:
    return Fault(413, "too-large", f"the body is longer than {limit} bytes", remedy="send less, or in several requests")


def decode_body(raw: bytes, kind: type[T]) -> T:
    """`raw` as a `kind`; an empty body counts as {}. Raises `Fault` (400) naming the field that is wrong."""
    try:
        body = msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise shape_fault(str(error), kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(f"the body is no valid JSON: {error}", remedy="send one JSON object in UTF-8") from None
    check_values(body)
    return body


def shape_fault(message: str, kind: type[msgspec.Struct]) -> Fault:
    """A msgspec message, such as "Expected `int` - at `$.alert_ids[1]`", as a fault of that field."""
    placed = _PLACE.match(message)
    what, place = (placed["what"], placed["place"]) if placed else (message, "")
    if named := _NAMED.search(what):
        place = f"{place}.{named['name']}".lstrip(".")
    return invalid(what, field=place, remedy=_remedy(place, kind))


def _remedy(place: str, kind: type[msgspec.Struct]) -> str:
    known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    name = re.split(r"[.\[]", place, maxsplit=1)[0]
    if name not in known:
        return f"fields: {', '.join(known)}" if known else "send no fields"
    values = [value for part in _alternatives(mi.type_info(known[name])) for value in _words(part)]
    return f"one of {', '.join(values)}" if values else ""


def _alternatives(shape: mi.Type) -> tuple[mi.Type, ...]:
    return shape.types if isinstance(shape, mi.UnionType) else (shape,)


def _words(shape: mi.Type) -> list[str]:
    if isinstance(shape, mi.EnumType):
        return [str(member.value) for member in shape.cls]
    return [str(value) for value in shape.values] if isinstance(shape, mi.LiteralType) else []


def check_values(body: msgspec.Struct) -> None:
    """What a schema cannot say: no NUL in a text (PostgreSQL stores none), times with an offset and near ours."""
    for place, value in _leaves(body, ""):
        if isinstance(value, str) and "\0" in value:
            raise invalid("a text must not contain the NUL character", field=place, remedy="remove U+0000")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise invalid("a time needs its offset", field=place, remedy="end it with Z or an offset such as +02:00")
        if isinstance(value, datetime) and value.year not in _YEARS:
            span = f"{_YEARS[0]} to {_YEARS[-1]}"
            raise invalid("this time is too far off", field=place, remedy=f"give a time in the years {span}")


def _leaves(value: object, place: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _leaves(getattr(value, name), f"{place}.{name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield place, key
            yield from _leaves(item, f"{place}.{key}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{place}[{index}]")
    else:
        yield place, value


class Empty(wire.Request, frozen=True):
    """A body that says nothing: absent or {}."""
