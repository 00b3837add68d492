"""What is measured of an incident, on the wire. It is computed from the events at each look and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant


class EpisodeMeasures(Frozen, frozen=True):
    """One episode of the response. Durations are seconds; None while something has not happened, or where it
    contradicts what it is measured from."""

    number: int
    started_at: Instant
    detected_at: Instant | None
    detected_by: str  # A-3 | R-12 | a handle | said (in a correction)
    acknowledged_at: Instant | None
    acknowledged_by: str
    mitigated_at: Instant | None
    resolved_at: Instant | None
    ended_at: Instant | None
    to_detect: float | None  # from the start
    to_acknowledge: float | None  # from the detection
    to_mitigate: float | None  # from the start
    to_resolve: float | None  # from the start


class UpdatePromise(Frozen, frozen=True):
    """A time that was promised for the next update. `outcome`: kept, missed, open, void (nothing was owed any more)."""

    made_at: Instant
    promised_at: Instant
    audience: str  # "" for the first one, which any update keeps
    outcome: str
    told_at: Instant | None  # by the update that kept it, or came late
    late: float | None  # seconds, of a missed one that was made up for


class SeverityRevision(Frozen, frozen=True):
    at: Instant
    by: str
    before: Severity
    after: Severity
    reason: str


class Contradiction(Frozen, frozen=True):
    """Two things that cannot both be as they were said. `rule` names the kind."""

    rule: str  # detection-late | before-start | order | episodes
    episode: int
    text: str


class Measures(Frozen, frozen=True):
    """`as_of`: what was known then, corrections included."""

    incident_id: int
    as_of: Instant
    episodes: tuple[EpisodeMeasures, ...]
    noticed_first: str  # alert | report | person, "" before anything was
    noticed_by: str
    promises: tuple[UpdatePromise, ...]
    promises_kept: int
    promises_missed: int
    role_gap_minutes: Mapping[str, float]
    severity_revisions: tuple[SeverityRevision, ...]
    worst_severity: Severity | None
    corrections: int
    contradictions: tuple[Contradiction, ...]
