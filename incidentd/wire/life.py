"""What is asked of the life of an incident: corrections of its times."""

from __future__ import annotations

from typing import Literal

from incidentd.wire.base import Instant, Request, RowId, Text


class CorrectTime(Request, frozen=True):
    """`at` is the right time. `episode` is the present one by default; `seq` names the entry for observed_at."""

    what: Literal["started_at", "detected_at", "mitigated_at", "resolved_at", "observed_at"]
    at: Instant
    why: Text
    episode: RowId | None = None
    seq: RowId | None = None
