"""If-Match and ETag (RFC 9110, sections 8.8.3 and 13.1.1), where an object's `version` is the entity tag."""

from __future__ import annotations

import re

import msgspec

from incidentd.api.problems import invalid

_TAG = re.compile(r'"([0-9]{1,15})"|([0-9]{1,15})')


class _Versioned(msgspec.Struct):
    version: int


def parse_if_match(header: str | None) -> int | None:
    """The version that the caller last saw; None when any will do. Raises `Fault` (400)."""
    if header is None or header.strip() == "*":
        return None
    found = _TAG.fullmatch(header.strip())
    if found is None:
        raise invalid(
            f"If-Match {header!r} is no version",
            field="If-Match",
            remedy='write the object\'s version, such as If-Match: "7"',
        )
    return int(found[1] or found[2])


def entity_tag(body: bytes) -> str:
    """The ETag of an answer that is an object with a version."""
    return f'"{msgspec.json.decode(body, type=_Versioned).version}"'
