"""Legal holds: what is under one is never removed, blanked or compacted, whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

EVERYTHING = "everything"
_SUBJECT = re.compile(r"(incident|report|customer):([1-9][0-9]{0,15})")
_REFERENCES = {"INC": "incident", "R": "report", "C": "customer"}
_REFERENCE = re.compile(r"(INC|R|C)-([1-9][0-9]{0,15})", re.IGNORECASE)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold, and who released it when and why, once somebody did."""

    id: int
    subject: str  # incident:12 | report:3 | customer:4 | everything
    reason: str
    by: str
    at: datetime
    released_at: datetime | None
    released_by: str
    released_why: str

    @property
    def name(self) -> str:
        return f"hold {self.id} ({self.subject})"


def subject(text: str) -> str:
    """`text` as a subject: INC-12, R-3 and C-4 mean incident:12, report:3 and customer:4. Raises ValueError."""
    text = text.strip()
    if found := _REFERENCE.fullmatch(text):
        return f"{_REFERENCES[found[1].upper()]}:{found[2]}"
    if text == EVERYTHING or _SUBJECT.fullmatch(text):
        return text
    raise ValueError(f"{text!r} cannot be held")


def parts(of: str) -> tuple[str, int]:
    """The kind and the number of a subject; 0 of everything."""
    kind, _, number = of.partition(":")
    return kind, int(number or 0)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that holds in force cover, with what belongs to it, by number."""

    everything: tuple[int, ...] = ()  # the holds on everything
    incidents: frozenset[int] = frozenset()
    reports: frozenset[int] = frozenset()
    customers: frozenset[int] = frozenset()


def numbers(holds: Iterable[Hold], kind: str) -> frozenset[int]:
    """What of a kind is held by name."""
    return frozenset(number for one in holds for found, number in [parts(one.subject)] if found == kind)
