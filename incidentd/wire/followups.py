"""Did a review change how people work? Asked after 30 and 90 days, shown in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from incidentd.wire.base import Frozen, Instant, OptionalText, Request

Changed = Literal["yes", "partly", "no"]
AfterDays = Literal[30, 90]


class AnswerFollowup(Request, frozen=True):
    """The caller's own answer; given again, it takes the place of the one before."""

    days: AfterDays
    changed: Changed
    text: OptionalText = ""


class OwnFollowup(Frozen, frozen=True):
    changed: str  # "" until it is answered
    text: str
    answered_at: Instant | None


class FollowupRound(Frozen, frozen=True):
    """One of the two questions; nothing in it says who answered what."""

    days: int
    due_at: Instant | None  # when it will be asked; None: it was, or never will be
    asked_at: Instant | None
    asked: int  # people
    answered: int
    counts: Mapping[str, int]  # yes, partly, no
    texts: tuple[str, ...]  # what changed, in the order of the alphabet
    mine: OwnFollowup | None  # None: the caller was not asked


class Followups(Frozen, frozen=True):
    incident_id: int
    rounds: tuple[FollowupRound, ...]
