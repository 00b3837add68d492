"""Whether whoever drives a review is one who should not, as far as there was a choice."""

from __future__ import annotations

from typing import TypedDict

from incidentd.domain.facilitation import facilitator_faults
from incidentd.domain.reviews import Review
from incidentd.services.incident_views import Seen, existing
from incidentd.services.involved import involved


class Facilitator(TypedDict):
    """The fields of a view that tell of it."""

    facilitator_was_involved: bool
    facilitator_faults: tuple[str, ...]


def facilitator_of(seen: Seen, row: Review) -> Facilitator:
    """An exception is shown, and never refused: in a small team there may be nobody else."""
    took_part = involved(seen.conn, existing(seen.conn, row.incident_id), seen.roster)
    faults = facilitator_faults(row.facilitator, took_part, seen.roster) if row.facilitator else ()
    return Facilitator(facilitator_was_involved=row.facilitator in took_part, facilitator_faults=faults)
