"""The steps of a review on the screen, in their order."""

from __future__ import annotations

from incidentd_tui.rows.review import (
    accounts,
    closing,
    factors,
    ground_rules,
    learnings,
    parking_lot,
    similar,
    walk,
)
from incidentd_tui.rows.review.seen import PASSED, Key, Seen, StepView, moment_key, place

__all__ = [
    "PASSED",
    "STEPS",
    "Key",
    "Seen",
    "StepView",
    "accounts",
    "factors",
    "learnings",
    "moment_key",
    "parking_lot",
    "place",
    "similar",
    "step_view",
]

STEPS: tuple[StepView, ...] = (
    ground_rules.STEP,
    walk.STEP,
    accounts.STEP,
    factors.STEP,
    similar.STEP,
    learnings.STEP,
    parking_lot.STEP,
    closing.STEP,
)
_BY_NAME = {str(one.name): one for one in STEPS}


def step_view(name: str) -> StepView:
    """How this step is shown; the first one for a name that is not known."""
    return _BY_NAME.get(name, STEPS[0])
