"""The contract of the local socket API: every request and response body, as msgspec structs.

OpenAPI is generated from these. Times are RFC 3339 in UTC, durations are seconds. Adding an optional field is a minor
change of `API_VERSION`, anything else a major one. All texts are as the sender gave them: a client shows them through
`incidentd.domain.display` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.backups import BackupHealth
from incidentd.wire.base import Frozen as Frozen
from incidentd.wire.base import Handle as Handle
from incidentd.wire.base import Instant as Instant
from incidentd.wire.base import Line as Line
from incidentd.wire.base import OptionalText as OptionalText
from incidentd.wire.base import Request as Request
from incidentd.wire.base import RowId as RowId
from incidentd.wire.base import Text as Text
from incidentd.wire.health import AdapterHealth as AdapterHealth
from incidentd.wire.health import OwnAlarm, SourceHealth
from incidentd.wire.retention import RetentionHealth
from incidentd.wire.store import StoreHealth
from incidentd.wire.upkeep import LogLevel

API_VERSION = "1.0"


# ------------------------------------------------------------------ errors, paging, meta
class Problem(Frozen, frozen=True):
    """RFC 9457 problem details, as application/problem+json."""

    type: str  # "about:blank" or "urn:incidentd:<code>"
    title: str
    status: int
    detail: str = ""
    field: str = ""  # the part of the request that is wrong
    remedy: str = ""  # what the caller can do
    current: Mapping[str, object] | None = None  # on 409: the object as it stands (msgspec.convert gives its struct)


class Info(Frozen, frozen=True):
    api_version: str
    version: str
    node: str
    started_at: Instant
    last_seq: int
    person: str  # the caller's handle ("" when the peer is nobody in the roster)
    role: str  # viewer | responder | admin
    review_name: str
    ingress: tuple[str, ...]  # URLs the TCP listener answers on
    engine: str  # sqlite | postgresql
    audiences: tuple[str, ...] = ()  # those of the process that updates may go to
    process: str = ""  # V-3, the version of the process in force


class Health(Frozen, frozen=True):
    status: str  # ok | degraded
    problems: tuple[str, ...]
    adapters: tuple[AdapterHealth, ...]
    alerts_firing: int
    alerts_unrouted: int
    timers_due: int
    timers_failing: int
    deliveries_waiting: int
    deliveries_failed_24h: int
    loop_lag_ms: float
    rss_mib: float
    config_files: tuple[str, ...]
    tls_names: tuple[str, ...] = ()  # the hosts that the certificate of the TLS listener is for
    tls_expires_at: Instant | None = None  # None where there is no TLS listener
    sources: tuple[SourceHealth, ...] = ()
    store: StoreHealth | None = None
    backup: BackupHealth | None = None
    alarms: tuple[OwnAlarm, ...] = ()  # `problems` with their codes, in the same order
    retention: RetentionHealth | None = None
    log: LogLevel | None = None


class Event(Frozen, frozen=True):
    seq: int
    at: Instant
    actor: str
    kind: str
    subject: str
    data: Mapping[str, object]


class EventPage(Frozen, frozen=True):
    events: tuple[Event, ...]
    last_seq: int
    whole_from: int = 1  # the seq from which on retention removed nothing


# ------------------------------------------------------------------ alerts
class HiddenBy(Frozen, frozen=True):
    """One reason why nobody is told about an alert now. An alert that is hidden by several has them all."""

    kind: str  # silence | maintenance | dependency | inhibition | mute
    subject: str  # silence:<uuid>, maintenance:3, interval:nights, or alert:12 for the alert that explains it
    name: str  # what people call it: S-5ace5ace, M-3, A-12
    text: str  # the sentence a person reads
    until: Instant | None = None  # when it ends by itself, None when that is not known
    rule: str = ""  # R-2 of the recurring rule that it is an occurrence of


class Alert(Frozen, frozen=True):
    id: int
    source: str
    key: str
    status: str  # firing | resolved
    name: str  # label alertname, else the summary, else the key
    summary: str
    severity: str  # the label "severity" as sent ("" when absent)
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: Instant
    ends_at: Instant | None
    first_seen: Instant
    last_seen: Instant
    resolved_at: Instant | None
    count: int
    generator_url: str
    service: str  # "" until routed
    group_id: int | None
    page_id: int | None
    page_state: str  # "" | open | acknowledged | resolved | exhausted
    acknowledged_by: str
    incident_ids: tuple[int, ...]
    flapping: bool
    version: int
    drill: str = ""  # D-7 when it is part of a drill
    silenced_by: tuple[str, ...] = ()  # ids of the silences that hide it now
    inhibited: bool = False  # another alert that fires explains it
    hidden_by: tuple[HiddenBy, ...] = ()  # everything that hides it now, `silenced_by` and `inhibited` among it


class AlertPage(Frozen, frozen=True):
    alerts: tuple[Alert, ...]
    next_cursor: str  # "" at the end
    total: int  # matching rows, all pages


class RaiseAlert(Request, frozen=True):
    """An alert raised by hand or by a script."""

    name: Line
    severity: Annotated[str, Meta(max_length=60)] = ""
    labels: Mapping[str, str] = {}
    summary: Annotated[str, Meta(max_length=1000)] = ""
    description: OptionalText = ""
    resolved: bool = False


class Raised(Frozen, frozen=True):
    key: str


class TraceStep(Frozen, frozen=True):
    """One decision about an alert. `text` is the sentence a person reads."""

    seq: int
    at: Instant
    kind: str
    text: str
    data: Mapping[str, object]


class Trace(Frozen, frozen=True):
    alert: Alert
    verdict: str  # one sentence: who was paged and how it ended, or why nobody was
    steps: tuple[TraceStep, ...]


# ------------------------------------------------------------------ pages
class Page(Frozen, frozen=True):
    id: int
    title: str
    service: str
    policy: str
    urgency: str
    state: str  # open | acknowledged | resolved | exhausted
    step: int  # 1-based step that was notified last
    round: int  # 1-based repetition
    group_id: int | None
    incident_id: int | None
    started_at: Instant
    next_step_at: Instant | None
    acknowledged_at: Instant | None
    acknowledged_by: str
    acknowledged_via: str  # api | link | source | ""
    resolved_at: Instant | None
    notified: tuple[str, ...]  # handles written to so far
    alert_ids: tuple[int, ...]
    mine: bool  # the caller is among `notified`
    version: int
    acknowledged_until: Instant | None = None  # the escalation goes on then; None: the acknowledgement stands
    waits_for: str = ""  # the hours that its step waits for, until next_step_at
    last_resort_at: Instant | None = None  # when it was found that it reaches nobody
    last_resort_why: str = ""
    severity: str = ""  # of what it is about when its policy was chosen: the label, or the incident's
    person: str = ""  # whom it was given to, before its policy
    schedule: str = ""  # whose holder it was given to, before its policy
    acks: tuple[str, ...] = ()  # who has acknowledged
    acks_needed: int = 1  # so many people have to
    ack_missing: tuple[str, ...] = ()  # who was asked and has not, while several have to
    snoozed_until: Instant | None = None  # put off until then: its step is taken again
    snoozed_by: str = ""
    drill: str = ""  # D-7 when it is part of a drill
    role: str = ""  # of its incident, which whoever acknowledges takes
    asks: tuple[tuple[str, ...], ...] = ()  # who is asked for it before the policy, step by step


class PagePage(Frozen, frozen=True):
    pages: tuple[Page, ...]
    next_cursor: str
    total: int


class Acknowledge(Request, frozen=True):
    """`until` ends the acknowledgement: what still fires then is escalated on. It lies ahead, at most 30 days."""

    note: OptionalText = ""
    until: Instant | None = None


class RaisePage(Request, frozen=True):
    """Page a service's policy or one person by hand; exactly one of the two."""

    title: Line
    body: OptionalText = ""
    service: Annotated[str, Meta(max_length=100)] = ""
    person: Annotated[str, Meta(max_length=64)] = ""
    urgency: str = "high"
    incident_id: RowId | None = None
    severity: Annotated[str, Meta(max_length=60)] = ""  # by which the policy may send it to another; "": the incident's
    interruption: Annotated[str, Meta(max_length=20)] = ""  # wanted to reach project work: a `GivenReason`


