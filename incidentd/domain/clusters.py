"""Which reports are about one thing: duplicates, clusters, and when a cluster asks for an incident."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import msgspec

from incidentd.domain.likeness import Facts, Likeness, likeness


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """From which likeness (0 to 100) on reports are one cluster, and of words alone one and the same.

    Those that came further than `within` apart are not compared.
    """

    cluster: int = 30
    duplicate: int = 70
    within: timedelta = timedelta(hours=24)


class NudgeRule(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for an incident at so many reporters in one cluster, or so many teams about one service, `within` a time."""

    reports: int = 2
    teams: int = 2
    within: timedelta = timedelta(hours=2)


class Relation(enum.StrEnum):
    """The same report once more, or another one about the same thing."""

    DUPLICATE = "duplicate"
    CLUSTER = "cluster"


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What another report may be to this one, and why."""

    id: int
    relation: Relation
    score: int
    reasons: tuple[str, ...]


class Nudge(msgspec.Struct, frozen=True, kw_only=True):
    """Reports that may be one incident: declare it?"""

    reports: tuple[int, ...]
    why: str


def suggestions(one: Facts, others: Iterable[Facts], rule: Similar) -> list[Suggestion]:
    """What is alike, the most alike first. The same sender about the same thing is a duplicate at less likeness."""
    found = []
    for other in others:
        if other.id == one.id or abs(other.at - one.at) > rule.within:
            continue
        alike = likeness(one, other)
        if alike.score >= rule.cluster:
            found.append(_suggested(one, other, alike, rule))
    return sorted(found, key=lambda each: (-each.score, -each.id))


def _suggested(one: Facts, other: Facts, alike: Likeness, rule: Similar) -> Suggestion:
    same = bool(one.sender) and one.sender == other.sender
    relation = Relation.DUPLICATE if same or alike.said >= rule.duplicate else Relation.CLUSTER
    reasons = (*alike.reasons, "the same reporter") if same else alike.reasons
    return Suggestion(id=other.id, relation=relation, score=alike.score, reasons=reasons)


def nudge(one: Facts, others: Iterable[Facts], like_it: Collection[int], rule: NudgeRule) -> Nudge | None:
    """Whether `one` and what is like it ask for an incident. `others` are reports that are in no incident yet."""
    near = [other for other in others if other.id != one.id and abs(other.at - one.at) <= rule.within]
    cluster = [one, *(other for other in near if other.id in like_it)]
    reporters = {_reporter(other) for other in cluster}
    if len(reporters) >= rule.reports:
        what = f"{len(cluster)} reports from {len(reporters)} reporters are alike"
        return Nudge(reports=_ids(cluster), why=what + (f", about {one.service}" if one.service else ""))
    beside = [one, *(other for other in near if one.service and other.service == one.service)]
    teams = sorted({other.team for other in beside if other.team})
    if one.team and len(teams) >= rule.teams:
        told = [other for other in beside if other.team]
        return Nudge(reports=_ids(told), why=f"{len(teams)} teams report about {one.service}: {', '.join(teams)}")
    return None


def asking(facts: Sequence[Facts], similar: Similar, rule: NudgeRule) -> frozenset[int]:
    """Those of some reports, none of them in an incident yet, whose `nudge` asks for one."""
    return frozenset(
        one.id for one in facts if nudge(one, facts, _enough_like(one, facts, similar, rule), rule) is not None
    )


def _enough_like(one: Facts, others: Iterable[Facts], similar: Similar, rule: NudgeRule) -> set[int]:
    """As many that are alike as it takes to ask: to compare is what costs, most of all in a flood."""
    found, reporters = set[int](), {_reporter(one)}
    within = min(similar.within, rule.within)
    for other in others:
        if len(reporters) >= rule.reports:
            break
        fresh = _reporter(other) not in reporters and abs(other.at - one.at) <= within
        if fresh and likeness(one, other).score >= similar.cluster:
            found.add(other.id)
            reporters.add(_reporter(other))
    return found


def _reporter(one: Facts) -> str:
    return one.sender or f"report {one.id}"


def _ids(reports: Iterable[Facts]) -> tuple[int, ...]:
    return tuple(sorted(one.id for one in reports))
