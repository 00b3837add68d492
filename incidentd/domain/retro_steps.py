"""The steps of a process retro, in their order, and how long each usually takes (about an hour in all)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from incidentd.domain.workshops import Guide, guide


class Step(enum.StrEnum):
    """What people do together now."""

    FIGURES = "figures"
    IDEAS = "ideas"
    VOTE = "vote"
    TOPICS = "topics"
    OUTCOME = "outcome"


ORDER: tuple[Step, ...] = tuple(Step)
MOST_TOPICS = 3
"""So many are talked about: more, and none of them leads anywhere."""
GUIDES: Mapping[Step, Guide] = {
    Step.FIGURES: guide(
        "Figures",
        10,
        "How did it go since the last time? Each figure with how many it is of, none is about a person. What surprises "
        "you? What does no figure say?",
    ),
    Step.IDEAS: guide(
        "Silent ideas",
        10,
        "Silently, each for themselves: what got in our way, what would we try? What was kept over the year comes in "
        "by itself. All are shown when everybody is done; then put together what says the same.",
    ),
    Step.VOTE: guide(
        "Vote",
        5,
        "What is worth our time? Give your votes, several to one topic if you like; they are counted when all are in.",
    ),
    Step.TOPICS: guide(
        "Topics",
        25,
        "Two or three, one after the other: what happens now, what would we try, how would we notice that it is not "
        "better?",
    ),
    Step.OUTCOME: guide(
        "Outcome",
        10,
        "Write experiments: what we try until when, the figure that we look at, what must not get worse, and when we "
        "stop. Chosen now, before we know how it ends.",
    ),
}


class RetroSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[retro]` of the process: when one is due by itself (None: it never is), and how it is held.

    `every` counts from the end of the one before, `incidents` are those declared since. `to` names audiences, or a team
    as team:NAME, that hear of a due one. `minutes` are those of steps that differ from the usual ones.
    """

    every: timedelta | None = None
    incidents: int | None = None
    votes: int = 3
    to: tuple[str, ...] = ()
    minutes: Mapping[Step, float] = {}

    def usual(self, step: Step) -> timedelta:
        """How long a step takes."""
        minutes = self.minutes.get(step)
        return GUIDES[step].usual if minutes is None else timedelta(minutes=minutes)
