"""The priority of a report, P1 to P5: its impact times its urgency. Severity is impact only and another thing."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Level(enum.StrEnum):
    """Of impact: how much of the customers' work it touches. Of urgency: how soon that hurts."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(enum.StrEnum):
    """P1 goes first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"

    @property
    def rank(self) -> int:
        """1 for P1 up to 5 for P5."""
        return int(self.value[1])


PriorityMatrix = Mapping[Level, Mapping[Level, Priority]]
"""By impact, then by urgency."""
_LEVELS = tuple(Level)
DEFAULT_MATRIX: PriorityMatrix = {
    impact: {urgency: Priority(f"P{1 + row + column}") for column, urgency in enumerate(_LEVELS)}
    for row, impact in enumerate(_LEVELS)
}
"""The usual three by three: high and high is P1, each level lower on either side is one priority lower."""


def priority(impact: Level, urgency: Level, matrix: PriorityMatrix = DEFAULT_MATRIX) -> Priority:
    """The priority of a report."""
    return matrix[impact][urgency]


def why(impact: Level, urgency: Level, found: Priority) -> str:
    """A priority with what it comes from, for a timeline."""
    return f"{found}: impact {impact}, urgency {urgency}"
