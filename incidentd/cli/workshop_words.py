"""What a terminal says of any workshop that is held: a review, or a process retro."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from incidentd.cli.screen import glyph, hang, span
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import reviews as wire_reviews

Steps = Sequence[wire_reviews.ReviewStep | wire_experiments.RetroStep]


def stepper(steps: Steps, step: str) -> str:
    """All steps in a line, with where it stands."""
    names = [one.name for one in steps]
    at = names.index(step) if step in names else 0
    marks = [glyph("✓", "x") if n < at else glyph("●", "*") if n == at else glyph("○", "-") for n in range(len(names))]
    return "  ".join(f"{mark} {one.title}" for mark, one in zip(marks, steps, strict=True))


def print_guide(steps: Steps, step: str) -> None:
    """What its facilitator reads out at a step."""
    for one in steps:
        if one.name == step:
            print()
            hang("  ", one.text)
            print()


def time_left(row: wire_reviews.Review | wire_experiments.Retro) -> str:
    """How the time of the step stands, in words."""
    if row.state == "paused":
        kept = "" if row.left is None else f", {span(timedelta(seconds=row.left))} of the step are kept"
        return f"paused{kept}"
    if row.state != "running":
        return ""
    if row.step_ends_at is None:
        return "no timer runs"
    left = row.step_ends_at - datetime.now(UTC)
    return f"{span(left)} left of the step" if left > timedelta(0) else f"over since {span(-left)}"
