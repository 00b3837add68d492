"""Names of another tool as names that incidentd's files allow."""

from __future__ import annotations

import re
from collections.abc import Container

_NO_NAME = re.compile(r"[^A-Za-z0-9._@-]+")
_LONGEST = 48  # of 64: what is made from a name adds a suffix


def usable_name(text: str, taken: Container[str]) -> str:
    """`text` as a name that is not yet `taken`."""
    name = _NO_NAME.sub("-", text).strip("-._@")[:_LONGEST].rstrip("-._@") or "receiver"
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found
