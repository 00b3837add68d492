"""Which services a report may be about, where nobody has said: those whose names its words have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from incidentd.domain.likeness import said_in, telling_words

MOST = 3
_PARTS = re.compile(r"[^\W_]+")


def services_named(text: str, services: Iterable[str]) -> tuple[str, ...]:
    """The services of which every part of the name is said, the most telling names first: `feature-flags` has two."""
    words = telling_words(text)
    found = [(len(parts), name) for name in services if (parts := _parts(name)) and said_in(parts, words)]
    return tuple(name for _, name in sorted(found, key=lambda one: (-one[0], one[1]))[:MOST])


def _parts(name: str) -> frozenset[str]:
    return frozenset(part for part in _PARTS.findall(name.casefold()) if len(part) > 1)
