"""Earlier incidents that look alike. Facts at first; conclusions only when people have written their own factors."""

from __future__ import annotations

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, Request, RowId, Text
from incidentd.wire.review_records import Action, Factor, Learning


class Conclusions(Frozen, frozen=True):
    """What was concluded then."""

    summary: str = ""
    factors: tuple[Factor, ...] = ()
    learnings: tuple[Learning, ...] = ()
    actions: tuple[Action, ...] = ()


class Differs(Frozen, frozen=True):
    """What somebody says differs, or would show that it is not the same."""

    id: int
    person: str
    text: str
    at: Instant


class SimilarIncident(Frozen, frozen=True):
    """One earlier incident. `chosen` says why it is in the list: newest, oldest, other-factors or random."""

    id: int
    title: str
    service: str
    severity: Severity
    started_at: Instant
    score: int  # 0 to 100
    reasons: tuple[str, ...]
    chosen: str
    facts: tuple[str, ...] = ()  # what happened and what was tried
    has_review: bool = False
    conclusions: Conclusions | None = None  # None: hidden still, or there are none
    differs: tuple[Differs, ...] = ()


class SimilarIncidents(Frozen, frozen=True):
    locked: bool = True
    why: str = ""  # why it is locked, and what opens it
    incidents: tuple[SimilarIncident, ...] = ()
    open_actions: tuple[Action, ...] = ()  # of those incidents, still open


class SayDiffers(Request, frozen=True):
    other_id: RowId
    text: Text
