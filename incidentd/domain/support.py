"""How a team answers its customers, as `[support]` of the process file states it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incidentd.domain.business_time import BusinessCalendar
from incidentd.domain.canned_replies import DEFAULT_REPLIES, CannedReply
from incidentd.domain.clusters import NudgeRule, Similar
from incidentd.domain.priority import DEFAULT_MATRIX, Priority, PriorityMatrix
from incidentd.domain.propagation import PropagationRule
from incidentd.domain.questions import DEFAULT_QUESTIONS, Questions
from incidentd.domain.response_clocks import DEFAULT_CLOCKS, Clocks
from incidentd.domain.triage import DEFAULT_WEIGHTS

DEFAULT_CALENDAR = "business"


class MissedClock(msgspec.Struct, frozen=True, kw_only=True):
    """What follows when a clock is missed: `policy`, or else the support schedule, is paged.

    With high urgency for a priority in `high`, not at all for one in `nobody`, otherwise with low urgency.
    """

    policy: str = ""
    high: tuple[Priority, ...] = (Priority.P1, Priority.P2)
    nobody: tuple[Priority, ...] = (Priority.P5,)

    def urgency(self, priority: str) -> str:
        """That of the page, "" for none."""
        return "" if priority in self.nobody else "high" if priority in self.high else "low"


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `schedule` names whose turn it is to answer; by kind of customer: `questions` and `clocks`.

    `receipts` are the channel instances on which a new report gets an automatic receipt.
    """

    schedule: str = ""
    receipts: tuple[str, ...] = ()
    questions: Mapping[str, Questions] = msgspec.field(default_factory=lambda: DEFAULT_QUESTIONS)
    weights: Mapping[str, int] = msgspec.field(default_factory=lambda: DEFAULT_WEIGHTS)
    priorities: PriorityMatrix = msgspec.field(default_factory=lambda: DEFAULT_MATRIX)
    calendars: Mapping[str, BusinessCalendar] = msgspec.field(
        default_factory=lambda: {DEFAULT_CALENDAR: BusinessCalendar()}
    )
    clocks: Mapping[str, Clocks] = msgspec.field(default_factory=lambda: DEFAULT_CLOCKS)
    replies: Mapping[str, CannedReply] = msgspec.field(default_factory=lambda: DEFAULT_REPLIES)
    propagate: tuple[PropagationRule, ...] = ()
    similar: Similar = Similar()
    nudge: NudgeRule = NudgeRule()
    missed: MissedClock = MissedClock()

    def calendar_of(self, kind: str) -> BusinessCalendar:
        """The calendar whose days and hours count for customers of a kind."""
        return self.calendars[self.clocks[kind].calendar]
