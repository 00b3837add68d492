"""When the review of an incident may be held, and what happens before it."""

from __future__ import annotations

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant


class Night(Frozen, frozen=True):
    """Somebody worked in their sleep hours, for which the review waits one night; nobody is ranked by it."""

    person: str
    at: Instant
    zone: str
    text: str  # the sentence a person reads, on that person's own clocks


class ReviewWindow(Frozen, frozen=True):
    """From `opens_at` the review may be held, after `due_at` it is late. No times: not resolved yet, or none is owed.

    `standing`: waiting, open, soon (two business days are left), late; "" when it was held, or none is owed.
    """

    incident_id: int
    review_name: str
    status: str
    severity: Severity
    resolved_at: Instant | None
    opens_at: Instant | None
    due_at: Instant | None
    standing: str
    floor: float | None  # seconds after the resolve
    business_days: int | None  # until it is late
    team: str  # whose business days count, "" for those of the daemon
    zone: str
    holidays: str  # the region whose public holidays are no business days
    nights: tuple[Night, ...]
