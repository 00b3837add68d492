"""A process file as a team keeps it: the document of a version with its reasons, which stand where comments were."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import tomli_w

_ADOPTION = "adoption"


def with_reasons(document: str, reason: str, because: Mapping[str, str]) -> str:
    """`document` (TOML) with why it is as it is, in `[adoption]`, where it makes no other version of it."""
    data = tomllib.loads(document)
    said = {key: value for key, value in (("reason", reason), ("because", dict(because))) if value}
    if said:
        data = {**data, _ADOPTION: {**data.get(_ADOPTION, {}), **said}}
    return tomli_w.dumps(data)
