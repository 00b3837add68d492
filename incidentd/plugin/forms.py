"""Reading a form as a browser sends it without files, bounded in number. Since API version 1.8."""

from __future__ import annotations

from urllib.parse import parse_qsl

from incidentd.plugin.decoding import storable
from incidentd.plugin.values import BadRequest

MAX_FIELDS = 64


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of an urlencoded form; one that comes twice counts once. Raises `BadRequest`."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, strict_parsing=True)
    except ValueError as error:
        raise BadRequest("the form cannot be read", field="body") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, typed(value))
    return fields


def typed(text: str) -> str:
    """Text as a person typed it: a browser sends line breaks as CR LF."""
    return storable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
