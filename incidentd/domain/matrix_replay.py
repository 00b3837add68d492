"""Past incidents classified again by an edited matrix: whose level would be another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from incidentd.domain.classification import fitting
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Matrix, Rule


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What is on record about one incident: what was answered, and what came of it then."""

    incident_id: int
    title: str
    answers: Mapping[str, str]
    level: Severity
    severity: Severity  # that it has; another than `level` was set by hand


class Reclassified(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that the edit would classify otherwise. `lost`: questions whose answers the edited matrix lacks."""

    incident_id: int
    title: str
    before: Severity
    after: Severity
    rule_before: str
    rule_after: str
    recorded: Severity  # as computed at the time
    severity: Severity
    lost: tuple[str, ...]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """All of them. `same_level` includes those where only another rule fires."""

    changed: tuple[Reclassified, ...]
    same_level: int
    other_rule: int


def replay(past: Iterable[Past], old: Matrix, new: Matrix) -> Replayed:
    """Classify every incident by both matrices; an answer that a matrix does not have counts as unknown in it."""
    changed, same, other_rule = [], 0, 0
    for one in past:
        before, _ = _fired(old, one.answers)
        after, lost = _fired(new, one.answers)
        if before.level is after.level:
            same += 1
            other_rule += before.id != after.id
            continue
        changed.append(
            Reclassified(
                incident_id=one.incident_id,
                title=one.title,
                before=before.level,
                after=after.level,
                rule_before=before.id,
                rule_after=after.id,
                recorded=one.level,
                severity=one.severity,
                lost=lost,
            )
        )
    return Replayed(changed=tuple(changed), same_level=same, other_rule=other_rule)


def _fired(matrix: Matrix, answers: Mapping[str, str]) -> tuple[Rule, tuple[str, ...]]:
    kept, lost = fitting(matrix, answers)
    assumed = {one.id: one.assumed for one in matrix.questions if kept.get(one.id, UNKNOWN) == UNKNOWN}
    return matrix.first(kept | assumed), lost