# ------------------------------------------------------------------ incidents
class RoleHolder(Frozen, frozen=True):
    id: int
    role: str
    person: str
    starts_at: Instant
    ends_at: Instant | None


class Update(Frozen, frozen=True):
    id: int
    at: Instant
    by: str
    audience: str
    phase: str
    text: str
    next_at: Instant | None


class Violation(Frozen, frozen=True):
    """A rule of the practice that is broken right now; it never blocks the response."""

    rule: str  # e.g. "role-separation"
    text: str
    since: Instant | None


class Incident(Frozen, frozen=True):
    id: int
    title: str
    summary: str
    status: str
    severity: Severity
    episode: int
    service: str
    many_stakeholders: bool
    declared_at: Instant
    declared_by: str
    started_at: Instant
    mitigated_at: Instant | None
    resolved_at: Instant | None
    closed_at: Instant | None
    merged_into: int | None
    next_update_at: Instant | None
    alert_ids: tuple[int, ...]
    page_ids: tuple[int, ...]
    roles: tuple[RoleHolder, ...]  # held now
    violations: tuple[Violation, ...]
    allowed: tuple[str, ...]  # statuses that `status` may ask for now
    review_opens_at: Instant | None
    review_due_at: Instant | None
    process_version: str
    version: int
    drill: str = ""  # D-7 when it is part of a drill
    long_since: Instant | None = None  # since when it is run as a long incident
    public_title: str = ""  # on the status page; the title never is
    off_page: bool = False  # no status page shows it
    review_standing: str = ""  # waiting | open | soon | late; "" when its review was held, or none is owed
    process: str = ""  # V-3, the version of the process that it was declared under
    held: bool = False  # under a legal hold: nothing of it, and of its reports, is removed or blanked


