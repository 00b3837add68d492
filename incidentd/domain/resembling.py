"""Earlier incidents that resemble one, for what was tried in them: facts only, never what was concluded from them.

The newest alone would be what everybody remembers anyway, so the oldest are among those that are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from incidentd.domain.likeness import Facts, likeness

ENOUGH = 30
"""The likeness, of 100, from which on an incident resembles another."""
NEWEST, OLDEST = 3, 2
"""How many of each are shown."""
_SAME_ALERT, _MOST_OF_ALERTS = 30, 60
_SAME_LABEL, _MOST_OF_LABELS = 5, 20
_SAID_ELSEWHERE = frozenset({"alertname", "severity", "service"})
_NAMED = 3


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of an incident: its words and service, the names of its alerts, and their labels.

    `tried` are the words of what was tried; that much is restarted everywhere, so here they do not count.
    """

    facts: Facts
    alerts: frozenset[str] = frozenset()
    labels: frozenset[tuple[str, str]] = frozenset()
    tried: frozenset[str] = frozenset()


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that resembles another, how much (0 to 100), and in what."""

    id: int
    score: int
    reasons: tuple[str, ...]


def alike(one: Known, other: Known) -> Alike:
    """How much `other` is like `one`."""
    found = likeness(one.facts, other.facts)
    score, reasons = found.score, list(found.reasons)
    if names := one.alerts & other.alerts:
        score += min(_SAME_ALERT * len(names), _MOST_OF_ALERTS)
        reasons.append(f"same alert {_some(names)}")
    labels = {f"{name}={value}" for name, value in one.labels & other.labels if name not in _SAID_ELSEWHERE}
    if labels:
        score += min(_SAME_LABEL * len(labels), _MOST_OF_LABELS)
        reasons.append(f"same labels {_some(labels)}")
    return Alike(id=other.facts.id, score=min(score, 100), reasons=tuple(reasons))


def _some(names: Collection[str]) -> str:
    return ", ".join(sorted(names)[:_NAMED]) + (" ..." if len(names) > _NAMED else "")


def resembling(one: Known, others: Iterable[Known]) -> list[Alike]:
    """The newest and the oldest of those that resemble `one`, newest first."""
    known = [other for other in others if other.facts.id != one.facts.id]
    ordered = sorted(known, key=lambda other: (other.facts.at, other.facts.id), reverse=True)
    found = [compared for other in ordered if (compared := alike(one, other)).score >= ENOUGH]
    return found if len(found) <= NEWEST + OLDEST else [*found[:NEWEST], *found[-OLDEST:]]
