"""What the socket API asks of the services. `actor` is the caller's handle (or "uid:1000" for a stranger).

Reads and writes answer with the structs of `wire`; faults are the exceptions of `services.errors`. `if_version` is the
caller's If-Match: when it is not None and the object has moved on, the call raises `Conflict` with the current object.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from incidentd import wire
from incidentd.domain.matchers import Matcher
from incidentd.services.fact_contracts import AttachmentCalls, AttemptCalls, ImpactCalls
from incidentd.services.incident_contracts import (
    ChatCalls,
    ChecklistCalls,
    IncidentCalls,
    PinCalls,
    PresenceCalls,
    RoleCalls,
    SeverityCalls,
)
from incidentd.services.insight_contracts import InsightCalls
from incidentd.services.letter_contracts import LetterCalls
from incidentd.services.life_contracts import AuditCalls, LifeCalls
from incidentd.services.operation_contracts import OperationCalls
from incidentd.services.process_contracts import ProcessCalls
from incidentd.services.rehearsal_contracts import RehearsalCalls
from incidentd.services.report_contracts import (
    BroadcastCalls,
    CustomerCalls,
    ReportCalls,
    SubscriberCalls,
    TriageCalls,
)
from incidentd.services.retro_contracts import RetroCalls
from incidentd.services.review_contracts import MeetingCalls, OwnNotesCalls, ReviewWindowCalls
from incidentd.services.workshop_contracts import ReviewCalls
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import checks as wire_checks
from incidentd.wire import drafts as wire_drafts
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import groups as wire_groups
from incidentd.wire import handover as wire_handover
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import policies as wire_policies
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import replay as wire_replay
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import routes as wire_routes
from incidentd.wire import silences as wire_silences
from incidentd.wire import upkeep as wire_upkeep
from incidentd.wire import views as wire_views


class AlertQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A filter over alerts. `status` is firing, resolved or all; `text` is searched in name, summary and labels."""

    status: str = "firing"
    service: str = ""
    matchers: tuple[Matcher, ...] = ()
    text: str = ""
    order: str = "newest"  # newest | oldest
    limit: int = 100
    cursor: str = ""


class AlertCalls(Protocol):
    async def list(self, query: AlertQuery) -> wire.AlertPage: ...
    async def get(self, alert_id: int) -> wire.Alert: ...
    async def trace(self, alert_id: int) -> wire.Trace: ...
    async def raise_alert(self, body: wire.RaiseAlert, actor: str) -> wire.Raised: ...
    async def acknowledge(self, alert_id: int, actor: str, note: str, until: datetime | None = None) -> wire.Page: ...
    async def resolve(self, alert_id: int, actor: str, if_version: int | None) -> wire.Alert: ...


class AlertDetailCalls(Protocol):
    async def detail(self, alert_id: int, viewer: str) -> wire_groups.AlertDetail: ...


class BulkCalls(Protocol):
    async def alerts(self, body: wire_bulk.BulkAlerts, actor: str) -> wire_bulk.BulkOutcome: ...


class GroupCalls(Protocol):
    async def list(self, service: str, limit: int, cursor: str) -> wire_groups.GroupPage: ...
    async def members(self, group_id: int, limit: int, cursor: str) -> wire_groups.GroupMembers: ...


class ViewCalls(Protocol):
    async def list(self, person: str) -> wire_views.Views: ...
    async def save(self, body: wire_views.SaveView, person: str) -> wire_views.View: ...
    async def delete(self, view_id: int, person: str) -> wire_views.Views: ...
    async def open_with(self, body: wire_views.OpenWith, person: str) -> wire_views.Views: ...


class SilenceCalls(Protocol):
    async def list(self, state: str) -> wire_silences.SilenceList: ...
    async def get(self, silence_id: str) -> wire_silences.Silence: ...
    async def set(self, body: wire_silences.SetSilence, actor: str) -> wire_silences.Silence: ...
    async def expire(self, silence_id: str, actor: str) -> wire_silences.Silence: ...
    async def preview(self, body: wire_silences.PreviewSilence) -> wire_silences.SilencePreview: ...


