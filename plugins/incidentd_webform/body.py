"""Reading what a browser sends: form fields and files, bounded in number and size."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from incidentd.plugin import Attachment, BadRequest, storable
from incidentd.plugin.forms import MAX_FIELDS, form_fields, typed

_MAX_FIELD = 128 * 1024  # bytes
_MAX_FILES = 32  # kept or not
_MAX_NAME = 200  # characters
_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it was sent. `too_large` names the files that were left out for their size."""

    fields: Mapping[str, str]
    files: tuple[Attachment, ...] = ()
    too_large: tuple[str, ...] = ()


def read_form(content_type: str, body: bytes, max_file: int) -> Sent:
    """The fields and files of a form; a field that comes twice counts once. Raises `BadRequest`: 400, 413 and 415."""
    kind, options = parse_options_header(content_type)
    if kind == _URLENCODED:
        return Sent(fields=form_fields(body))
    if kind != _MULTIPART:
        raise BadRequest(f"send a form: {_MULTIPART} or {_URLENCODED}", field="content-type", status=415)
    try:
        return _parts(options.get("boundary", ""), body, max_file)
    except MultipartError as error:
        status = 413 if error.http_status == 413 else 400
        raise BadRequest(f"the form cannot be read: {error}", field="body", status=status) from error


def _parts(boundary: str, body: bytes, max_file: int) -> Sent:
    fields: dict[str, str] = {}
    files: list[Attachment] = []
    too_large: list[str] = []
    for segment, content in _segments(boundary, body):
        name = segment.name or ""
        if segment.filename is None:
            if len(content) > _MAX_FIELD:
                raise BadRequest(f"has more than {_MAX_FIELD} bytes", field=name[:_MAX_NAME], status=413)
            fields.setdefault(name, typed(content.decode("utf-8", "replace")))
        elif segment.filename or content:  # a browser sends an empty part where no file was chosen
            named = _file_name(segment.filename)
            if len(content) > max_file:
                too_large.append(named)
            else:
                media_type = (segment.content_type or "application/octet-stream")[:_MAX_NAME]
                files.append(Attachment(name=named, media_type=storable(media_type), data=content))
    return Sent(fields=fields, files=tuple(files), too_large=tuple(too_large))


def _segments(boundary: str, body: bytes) -> list[tuple[MultipartSegment, bytes]]:
    found: list[tuple[MultipartSegment, bytes]] = []
    with PushMultipartParser(boundary, len(body), max_segment_count=MAX_FIELDS + _MAX_FILES, strict=True) as parser:
        segment, content = MultipartSegment([]), bytearray()
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                segment, content = event, bytearray()
            elif event is None:
                found.append((segment, bytes(content)))
            else:
                content += event
    return found


def _file_name(name: str) -> str:
    """The last part of what the sender calls a file: it is shown, and never used as a path."""
    return storable(name.replace("\\", "/").rpartition("/")[2].strip())[-_MAX_NAME:] or "unnamed"
