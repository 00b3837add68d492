"""What becomes of an incident beside its status: corrections of its times, splits, and what it resembles."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, Line, OptionalText, Request, RowId, Text

_Some = Annotated[tuple[RowId, ...], Meta(max_length=1000)]


class CorrectTime(Request, frozen=True):
    """`at` is the right time. `episode` is the present one by default; `seq` names the entry for observed_at."""

    what: Literal["started_at", "detected_at", "mitigated_at", "resolved_at", "observed_at"]
    at: Instant
    why: Text
    episode: RowId | None = None
    seq: RowId | None = None


class SplitIncident(Request, frozen=True):
    """Alerts and reports that become an incident of their own, with copies of written `entries` (their seqs)."""

    title: Line
    alert_ids: _Some = ()
    report_ids: _Some = ()
    entries: _Some = ()
    severity: Severity | None = None  # default: as it is
    reason: OptionalText = ""


class Resembles(Request, frozen=True):
    """Two incidents look alike to somebody; that says nothing of what either came from."""

    incident_id: RowId
    why: Text


class Related(Frozen, frozen=True):
    """Another incident, and what it is to this one.

    `kind`: resembles, split_into, split_from, merged (into this one), or recurrence: it is over, and an alert of it is
    in this one, so that the two may resemble each other; nobody has said so yet.
    """

    incident_id: int
    title: str
    status: str
    severity: Severity
    kind: str
    why: str
    by: str
    at: Instant | None