class CheckCalls(Protocol):
    async def list(self, kind: str, status: str) -> wire_checks.CheckList: ...
    async def get(self, name: str) -> wire_checks.Check: ...
    async def url(self, name: str) -> wire_checks.CheckUrl: ...
    async def pause(self, name: str, note: str, actor: str) -> wire_checks.Check: ...
    async def resume(self, name: str, actor: str) -> wire_checks.Check: ...
    async def delete(self, name: str, actor: str) -> wire_checks.Check: ...


class MaintenanceCalls(Protocol):
    async def list(self, state: str) -> wire_quieting.MaintenanceList: ...
    async def get(self, window_id: int) -> wire_quieting.Maintenance: ...
    async def plan(self, body: wire_quieting.PlanMaintenance, actor: str) -> wire_quieting.Maintenance: ...
    async def end(self, window_id: int, actor: str) -> wire_quieting.Maintenance: ...
    async def extend(
        self, window_id: int, body: wire_quieting.ExtendMaintenance, actor: str
    ) -> wire_quieting.Maintenance: ...


class RecurringCalls(Protocol):
    async def list(self) -> wire_quieting.RecurringList: ...
    async def get(self, rule_id: int) -> wire_quieting.Recurring: ...
    async def set(self, body: wire_quieting.SetRecurring, actor: str) -> wire_quieting.Recurring: ...
    async def end(self, rule_id: int, actor: str) -> wire_quieting.Recurring: ...


class HidingCalls(Protocol):
    async def preview(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview: ...


class PageCalls(Protocol):
    async def list(self, state: str, mine_of: str | None, limit: int, cursor: str, viewer: str) -> wire.PagePage: ...
    async def get(self, page_id: int, viewer: str) -> wire_pages.PageDetail: ...
    async def raise_page(self, body: wire.RaisePage, actor: str) -> wire.Page: ...
    async def acknowledge(
        self,
        page_id: int,
        actor: str,
        *,
        note: str = "",
        via: str = "api",
        until: datetime | None = None,
        if_version: int | None = None,
    ) -> wire.Page: ...
    async def hand_back(self, page_id: int, actor: str, note: str, if_version: int | None) -> wire.Page: ...
    async def take_over(
        self, page_id: int, body: wire_pages.TakeOver, actor: str, if_version: int | None
    ) -> wire.Page: ...
    async def reassign(
        self, page_id: int, body: wire_pages.Reassign, actor: str, if_version: int | None
    ) -> wire.Page: ...
    async def snooze(self, page_id: int, body: wire_pages.Snooze, actor: str, if_version: int | None) -> wire.Page: ...
    async def resolve(self, page_id: int, actor: str, if_version: int | None) -> wire.Page: ...
    async def escalate(self, page_id: int, actor: str, if_version: int | None) -> wire.Page: ...
    async def test(self, notifier: str, actor: str) -> wire_pages.Delivery: ...


class ContactTestCalls(Protocol):
    async def start(self, handle: str, actor: str) -> wire_pages.PersonTest: ...
    async def delivery(self, delivery_id: int) -> wire_pages.Delivery: ...


class RosterCalls(Protocol):
    async def people(self) -> wire.People: ...
    async def services(self) -> wire.Services: ...
    async def on_call(self, person: str = "") -> wire.OnCallNow: ...


class FeedCalls(Protocol):
    async def url(self, kind: str, name: str) -> wire_duty.FeedUrl: ...
    async def revoke(self, kind: str, name: str, actor: str) -> wire_duty.FeedUrl: ...


class DutyCalls(Protocol):
    async def schedules(self, name: str, start: datetime | None, end: datetime | None) -> wire_duty.Schedules: ...
    async def set_override(self, body: wire_duty.SetOverride, actor: str) -> wire_duty.Override: ...
    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, actor: str, if_version: int | None
    ) -> wire_duty.Override: ...
    async def end_override(self, override_id: int, actor: str, if_version: int | None) -> wire_duty.Override: ...
    async def propose_swap(self, body: wire_duty.ProposeSwap, actor: str) -> wire_duty.Swap: ...
    async def settle_swap(self, swap_id: int, to: str, actor: str, if_version: int | None) -> wire_duty.Swap: ...
    async def set_absence(self, body: wire_duty.SetAbsence, actor: str) -> wire_duty.Absence: ...
    async def end_absence(self, absence_id: int, actor: str, if_version: int | None) -> wire_duty.Absence: ...
    async def preview(self, body: wire_duty.PreviewDuty, actor: str) -> wire_duty.DutyPreview: ...


