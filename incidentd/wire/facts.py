"""What is known of an incident now: claims about its impact, theories, and what was tried.

Each is written once and never changed. What is found out later is appended to it as a `Verdict`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, Line, OptionalText, Request, RowId

Amount = Annotated[float, Meta(ge=0, le=1e15)]
Who = Annotated[str, Meta(max_length=250)]


class Verdict(Frozen, frozen=True):
    """What somebody said of a claim, a theory or an attempt after it was written; the last one counts."""

    at: Instant  # when it was so
    recorded_at: Instant
    by: str
    word: str
    why: str
    evidence: str


# ------------------------------------------------------------------ impact
class ImpactFigure(Frozen, frozen=True, forbid_unknown_fields=True):
    """How much: from `low` to `high`, of which either may be unknown. `unit` is % or a word, such as users or EUR."""

    low: Amount | None = None
    high: Amount | None = None
    unit: Annotated[str, Meta(max_length=20, pattern=r"^[^\s\d]*\Z")] = ""


class ImpactClaim(Frozen, frozen=True):
    """Who says what is affected, how much and when. Claims that contradict each other stand side by side."""

    id: int
    affected: str
    figure: ImpactFigure
    starts_at: Instant
    ends_at: Instant | None  # None while it goes on
    source: str  # who or what says so
    evidence: str
    suspected: bool  # a guess: it confirms no impact
    at: Instant
    by: str
    replaces: int | None
    replaced_by: int | None
    state: str  # stands | disputed | withdrawn | replaced
    verdicts: tuple[Verdict, ...]  # disputed | upheld | withdrawn, oldest first


class ClaimImpact(Request, frozen=True):
    """What is left out is as in the claim that this one `replaces`.

    Without one: unknown how much, since the incident began, it goes on, and the caller says so.
    """

    affected: Line | None = None
    figure: ImpactFigure | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    ongoing: bool = False  # it goes on although the claim that is replaced said when it ended
    source: Who | None = None
    evidence: OptionalText | None = None
    suspected: bool | None = None
    replaces: RowId | None = None


class JudgeClaim(Request, frozen=True):
    verdict: Literal["disputed", "upheld", "withdrawn"]
    why: OptionalText = ""  # a dispute needs one
    evidence: OptionalText = ""


# ------------------------------------------------------------------ theories and attempts
class Theory(Frozen, frozen=True):
    """What may be going on. It is never called the cause."""

    id: int
    text: str
    at: Instant
    by: str
    state: str  # open | supported | ruled_out
    verdicts: tuple[Verdict, ...]  # for | against | supported | ruled_out | open, oldest first


class Theorise(Request, frozen=True):
    text: Line


class JudgeTheory(Request, frozen=True):
    """`for` and `against` add evidence and leave the state as it is."""

    verdict: Literal["for", "against", "supported", "ruled_out", "open"]
    why: OptionalText = ""  # needed, unless evidence says it; to rule it out it always is
    evidence: OptionalText = ""


class Attempt(Frozen, frozen=True):
    """A mitigation that was tried."""

    id: int
    text: str
    person: str  # who did it
    theory_id: int | None  # that it follows from
    started_at: Instant
    at: Instant
    by: str
    outcome: str  # "" while nobody knows | worked | partly | no_effect | made_worse | undone
    verdicts: tuple[Verdict, ...]  # every outcome that was told, oldest first


class Try(Request, frozen=True):
    text: Line
    person: Who = ""  # default: the caller
    started_at: Instant | None = None  # default: now
    theory_id: RowId | None = None


class TellOutcome(Request, frozen=True):
    outcome: Literal["worked", "partly", "no_effect", "made_worse", "undone"]
    at: Instant | None = None  # default: now
    why: OptionalText = ""
    evidence: OptionalText = ""


# ------------------------------------------------------------------ from incidents that resemble it
class PastAttempt(Frozen, frozen=True):
    """What was tried in another incident and what came of it: facts, and no word on why."""

    id: int
    text: str
    outcome: str
    after: float | None  # seconds from its beginning to the outcome; None while nobody knows
    evidence: str
    said: str  # such as "resembles INC-12: rollback, worked after 7 min"


class Resembling(Frozen, frozen=True):
    """An earlier incident that resembles this one, and in what."""

    id: int
    title: str
    service: str
    severity: Severity
    status: str
    started_at: Instant
    score: int  # 0 to 100
    reasons: tuple[str, ...]
    attempts: tuple[PastAttempt, ...]


class ResemblingIncidents(Frozen, frozen=True):
    """The newest and the oldest in which something was tried, newest first."""

    incidents: tuple[Resembling, ...]
