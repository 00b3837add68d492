"""References to incidents, factors and learnings in what people write: INC-3, F-12, L-4."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

_REFERENCE = re.compile(r"(?<![A-Za-z0-9-])(?P<prefix>INC|F|L)-(?P<number>[1-9][0-9]{0,14})(?![A-Za-z0-9-])")
SUBJECTS = {"INC": "review", "F": "factor", "L": "learning"}
"""What a reference stands for in the library."""


class Citation(msgspec.Struct, frozen=True):
    """`subject` is factor:3, learning:4 or review:1 (the review of INC-1); `text` is where it was cited."""

    subject: str
    text: str


def citations(texts: Iterable[str], own: int) -> tuple[Citation, ...]:
    """What texts of INC-`own` cite, each once and in order; an incident does not cite itself."""
    found: dict[str, Citation] = {}
    for text in texts:
        for one in _REFERENCE.finditer(text):
            subject = f"{SUBJECTS[one['prefix']]}:{one['number']}"
            if subject != f"review:{own}":
                found.setdefault(subject, Citation(subject, text))
    return tuple(found.values())


def named(subject: str) -> str:
    """A subject as people write it: factor:3 is F-3, the review of an incident INC-3."""
    kind, _, number = subject.partition(":")
    prefix = next((prefix for prefix, one in SUBJECTS.items() if one == kind), kind)
    return f"{prefix}-{number}"
