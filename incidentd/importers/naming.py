"""Names of another tool as names that incidentd's files allow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_NO_NAME = re.compile(r"[^A-Za-z0-9._@-]+")
_LONGEST = 48  # of 64: what is made from a name adds a suffix


def usable_name(text: str, taken: Container[str], otherwise: str = "receiver") -> str:
    """`text` as a name that is not yet `taken`, without accents; `otherwise` when nothing is left of it."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    name = _NO_NAME.sub("-", plain).strip("-._@")[:_LONGEST].rstrip("-._@") or otherwise
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found
