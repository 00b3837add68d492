"""What figures are reckoned from: facts of the log and its rows, put together by whoever reads them.

Nothing here names a person; where it is a person's own clock that counts, the reader has looked at it already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from incidentd.domain.incidents import Incident, Status
from incidentd.domain.interruptions import Reason
from incidentd.domain.process import DEFAULT_REVIEW_NAME
from incidentd.domain.severity import Severity
from incidentd.wire.figures import VersionBoundary
from incidentd.wire.measures import Measures


class Said(msgspec.Struct, frozen=True):
    """An update to an audience. `first`: none came before it there; `nothing`: it says nothing new."""

    at: datetime
    audience: str
    first: bool
    nothing: bool


class IncidentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A real incident. `claimed` are the starts that claims about its impact give against the one that was said."""

    incident: Incident
    measures: Measures
    declared: Severity | None  # None: it was imported, and nobody responded here
    said: Sequence[Said] = ()
    claimed: Sequence[datetime] = ()
    page_ids: Sequence[int] = ()

    @property
    def name(self) -> str:
        return f"INC-{self.incident.id}"

    @property
    def worst(self) -> Severity:
        """The worst severity that it ever had."""
        return self.measures.worst_severity or self.incident.severity

    @property
    def is_real(self) -> bool:
        """Whether there was something to respond to here: neither a false alarm, nor merged, nor imported."""
        ended_so = self.incident.status in (Status.FALSE_ALARM, Status.MERGED)
        return bool(self.measures.episodes) and not ended_so


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A page of no drill. `moved_on_at` is when its escalation first went beyond its first step."""

    id: int
    at: datetime
    service: str
    urgency: str
    incident_id: int | None = None
    acknowledged_at: datetime | None = None  # the first time
    moved_on_at: datetime | None = None
    ended_at: datetime | None = None
    reached: bool = False  # somebody whom the roster knows
    asleep: bool = False  # one of them in their sleep hours
    off: bool = False  # one of them outside of their working hours
    acted: bool = False  # a person ended it, gave it to somebody else or declared an incident from it

    def of_incident(self, incident_id: int) -> PageFacts:
        """The same page, as a part of an incident."""
        return msgspec.structs.replace(self, incident_id=incident_id)


class GroupFacts(msgspec.Struct, frozen=True):
    """Alerts that came together, and whether anybody was paged about them."""

    id: int
    at: datetime
    service: str
    paged: bool


class ReportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's report. `over`: it has its outcome, and the incident that it belongs to is resolved."""

    id: int
    at: datetime
    service: str
    customer: str  # the kind
    due_at: datetime | None
    responded_at: datetime | None
    followed_up: bool
    over: bool
    incident_id: int | None
    version: str = ""  # of the process when it came, "" where none was recorded


class ReviewFacts(msgspec.Struct, frozen=True):
    """The review of an incident that was held here."""

    incident_id: int
    started_at: datetime
    opened_early: bool = False


class FactorFacts(msgspec.Struct, frozen=True):
    id: int
    incident_id: int
    category: str
    at: datetime


class LearningFacts(msgspec.Struct, frozen=True):
    """`used` is the kind of its first use, "" for none yet."""

    id: int
    incident_id: int
    at: datetime
    used: str


class ActionFacts(msgspec.Struct, frozen=True):
    id: int
    incident_id: int
    team: str
    at: datetime
    due_on: date
    state: str
    ended_at: datetime | None


class ProjectDay(msgspec.Struct, frozen=True):
    """A day of somebody of a team on project work, and whether anybody interrupted it."""

    team: str
    day: date
    at: datetime
    leaked: bool


class Work(msgspec.Struct, frozen=True):
    """A page that somebody of a team took on, or an interruption without one, and whether support handled it."""

    team: str
    subject: str
    at: datetime
    absorbed: bool


class Pulled(msgspec.Struct, frozen=True):
    """An interruption of project work."""

    team: str
    service: str
    at: datetime
    reason: Reason


class HeavyShift(msgspec.Struct, frozen=True):
    """A shift after which rest was offered, by the week it was in."""

    team: str
    week: datetime
    outcome: str  # taken | declined | over


class HandoverFacts(msgspec.Struct, frozen=True):
    """The end of a duty block. `outcome`: in time, late, never."""

    team: str
    schedule: str
    at: datetime
    outcome: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read. `teams` says which team owns a service, `versions` when each came into force."""

    now: datetime
    review_name: str = DEFAULT_REVIEW_NAME
    teams: Mapping[str, str] = {}
    versions: Sequence[VersionBoundary] = ()  # the oldest first
    incidents: Mapping[int, IncidentFacts] = {}
    pages: Sequence[PageFacts] = ()
    groups: Sequence[GroupFacts] = ()
    reports: Sequence[ReportFacts] = ()
    reviews: Mapping[int, ReviewFacts] = {}
    factors: Sequence[FactorFacts] = ()
    learnings: Sequence[LearningFacts] = ()
    actions: Sequence[ActionFacts] = ()
    project_days: Sequence[ProjectDay] = ()
    work: Sequence[Work] = ()
    pulled: Sequence[Pulled] = ()
    heavy: Sequence[HeavyShift] = ()
    handovers: Sequence[HandoverFacts] = ()

    def version_at(self, at: datetime) -> str:
        """The process that was in force at an instant, "" before the first that is known."""
        return next((one.version for one in reversed(self.versions) if one.at <= at), "")
