"""Silences and maintenance that recur: a calendar rule, and what each of its occurrences is.

Every occurrence is a silence or a window of its own, made when the one before starts. So what was hidden in the past
stays as it was whatever becomes of the rule, and an occurrence that was ended by hand never comes back.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.maintenance import WindowPlan
from incidentd.domain.matchers import Matcher
from incidentd.domain.recurrence import Occurrence, Recurrence, occurrences

UNUSED = timedelta(days=90)
"""A rule that hid nothing for so long is said to its owner."""
REVIEW = timedelta(days=7)
"""How often a rule is looked at for that, and for an owner that has left."""


class SilencePlan(msgspec.Struct, frozen=True, kw_only=True, tag="silence"):
    """What each occurrence silences."""

    matchers: tuple[Matcher, ...]
    comment: str
    annotations: Mapping[str, str] = {}


class RuleStatus(enum.StrEnum):
    """ACTIVE has occurrences to come, FINISHED has none by its own rule, ENDED was ended by a person."""

    ACTIVE = "active"
    FINISHED = "finished"
    ENDED = "ended"


class QuietRule(msgspec.Struct, frozen=True, kw_only=True):
    """`due_at` is the start of the latest occurrence that was made: when it comes, the next one is made."""

    id: int
    recurrence: Recurrence
    plan: SilencePlan | WindowPlan
    created_by: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    unused_said_at: datetime | None = None
    owner_said_at: datetime | None = None
    version: int = 1

    @property
    def subject(self) -> str:
        """What its timers and events carry."""
        return f"recurring:{self.id}"

    @property
    def name(self) -> str:
        """What people call it."""
        return f"R-{self.id}"

    def status(self, now: datetime) -> RuleStatus:
        """Its status at `now`."""
        if self.ended_at is not None:
            return RuleStatus.ENDED
        coming = next(occurrences(self.recurrence, now), None)
        return RuleStatus.FINISHED if coming is None else RuleStatus.ACTIVE


def to_make(rule: QuietRule, now: datetime) -> tuple[list[Occurrence], datetime | None]:
    """The occurrences to make at `now`: what goes on and the next to come; and the new `due_at`.

    What began and ended while nobody was there is not made: it hid nothing.
    """
    made: list[Occurrence] = []
    for one in occurrences(rule.recurrence, now):
        if rule.due_at is not None and one.starts_at <= rule.due_at:
            continue
        made.append(one)
        if one.starts_at > now:
            return made, one.starts_at
    return made, None


def is_unused(rule: QuietRule, last_hid: datetime | None, now: datetime) -> bool:
    """Whether its owner hears now that it hid nothing for `UNUSED`."""
    known = (rule.updated_at, last_hid, rule.unused_said_at)
    return all(at is None or now - at >= UNUSED for at in known)
