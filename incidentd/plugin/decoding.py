"""Safe reading of what a sender wrote: JSON, times and texts. For sources; pure functions only."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

from incidentd.plugin.values import BadRequest

T = TypeVar("T")

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
FURTHEST_AHEAD = timedelta(days=3653)
MAX_TEXT = 65_536
"""Longest label value, annotation or link a source should accept, in characters."""

# Any text but "" is a label name: Alertmanager 0.27 and Prometheus 3 allow the whole of UTF-8.
LabelName = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Labels = dict[LabelName, Text]
"""Labels or annotations as a member of a `msgspec.Struct`: names and texts of bounded length."""
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with a zone, as a member of a `msgspec.Struct`."""

DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""Everything msgspec raises on hostile bytes: bad JSON or types, bad UTF-8, nesting that is too deep."""

# Go's zero time.Time is 0001-01-01T00:00:00Z, and a zone may move it by a day: nothing real lies there.
_ZERO_UNTIL = datetime(1, 1, 3, tzinfo=UTC)
_WHERE = re.compile(r"(?P<what>.*) - at (?:`key` in )?`\$(?P<path>.*)`", re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_NUL = "\x00"
_NUL_SHOWN = "\u2400"


def explain(error: Exception) -> tuple[str, str]:
    """(path, message) of one of `DECODE_ERRORS`; the path is "" where the fault is in the document as a whole."""
    if isinstance(error, RecursionError):
        return "", "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "", "text that is no valid UTF-8"
    found = _WHERE.fullmatch(str(error))
    if found is None:
        return "", str(error)
    return found["path"].lstrip("."), found["what"]


def mend_text(body: bytes) -> bytes:
    """`body` with broken Unicode replaced by U+FFFD: bad UTF-8 and escapes of lone surrogates.

    Go's encoding/json reads broken text so, and most senders and the tools they were tested with are written in Go.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode(errors="replace").encode()
    if _SURROGATE.search(body):
        # An escaped backslash is spelt differently first, so that "\\\\ud800" is not taken for an escape.
        body = _LONE.sub(rb"\\ufffd", body.replace(b"\\\\", b"\\u005c"))
    return body


def decode_json(body: bytes | msgspec.Raw, type_: type[T]) -> T:
    """`body` as `type_`, broken Unicode mended. Raises `BadRequest` with the fault's path, whatever the bytes are."""
    try:
        return msgspec.json.decode(body, type=type_)
    except DECODE_ERRORS as error:
        mended = mend_text(bytes(body))
        if mended != bytes(body):
            return decode_json(mended, type_)
        field, message = explain(error)
        raise BadRequest(message, field=field) from error


def sender_time(at: datetime | None, now: datetime) -> datetime | None:
    """A sender's time, in UTC and made safe to calculate with.

    None for an absent or zero time (0001-01-01, as Go programs write it); a time before 1970 counts as 1970, one
    more than ten years after `now` as ten years after `now`. A time without a zone counts as UTC.
    """
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    if at < EARLIEST:
        return None if at < _ZERO_UNTIL else EARLIEST
    furthest = now + FURTHEST_AHEAD
    if at > furthest:
        return furthest
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def end_of_resolved(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> datetime:
    """When an alert that a sender calls resolved ended; `now` where it does not say.

    A resolve must never be lost to a clock that is off: an end before the start counts as the start.
    """
    end = ends_at or now
    return max(end, starts_at or end)


def storable(text: str) -> str:
    """`text` with NUL made visible (U+2400): PostgreSQL cannot hold NUL in a text."""
    return text.replace(_NUL, _NUL_SHOWN) if _NUL in text else text