class ModeCalls(Protocol):
    async def list(self, team: str, start: datetime | None, end: datetime | None) -> wire_modes.Modes: ...
    async def set(self, body: wire_modes.SetMode, actor: str) -> wire_modes.ModeBlock: ...
    async def change(
        self, block_id: int, body: wire_modes.ChangeMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeBlock: ...
    async def split(
        self, block_id: int, body: wire_modes.SplitMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeSplit: ...
    async def end(self, block_id: int, reason: str, actor: str, if_version: int | None) -> wire_modes.ModeBlock: ...


class PolicyCalls(Protocol):
    async def list(self) -> wire_policies.Policies: ...
    async def get(self, name: str, at: datetime | None = None) -> wire_policies.Policy: ...
    async def test(
        self, name: str, severity: str = "", urgency: str = "high", at: datetime | None = None
    ) -> wire_policies.PolicyTest: ...


class RestCalls(Protocol):
    async def list(self, state: str, person: str) -> wire_rest.RestList: ...
    async def answer(self, rest_id: int, body: wire_rest.AnswerRest, actor: str) -> wire_rest.Rest: ...


class RequestCalls(Protocol):
    async def list(self, state: str, person: str) -> wire_requests.ShiftRequestList: ...
    async def get(self, request_id: int) -> wire_requests.ShiftRequest: ...
    async def ask(self, body: wire_requests.AskForShift, actor: str) -> wire_requests.ShiftRequest: ...
    async def answer(
        self, request_id: int, body: wire_requests.AnswerRequest, actor: str, if_version: int | None
    ) -> wire_requests.ShiftRequest: ...


class HandoverCalls(Protocol):
    async def list(self, state: str, schedule: str, person: str) -> wire_handover.HandoverList: ...
    async def get(self, handover_id: int) -> wire_handover.Handover: ...
    async def edit(
        self, handover_id: int, surprises: str, actor: str, if_version: int | None
    ) -> wire_handover.Handover: ...
    async def send(
        self, handover_id: int, surprises: str | None, actor: str, if_version: int | None
    ) -> wire_handover.Handover: ...
    async def accept(self, handover_id: int, actor: str, if_version: int | None) -> wire_handover.Handover: ...


class InterruptionCalls(Protocol):
    async def list(self, team: str, days: int) -> wire_protection.Interruptions: ...
    async def record(self, body: wire_protection.RecordInterruption, actor: str) -> wire_protection.Interruption: ...
    async def withdraw(self, interruption_id: int, note: str, actor: str) -> wire_protection.Interruption: ...


class ProtectionCalls(Protocol):
    async def measure(self, team: str, weeks: int) -> wire_protection.Protection: ...


class ModePlanCalls(Protocol):
    async def preview(self, team: str, start: datetime | None, weeks: int, replace: bool) -> wire_modes.ModePlan: ...
    async def apply(self, team: str, body: wire_modes.ApplyModePlan, actor: str) -> wire_modes.ModePlan: ...


class RouteCalls(Protocol):
    async def test(self, labels: Mapping[str, str]) -> wire_routes.RouteTest: ...


class DraftCalls(Protocol):
    async def get(self, person: str, key: str) -> wire_drafts.Draft: ...
    async def put(self, person: str, key: str, text: str) -> wire_drafts.Draft: ...
    async def delete(self, person: str, key: str) -> None: ...


class EventCalls(Protocol):
    async def page(self, after: int, limit: int) -> wire.EventPage: ...

    def encoded(self, after: int) -> AsyncIterator[bytes]:
        """Server-sent-event frames from `after` on, joined on a short tick; ends when the daemon drains."""
        ...


class IdempotencyCalls(Protocol):
    """Remembered answers: the same key, caller and request gives the same answer for 24 hours."""

    async def find(self, actor: str, key: str) -> tuple[str, int, bytes] | None:
        """(request digest, status, body) of an earlier answer."""
        ...

    async def remember(self, actor: str, key: str, digest: str, status: int, body: bytes) -> None: ...


class DrillCalls(Protocol):
    async def start(self, body: wire_drills.StartDrill, actor: str) -> wire_drills.Drill: ...
    async def list(self) -> wire_drills.DrillList: ...
    async def get(self, drill_id: int) -> wire_drills.Drill: ...
    async def stop(self, drill_id: int, actor: str) -> wire_drills.Drill: ...
    async def resume(self, drill_id: int, actor: str) -> wire_drills.Drill: ...


class ReplayCalls(Protocol):
    async def start(self, body: wire_replay.StartReplay) -> wire_replay.Replay: ...
    async def get(self, replay_id: int) -> wire_replay.Replay: ...
    async def cancel(self, replay_id: int) -> wire_replay.Replay: ...


class LogLevelCalls(Protocol):
    def now(self) -> wire_upkeep.LogLevel: ...
    async def set(self, body: wire_upkeep.SetLogLevel, actor: str) -> wire_upkeep.LogLevel: ...


class DaemonCalls(Protocol):
    async def info(self, person: str, role: str) -> wire.Info: ...
    async def health(self) -> wire.Health: ...
    async def reload(self, actor: str) -> wire.Reloaded: ...
    async def doctor(self, *, deep: bool) -> wire_upkeep.DoctorReport: ...
    @property
    def log_levels(self) -> LogLevelCalls: ...


class Calls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the socket API can call; the daemon composes it."""

    alerts: AlertCalls
    details: AlertDetailCalls
    bulk: BulkCalls
    groups: GroupCalls
    views: ViewCalls
    silences: SilenceCalls
    checks: CheckCalls
    maintenance: MaintenanceCalls
    recurring: RecurringCalls
    hiding: HidingCalls
    pages: PageCalls
    contact_tests: ContactTestCalls
    incidents: IncidentCalls
    presence: PresenceCalls
    chat: ChatCalls
    pins: PinCalls
    audits: AuditCalls
    life: LifeCalls
    review_windows: ReviewWindowCalls
    own_notes: OwnNotesCalls
    meetings: MeetingCalls
    roles: RoleCalls
    impact: ImpactCalls
    attempts: AttemptCalls
    attachments: AttachmentCalls
    severity: SeverityCalls
    checklists: ChecklistCalls
    rehearsals: RehearsalCalls
    process: ProcessCalls
    insights: InsightCalls
    review: ReviewCalls
    retro: RetroCalls
    letters: LetterCalls
    operations: OperationCalls
    reports: ReportCalls
    customers: CustomerCalls
    broadcasts: BroadcastCalls
    subscribers: SubscriberCalls
    triage: TriageCalls
    roster: RosterCalls
    duty: DutyCalls
    modes: ModeCalls
    interruptions: InterruptionCalls
    protection: ProtectionCalls
    handovers: HandoverCalls
    mode_plans: ModePlanCalls
    requests: RequestCalls
    rests: RestCalls
    feeds: FeedCalls
    policies: PolicyCalls
    routes: RouteCalls
    replays: ReplayCalls
    drills: DrillCalls
    drafts: DraftCalls
    events: EventCalls
    idempotency: IdempotencyCalls
    daemon: DaemonCalls
