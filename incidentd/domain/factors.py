"""Contributing factors: many, typed, tied to evidence. No single one is ever the whole story of an incident."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from incidentd.wire.review_records import Evidence

LEAST_FACTORS = 3
LEAST_CATEGORIES = 2


class Category(enum.StrEnum):
    """Where a factor lies."""

    TECHNICAL = "technical"
    ORGANISATIONAL = "organisational"
    HUMAN_FACTORS = "human-factors"
    PROCESS = "process"
    EXTERNAL = "external"
    LUCK = "luck"


class Role(enum.StrEnum):
    """What a factor did: it made the incident possible, held it in check, surprised, remains a risk, made it hard."""

    ENABLER = "enabler"
    MITIGATOR = "mitigator"
    SURPRISE = "surprise"
    RISK = "risk"
    DIFFICULTY = "difficulty"


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """A factor as stored. `same_as` is another one of the same review that says the same."""

    id: int
    incident_id: int
    text: str
    category: Category
    role: Role
    evidence: tuple[Evidence, ...]
    contexts: tuple[str, ...]
    author: str
    written_at: datetime
    edited_at: datetime
    withdrawn_at: datetime | None
    same_as: int | None
    theme_id: int | None
    version: int

    @property
    def subject(self) -> str:
        """What its events carry: the incident's."""
        return f"incident:{self.incident_id}"


class Lack(msgspec.Struct, frozen=True):
    """What is still wanted of the factors of a review, in words and with what can be done."""

    rule: str  # factors | categories | non-technical
    text: str


def distinct(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Those that count: neither withdrawn nor said before."""
    return tuple(one for one in factors if one.withdrawn_at is None and one.same_as is None)


def ready(factors: Sequence[Factor]) -> tuple[Lack, ...]:
    """What they lack for a review to be published: three of them, of two categories, one of these not technical."""
    counted = distinct(factors)
    categories = {one.category for one in counted}
    lacks = []
    if len(counted) < LEAST_FACTORS:
        lacks.append(
            Lack("factors", f"{_of(len(counted), 'factor')} of at least {LEAST_FACTORS}: what else had a part?")
        )
    if len(categories) < LEAST_CATEGORIES:
        found = f"all are {next(iter(categories))}" if categories else "none yet"
        lacks.append(
            Lack("categories", f"at least {LEAST_CATEGORIES} categories are wanted, {found}: look elsewhere too")
        )
    if not categories - {Category.TECHNICAL}:
        text = "none is other than technical: what of the organisation, the process, people's work, luck?"
        lacks.append(Lack("non-technical", text))
    return tuple(lacks)


def _of(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, apart from case and white space."""
    return one.casefold().split() == other.casefold().split()


def merged_into(factor: Factor, other: Factor) -> tuple[int, str]:
    """(what `factor` is the same as, why it cannot be). There are no chains: `other` may be the same as a third."""
    if other.incident_id != factor.incident_id:
        return 0, "it is of another incident; an earlier factor is linked, with fresh evidence"
    target = other.same_as or other.id
    if target == factor.id:
        return 0, "it is the same one already"
    return target, ""