class IncidentPage(Frozen, frozen=True):
    incidents: tuple[Incident, ...]
    next_cursor: str
    total: int


class TimelineEntry(Frozen, frozen=True):
    """`kind` is a short word for the eye: alert, page, ack, role, status, update, note, decision, action ..."""

    seq: int
    observed_at: Instant
    recorded_at: Instant
    by: str
    kind: str
    text: str
    detail: str
    evidence: str
    pinned: bool
    full: str = ""  # what is shown when the entry is opened: the text of a message as it was sent


class Timeline(Frozen, frozen=True):
    entries: tuple[TimelineEntry, ...]


# ------------------------------------------------------------------ roster
class Person(Frozen, frozen=True):
    handle: str
    name: str
    zone: str
    contacts: tuple[str, ...]  # "notifier" names, addresses hidden
    on_call_for: tuple[str, ...]
    reachable: bool = True  # an urgent page has a contact method that works
    warnings: tuple[str, ...] = ()  # what may keep a page from getting through
    proven_at: Instant | None = None  # when a link in a message was last followed


class People(Frozen, frozen=True):
    people: tuple[Person, ...]
    problems: tuple[str, ...]


class Service(Frozen, frozen=True):
    name: str
    team: str
    policy: str
    depends_on: tuple[str, ...] = ()


class Services(Frozen, frozen=True):
    services: tuple[Service, ...]


class OnCall(Frozen, frozen=True):
    schedule: str
    person: str
    until: Instant | None
    next_person: str
    policies: tuple[str, ...]
    warnings: tuple[str, ...] = ()  # what may keep a page from reaching `person`
    next_warnings: tuple[str, ...] = ()
    next_at: Instant | None = None
    instead_of: str = ""  # who would have had it, before an override, a swap or an absence


class OwnShift(Frozen, frozen=True):
    """A shift of the caller's, under way (then it starts "now") or to come."""

    schedule: str
    starts_at: Instant
    ends_at: Instant


class OnCallNow(Frozen, frozen=True):
    at: Instant
    schedules: tuple[OnCall, ...]
    mine: tuple[OwnShift, ...] = ()  # the caller's first one of each schedule, by time


class Reloaded(Frozen, frozen=True):
    files: tuple[str, ...]
    problems: tuple[str, ...]
    applied: bool = True  # False: the configuration is faulty and the present one goes on
