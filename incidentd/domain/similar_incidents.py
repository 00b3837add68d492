"""The earlier incidents that a review is shown: few, and chosen against what everybody remembers anyway.

The newest that is alike is what people think of; so the oldest is there too, one with the same symptom that had other
factors, and one that has nothing to do with it, by chance. Whoever cannot tell that one from the others learns as much.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from incidentd.domain.likeness import shared_words, telling_words
from incidentd.domain.resembling import Alike, Known, alike
from incidentd.domain.reviews import Review

ENOUGH = 45
"""The likeness, of 100, from which on one is alike: to have the same service and a word in common is not enough."""
_SAME_FACTORS = 0.5
"""The share of words from which on two incidents are said to have had the same factors."""
_SAME_TRIED, _NAMED = 5, 3  # a restart is tried in most incidents, so it says little of what they were
_MOST_BY_NEARNESS, _NEAR = 60, 0.5
_DRAWN = 300  # numbers; some are of no incident, or of one that is alike


class Why(enum.StrEnum):
    """Why an incident is in the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    OTHER_FACTORS = "other-factors"
    RANDOM = "random"


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier incident: what is compared of it, and the words of its contributing factors, if it was reviewed.

    `near`: how near its text is by a plugin that says so, 0 to 1; None where none did.
    """

    known: Known
    factors: frozenset[str] = frozenset()
    near: float | None = None

    @property
    def id(self) -> int:
        """Its number."""
        return self.known.facts.id

    @property
    def order(self) -> tuple[datetime, int]:
        """The oldest first."""
        return self.known.facts.at, self.id


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """An incident of the list, how much it is alike (0 to 100), and in what."""

    id: int
    chosen: Why
    score: int
    reasons: tuple[str, ...]


def compared(one: Known, other: Past) -> Alike:
    """How much `other` is like `one`, with what was tried in both, and what a plugin says of their texts."""
    found = alike(one, other.known)
    score, reasons = found.score, list(found.reasons)
    if both := shared_words(one.tried, other.known.tried):
        score += _SAME_TRIED
        reasons.append(f"both tried {', '.join(sorted(both)[:_NAMED])}")
    if other.near is not None and other.near > _NEAR:
        score += round(_MOST_BY_NEARNESS * (other.near - _NEAR) / (1 - _NEAR))
        reasons.append(f"texts that mean alike ({other.near:.2f})")
    return msgspec.structs.replace(found, score=min(score, 100), reasons=tuple(reasons))


def balanced(one: Known, others: Sequence[Past]) -> list[Chosen]:
    """The newest and the oldest of those that are alike, and of the others the one whose factors differ most."""
    found = {other.id: compared(one, other) for other in others}
    near = sorted((other for other in others if found[other.id].score >= ENOUGH), key=lambda other: other.order)
    if not near:
        return []
    picked = {near[-1].id: Why.NEWEST}
    picked.setdefault(near[0].id, Why.OLDEST)
    if (differs := _other_factors(near, picked)) is not None:
        picked[differs] = Why.OTHER_FACTORS
    return [_chosen(found[number], why) for number, why in picked.items()]


def _other_factors(near: Sequence[Past], picked: Collection[int]) -> int | None:
    """With the same symptom, and factors that are least like those of the incidents that are picked."""
    usual = frozenset[str]().union(*(one.factors for one in near if one.id in picked))
    rest = [one for one in near if one.id not in picked and one.factors]
    if not usual or not rest:
        return None
    shared = {one.id: len(shared_words(one.factors, usual)) / len(one.factors) for one in rest}
    least = min(rest, key=lambda one: (shared[one.id], one.order))
    return least.id if shared[least.id] < _SAME_FACTORS else None


def _chosen(found: Alike, why: Why) -> Chosen:
    return Chosen(id=found.id, chosen=why, score=found.score, reasons=found.reasons)


def factor_words(texts: Iterable[str]) -> frozenset[str]:
    """What factors are compared by."""
    return frozenset[str]().union(*map(telling_words, texts))


# ------------------------------------------------------------------ one that has nothing to do with it
def drawn(incident_id: int, highest: int) -> list[int]:
    """Numbers up to `highest` in an order of chance that is the same for everybody who reviews this incident."""
    if highest <= _DRAWN:
        known = set(range(1, highest + 1))
    else:
        known = {1 + _chance(incident_id, turn) % highest for turn in range(_DRAWN)}
    return sorted(known, key=lambda other: (_chance(incident_id, other), other))


def _chance(incident_id: int, other: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{incident_id} {other}".encode()).digest()[:8])


def no_match(one: Known, others: Iterable[Past]) -> Chosen | None:
    """The first of `others` that is not alike."""
    for other in others:
        if (found := compared(one, other)).score < ENOUGH:
            return _chosen(found, Why.RANDOM)
    return None


# ------------------------------------------------------------------ when conclusions are shown
def locked(review: Review, *, present: bool, factors_in: bool) -> str:
    """Why what was concluded of these incidents is not shown, and what opens it; "" when it is."""
    if not review.held:
        return ""
    if present and not factors_in:
        return (
            f"what was concluded is hidden until you have said that your factors for INC-{review.incident_id} are in, "
            "and they are shown to everybody"
        )
    if not review.factors_revealed:
        return f"what was concluded is hidden until the factors of INC-{review.incident_id} are shown to everybody"
    return ""


def listed(stored: object) -> tuple[Chosen, ...]:
    """The list as a review keeps it."""
    return msgspec.convert(stored or (), tuple[Chosen, ...], strict=False)
