"""The steps of a guided review, in their order, and how long each usually takes (about an hour in all)."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from incidentd.domain.workshops import Guide, beside, guide


class Step(enum.StrEnum):
    """What people do together now."""

    GROUND_RULES = "ground_rules"
    WALK = "walk"
    ACCOUNTS = "accounts"
    FACTORS = "factors"
    SIMILAR = "similar"
    LEARNINGS = "learnings"
    PARKING_LOT = "parking_lot"
    CLOSING = "closing"


ORDER: tuple[Step, ...] = tuple(Step)


GUIDES: Mapping[Step, Guide] = {
    Step.GROUND_RULES: guide(
        "Ground rules",
        5,
        "We want to understand how it looked from inside, then. Everybody did what made sense to them with what they "
        "knew. We ask how and what, never who and why. What is said in anger is parked, what is learned is shared.",
    ),
    Step.WALK: guide(
        "Walk the timeline",
        15,
        "Forward only; what comes next is hidden. At each moment: what did you see, what did you think was going on, "
        "what did you try? Write it down beside the moment.",
    ),
    Step.ACCOUNTS: guide(
        "Accounts side by side",
        10,
        "Read what others saw at the same moment. Mark what is new to you: differences are what we came for.",
    ),
    Step.FACTORS: guide(
        "Contributing factors",
        10,
        "Silently, each for themselves: what made it possible, what made it hard, what helped, what surprised you? "
        "Many and small. They are shown when everybody is done.",
    ),
    Step.SIMILAR: guide(
        "Similar incidents",
        5,
        "Earlier incidents that look alike, and what was concluded then. What differs? What would show that this is "
        "not the same?",
    ),
    Step.LEARNINGS: guide(
        "Learnings", 8, "What do you know now that you did not know before? What will you do differently tomorrow?"
    ),
    Step.PARKING_LOT: guide(
        "Parking lot",
        5,
        "Ideas for later, uncommented. A small group makes actions of them in about two working days.",
    ),
    Step.CLOSING: guide("Closing", 2, "Did you learn something that changes your work? Would you come again?"),
}


def has_come_to(step: Step, other: Step) -> bool:
    """Whether a review that stands at `step` has reached `other`."""
    return ORDER.index(step) >= ORDER.index(other)


def after(step: Step) -> Step | None:
    """The step that follows, None after the last."""
    return beside(ORDER, step, 1)


def before(step: Step) -> Step | None:
    """The step that it follows, None before the first."""
    return beside(ORDER, step, -1)
