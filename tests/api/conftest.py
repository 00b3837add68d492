"""An in-memory daemon behind the real API server, on a real Unix socket."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from incidentd import unixsocket, wire
from incidentd.api.identity import Role, RolePolicy
from incidentd.api.server import ApiServer, Limits, start_api
from incidentd.client import Client
from incidentd.domain.classification import fitting
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.severity import Severity
from incidentd.services.classification_views import classified, shown
from incidentd.services.contracts import AlertQuery, Calls
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.incident_contracts import Place
from incidentd.services.operation_contracts import OperationCalls
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import attachments as wire_attachments
from incidentd.wire import audit as wire_audit
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import chat as wire_chat
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import checks as wire_checks
from incidentd.wire import drafts as wire_drafts
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import facts as wire_facts
from incidentd.wire import groups as wire_groups
from incidentd.wire import handover as wire_handover
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import pins as wire_pins
from incidentd.wire import policies as wire_policies
from incidentd.wire import presence as wire_presence
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import rehearsals as wire_rehearsals
from incidentd.wire import replay as wire_replay
from incidentd.wire import reports as wire_reports
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_window as wire_review
from incidentd.wire import roles as wire_roles
from incidentd.wire import routes as wire_routes
from incidentd.wire import severity as wire_severity
from incidentd.wire import silences as wire_silences
from incidentd.wire import subscribers as wire_subscribers
from incidentd.wire import triage as wire_triage
from incidentd.wire import updates as wire_updates
from incidentd.wire import views as wire_views
from incidentd.wire.export import FORMAT, IncidentExport
from incidentd.wire.measures import Measures


@cache
def _load(name: str) -> Any:
    """A module beside this file; there are no packages of tests."""
    spec = importlib.util.spec_from_file_location(f"api_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


def an_alert(alert_id: int = 1, **changes: Any) -> wire.Alert:
    alert = wire.Alert(
        id=alert_id,
        source="prometheus",
        key=f"key-{alert_id}",
        status="firing",
        name="DiskFull",
        summary="Disk / is full",
        severity="critical",
        labels={"alertname": "DiskFull", "host": "db1"},
        annotations={},
        starts_at=NOW,
        ends_at=None,
        first_seen=NOW,
        last_seen=NOW,
        resolved_at=None,
        count=1,
        generator_url="",
        service="database",
        group_id=None,
        page_id=1,
        page_state="open",
        acknowledged_by="",
        incident_ids=(),
        flapping=False,
        version=1,
    )
    return msgspec.structs.replace(alert, **changes)


def a_check(name: str = "backup", **changes: Any) -> wire_checks.Check:
    check = wire_checks.Check(
        source="heartbeat",
        name=name,
        kind="heartbeat",
        status="up",
        expects="every 1d, grace 1h",
        detail="",
        service="shop",
        severity="critical",
        description="",
        since=NOW,
        last_at=NOW,
        last_duration=35.0,
        next_at=NOW,
        down_at=NOW,
        certificate_until=None,
        alert_id=None,
        paused=None,
        recent=(wire_checks.CheckResult(at=NOW, outcome="success", good=True, duration=35.0, detail=""),),
    )
    return msgspec.structs.replace(check, **changes)


def a_silence(silence_id: str = "5ace5ace-0000-4000-8000-000000000001", **changes: Any) -> wire_silences.Silence:
    silence = wire_silences.Silence(
        id=silence_id,
        name=f"S-{silence_id[:8]}",
        status="active",
        matchers=('host="db1"',),
        starts_at=NOW,
        ends_at=NOW.replace(hour=11),
        created_by="ana",
        comment="disks are being replaced",
        annotations={},
        updated_at=NOW,
    )
    return msgspec.structs.replace(silence, **changes)


def a_page(page_id: int = 1, **changes: Any) -> wire.Page:
    page = wire.Page(
        id=page_id,
        title="DiskFull",
        service="database",
        policy="default",
        urgency="high",
        state="open",
        step=1,
        round=1,
        group_id=None,
        incident_id=None,
        started_at=NOW,
        next_step_at=None,
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_via="",
        resolved_at=None,
        notified=("ana",),
        alert_ids=(1,),
        mine=False,
        version=1,
    )
    return msgspec.structs.replace(page, **changes)


def an_incident(incident_id: int = 1, **changes: Any) -> wire.Incident:
    incident = wire.Incident(
        id=incident_id,
        title="Checkout fails",
        summary="",
        status="active",
        severity=Severity.SEV3,
        episode=1,
        service="checkout",
        many_stakeholders=False,
        declared_at=NOW,
        declared_by="ana",
        started_at=NOW,
        mitigated_at=None,
        resolved_at=None,
        closed_at=None,
        merged_into=None,
        next_update_at=None,
        alert_ids=(),
        page_ids=(),
        roles=(),
        violations=(),
        allowed=("mitigated",),
        review_opens_at=None,
        review_due_at=None,
        process_version="v1",
        version=1,
    )
    return msgspec.structs.replace(incident, **changes)


def a_window(window_id: int = 1, **changes: Any) -> wire_quieting.Maintenance:
    window = wire_quieting.Maintenance(
        id=window_id,
        name=f"M-{window_id}",
        status="active",
        services=("shop",),
        text="new database",
        spared=(),
        below="",
        starts_at=NOW,
        ends_at=NOW,
        created_by="ana",
        created_at=NOW,
        updated_at=NOW,
        rule=None,
        continues=None,
        ended_by="",
        version=1,
    )
    return msgspec.structs.replace(window, **changes)


def a_rule(rule_id: int = 1, **changes: Any) -> wire_quieting.Recurring:
    rule = wire_quieting.Recurring(
        id=rule_id,
        name=f"R-{rule_id}",
        kind="silence",
        status="active",
        rule="FREQ=DAILY 11:00-12:00 UTC",
        rrule="FREQ=DAILY",
        zone="UTC",
        coming=(wire_quieting.Occurrence(starts_at=NOW, ends_at=NOW),),
        matchers=('host="db1"',),
        services=(),
        spared=(),
        below="",
        text="backup",
        created_by="ana",
        owner_known=True,
        created_at=NOW,
        updated_at=NOW,
        last_hid_at=None,
        ended_at=None,
        ended_by="",
        version=1,
    )
    return msgspec.structs.replace(rule, **changes)


class FakeDaemon:
    """What the services would be: a few objects in memory. `asked` records every call as (name, arguments)."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.alerts: dict[int, wire.Alert] = {1: an_alert(1), 2: an_alert(2, page_id=None, page_state="")}
        self.silences: dict[str, wire_silences.Silence] = {a_silence().id: a_silence()}
        self.checks: dict[str, wire_checks.Check] = {a_check().name: a_check()}
        self.pages: dict[int, wire.Page] = {1: a_page(1)}
        self.incidents: dict[int, wire.Incident] = {1: an_incident(1)}
        self.drafts: dict[tuple[str, str], str] = {}
        self.remembered: dict[tuple[str, str], tuple[str, int, bytes]] = {}
        self.log: list[wire.Event] = []
        self.delay = 0.0
        self.failure: Exception | None = None
        self.api_version = wire.API_VERSION
        self.draining = False
        self.readers = 0

    @property
    def calls(self) -> Calls:
        return Calls(
            alerts=_Alerts(self),
            details=_Details(self),
            bulk=_Bulk(self),
            groups=_Groups(self),
            views=_Views(self),
            silences=_Silences(self),
            checks=_Checks(self),
            maintenance=_Maintenance(self),
            recurring=_Recurring(self),
            hiding=_Hiding(self),
            pages=_Pages(self),
            contact_tests=_ContactTests(self),
            incidents=_Incidents(self),
            audits=_Audits(self),
            life=_Life(self),
            review_windows=_ReviewWindows(self),
            own_notes=_OwnNotes(self),
            meetings=_Meetings(self),
            presence=_Presences(self),
            chat=_Chat(self),
            pins=_Pins(self),
            roles=_Roles(self),
            impact=_Impact(self),
            subscribers=_Subscribers(self),
            attempts=_Attempts(self),
            attachments=_Attachments(self),
            rehearsals=_Rehearsals(self),
            process=_load("fake_process").Process(self),
            retro=_load("fake_retros").retro_calls(self),
            review=_load("fake_reviews").review_calls(
                self,
                **_load("fake_review_records").record_calls(self),
                actions=_load("fake_review_actions").Actions(self),
                exports=_load("fake_review_actions").Exports(self),
                similar=_load("fake_review_actions").Similar(self),
                library=_load("fake_library").library_calls(self),
                wording=_load("fake_wording").Wording(self),
                **_load("fake_review_documents").document_calls(self),
            ),
            insights=_load("fake_insights").insight_calls(self, _load("fake_process").Comparisons(self)),
            letters=_load("fake_letters").Letters(),
            operations=OperationCalls(
                nodes=_load("fake_nodes").Nodes(),
                store=_load("fake_store").Store(),
                keys=_load("fake_keys").Keys(self),
                **_load("fake_retention").retention_calls(),
                backups=_load("fake_backups").Backups(),
            ),
            severity=_Severity(self),
            checklists=_Checklists(self),
            reports=_Reports(self),
            triage=_Triage(self),
            customers=_Customers(self),
            broadcasts=_Broadcasts(self),
            roster=_Roster(),
            duty=_Duty(self),
            modes=_Modes(self),
            handovers=_Handovers(self),
            mode_plans=_ModePlans(self),
            requests=_Requests(self),
            rests=_Rests(self),
            interruptions=_Interruptions(self),
            protection=_Protection(self),
            feeds=_Feeds(self),
            policies=_Policies(self),
            routes=_Routes(self),
            replays=_Replays(),
            drills=_Drills(self),
            drafts=_Drafts(self),
            events=_Events(self),
            idempotency=_Remembered(self),
            daemon=_Itself(self),
        )

    async def note(self, *call: Any) -> None:
        self.asked.append(call)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.failure is not None:
            raise self.failure

    def happen(self, kind: str = "note", data: dict[str, object] | None = None) -> wire.Event:
        seq = len(self.log) + 1
        event = wire.Event(seq=seq, at=NOW, actor="ana", kind=kind, subject=f"incident:{seq}", data=data or {"n": seq})
        self.log.append(event)
        return event


def _one(rows: dict[int, Any], row_id: int, what: str) -> Any:
    if row_id not in rows:
        raise NotFound(f"there is no {what} {row_id}", field="id")
    return rows[row_id]


def _changed(rows: dict[int, Any], row_id: int, what: str, if_version: int | None, **changes: Any) -> Any:
    row = _one(rows, row_id, what)
    if if_version is not None and row.version != if_version:
        raise Conflict(f"{what} {row_id} has changed", current=row, field="If-Match", remedy="look again")
    rows[row_id] = msgspec.structs.replace(row, version=row.version + 1, **changes)
    return rows[row_id]


class _Part:
    def __init__(self, fake: FakeDaemon) -> None:
        self.fake = fake


class _Alerts(_Part):
    async def list(self, query: AlertQuery) -> wire.AlertPage:
        await self.fake.note("alerts.list", query)
        if query.cursor not in ("", "2"):
            raise Invalid("this cursor is not ours", field="cursor")
        return wire.AlertPage(alerts=tuple(self.fake.alerts.values()), next_cursor="", total=len(self.fake.alerts))

    async def get(self, alert_id: int) -> wire.Alert:
        return _one(self.fake.alerts, alert_id, "alert")

    async def trace(self, alert_id: int) -> wire.Trace:
        step = wire.TraceStep(seq=1, at=NOW, kind="routed", text="routed to database", data={})
        return wire.Trace(alert=_one(self.fake.alerts, alert_id, "alert"), verdict="ana was paged", steps=(step,))

    async def raise_alert(self, body: wire.RaiseAlert, actor: str) -> wire.Raised:
        await self.fake.note("alerts.raise", body, actor)
        return wire.Raised(key=f"manual-{body.name}")

    async def acknowledge(self, alert_id: int, actor: str, note: str, until=None) -> wire.Page:
        alert = _one(self.fake.alerts, alert_id, "alert")
        await self.fake.note("alerts.acknowledge", alert_id, actor, note, until)
        if alert.page_id is None:
            raise Conflict("no page is open for this alert", current=alert)
        return _changed(self.fake.pages, alert.page_id, "page", None, state="acknowledged", acknowledged_by=actor)

    async def resolve(self, alert_id: int, actor: str, if_version: int | None) -> wire.Alert:
        await self.fake.note("alerts.resolve", alert_id, actor, if_version)
        return _changed(self.fake.alerts, alert_id, "alert", if_version, status="resolved", resolved_at=NOW)


def a_group(group_id: int = 1) -> wire_groups.Group:
    return wire_groups.Group(
        id=group_id,
        route="root",
        service="database",
        labels={"host": "db1"},
        opened_at=NOW,
        notified_at=NOW,
        closed_at=None,
        severities={"critical": 2},
        firing=2,
        total=3,
        page_id=1,
        page_state="open",
        acknowledged_by="",
    )


class _Details(_Part):
    async def detail(self, alert_id: int, viewer: str) -> wire_groups.AlertDetail:
        await self.fake.note("details.detail", alert_id, viewer)
        alert = _one(self.fake.alerts, alert_id, "alert")
        return wire_groups.AlertDetail(
            trace=wire.Trace(alert=alert, verdict="ana was paged", steps=()),
            group=a_group(),
            pages=(self.fake.pages[1],),
            messages=(),
            incidents=(),
            episodes=(),
        )


class _Bulk(_Part):
    async def alerts(self, body: wire_bulk.BulkAlerts, actor: str) -> wire_bulk.BulkOutcome:
        await self.fake.note("bulk.alerts", body, actor)
        items = tuple(wire_bulk.BulkItem(alert_id=one, outcome="done", detail="") for one in body.alert_ids)
        return wire_bulk.BulkOutcome(items=items, alerts=(), pages=(), incident=None)


class _Groups(_Part):
    async def list(self, service: str, limit: int, cursor: str) -> wire_groups.GroupPage:
        await self.fake.note("groups.list", service, limit, cursor)
        return wire_groups.GroupPage(groups=(a_group(),), next_cursor="", total=1)

    async def members(self, group_id: int, limit: int, cursor: str) -> wire_groups.GroupMembers:
        await self.fake.note("groups.members", group_id, limit, cursor)
        return wire_groups.GroupMembers(
            group=a_group(group_id), alerts=tuple(self.fake.alerts.values()), next_cursor=""
        )


class _Views(_Part):
    async def list(self, person: str) -> wire_views.Views:
        await self.fake.note("views.list", person)
        return wire_views.Views(views=(), opens="", pinned=False)

    async def save(self, body: wire_views.SaveView, person: str) -> wire_views.View:
        await self.fake.note("views.save", body, person)
        return wire_views.View(
            id=1, name=body.name, base=body.base, query=body.query, shared=body.shared, saved_by=person, saved_at=NOW
        )

    async def delete(self, view_id: int, person: str) -> wire_views.Views:
        await self.fake.note("views.delete", view_id, person)
        return wire_views.Views(views=(), opens="", pinned=False)

    async def open_with(self, body: wire_views.OpenWith, person: str) -> wire_views.Views:
        await self.fake.note("views.open_with", body, person)
        return wire_views.Views(views=(), opens=body.opens, pinned=body.pinned)


SPAN: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW, "reason": "", "by": "ana", "at": NOW, "version": 1}


class _Feeds(_Part):
    async def url(self, kind: str, name: str) -> wire_duty.FeedUrl:
        await self.fake.note("feeds.url", kind, name)
        return wire_duty.FeedUrl(kind=kind, name=name, url="https://x/calendar/a")

    async def revoke(self, kind: str, name: str, actor: str) -> wire_duty.FeedUrl:
        await self.fake.note("feeds.revoke", kind, name, actor)
        return wire_duty.FeedUrl(kind=kind, name=name, url="https://x/calendar/b")


class _Duty(_Part):
    async def schedules(self, name: str, start: datetime | None, end: datetime | None) -> wire_duty.Schedules:
        await self.fake.note("duty.schedules", name, start, end)
        return wire_duty.Schedules(starts_at=NOW, ends_at=NOW, schedules=(), overrides=(), swaps=(), absences=())

    async def preview(self, body: wire_duty.PreviewDuty, actor: str) -> wire_duty.DutyPreview:
        await self.fake.note("duty.preview", body, actor)
        return wire_duty.DutyPreview(starts_at=NOW, ends_at=NOW, before=(), after=(), warnings=(), mended=())

    async def set_override(self, body: wire_duty.SetOverride, actor: str) -> wire_duty.Override:
        await self.fake.note("duty.set_override", body, actor)
        return wire_duty.Override(id=1, schedule=body.schedule, person=body.person, cancelled=False, **SPAN)

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, actor: str, if_version: int | None
    ) -> wire_duty.Override:
        await self.fake.note("duty.edit_override", override_id, body, actor, if_version)
        return wire_duty.Override(id=override_id, schedule="s", person="ana", cancelled=False, **SPAN)

    async def end_override(self, override_id: int, actor: str, if_version: int | None) -> wire_duty.Override:
        await self.fake.note("duty.end_override", override_id, actor, if_version)
        return wire_duty.Override(id=override_id, schedule="s", person="ana", cancelled=True, **SPAN)

    async def propose_swap(self, body: wire_duty.ProposeSwap, actor: str) -> wire_duty.Swap:
        await self.fake.note("duty.propose_swap", body, actor)
        return self._swap("proposed")

    async def settle_swap(self, swap_id: int, to: str, actor: str, if_version: int | None) -> wire_duty.Swap:
        await self.fake.note("duty.settle_swap", swap_id, to, actor, if_version)
        return self._swap(to)

    def _swap(self, state: str) -> wire_duty.Swap:
        others: dict[str, Any] = {"other": "ben", "other_starts_at": NOW, "other_ends_at": NOW}
        return wire_duty.Swap(id=1, schedule="s", person="ana", state=state, **others, **SPAN)

    async def set_absence(self, body: wire_duty.SetAbsence, actor: str) -> wire_duty.Absence:
        await self.fake.note("duty.set_absence", body, actor)
        return wire_duty.Absence(id=1, person=actor, stand_in=body.stand_in, cancelled=False, **SPAN)

    async def end_absence(self, absence_id: int, actor: str, if_version: int | None) -> wire_duty.Absence:
        await self.fake.note("duty.end_absence", absence_id, actor, if_version)
        return wire_duty.Absence(id=absence_id, person=actor, stand_in="", cancelled=True, **SPAN)


class _Modes(_Part):
    async def list(self, team: str, start: datetime | None, end: datetime | None) -> wire_modes.Modes:
        await self.fake.note("modes.list", team, start, end)
        return wire_modes.Modes(at=NOW, starts_at=NOW, ends_at=NOW, people=(), teams=(), blocks=(), warnings=())

    async def set(self, body: wire_modes.SetMode, actor: str) -> wire_modes.ModeBlock:
        await self.fake.note("modes.set", body, actor)
        return self._block(1)

    async def change(
        self, block_id: int, body: wire_modes.ChangeMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeBlock:
        await self.fake.note("modes.change", block_id, body, actor, if_version)
        return self._block(block_id)

    async def split(
        self, block_id: int, body: wire_modes.SplitMode, actor: str, if_version: int | None
    ) -> wire_modes.ModeSplit:
        await self.fake.note("modes.split", block_id, body, actor, if_version)
        return wire_modes.ModeSplit(first=self._block(block_id), rest=None)

    async def end(self, block_id: int, reason: str, actor: str, if_version: int | None) -> wire_modes.ModeBlock:
        await self.fake.note("modes.end", block_id, reason, actor, if_version)
        return self._block(block_id)

    def _block(self, block_id: int) -> wire_modes.ModeBlock:
        return wire_modes.ModeBlock(id=block_id, person="ana", mode="support", cancelled=False, **SPAN)


class _Rests(_Part):
    async def list(self, state: str, person: str) -> wire_rest.RestList:
        await self.fake.note("rests.list", state, person)
        return wire_rest.RestList(rests=(self._one(1),))

    async def answer(self, rest_id: int, body: wire_rest.AnswerRest, actor: str) -> wire_rest.Rest:
        await self.fake.note("rests.answer", rest_id, body, actor)
        return self._one(rest_id)

    def _one(self, rest_id: int) -> wire_rest.Rest:
        return wire_rest.Rest(
            id=rest_id, person="ana", why="sleep", first_at=NOW, last_at=NOW, count=1, start_at=NOW, schedule="s",
            block_ends_at=NOW, next_starts_at=None, next_ends_at=None, state="offered", late=False, relief="", skip="",
            text="ana was paged", at=NOW, version=1,
        )  # fmt: skip


REPORT: dict[str, Any] = {
    "id": 1, "reference": "R-1", "state": "new", "customer_id": 1, "customer": "Bo", "kind": "end_user",
    "channel": "mail", "thread": "t", "recipient": "bo@example.org", "private": False, "subject": "It is slow",
    "service": "", "tags": {}, "priority": "", "impact": "", "urgency": "", "answers": {}, "incident_id": None,
    "alert_id": None, "duplicate_of": None, "ticket": "", "owner": "", "created_at": NOW, "asked_at": NOW,
    "answered_at": None, "first_response_due": NOW, "first_responded_at": None, "next_due": None,
    "followed_up_at": None, "closed_at": None, "unanswered": True, "late": False, "allowed": (), "version": 1,
}  # fmt: skip
A_REPORT = wire_reports.Report(**REPORT)
A_CUSTOMER = wire_reports.Customer(id=1, kind="end_user", name="Bo", notes="", addresses=(), created_at=NOW, version=1)


class _Subscribers(_Part):
    async def counts(self) -> wire_subscribers.SubscriberCounts:
        await self.fake.note("subscribers.counts")
        one = wire_subscribers.ChannelSubscribers(channel="status", confirmed=2, waiting=1)
        return wire_subscribers.SubscriberCounts(channels=(one,))

    async def export(self, channel: str) -> wire_subscribers.SubscriberList:
        await self.fake.note("subscribers.export", channel)
        return wire_subscribers.SubscriberList(subscribers=())

    async def remove(self, *call: Any) -> wire_subscribers.SubscribersRemoved:
        await self.fake.note("subscribers.remove", *call)
        return wire_subscribers.SubscribersRemoved(removed=1)


class _Impact(_Part):
    async def claim(self, incident_id: int, body: wire_facts.ClaimImpact, actor: str) -> wire_facts.ImpactClaim:
        await self.fake.note("impact.claim", incident_id, body, actor)
        return wire_facts.ImpactClaim(
            id=1,
            affected=body.affected or "",
            figure=body.figure or wire_facts.ImpactFigure(),
            starts_at=body.starts_at or NOW,
            ends_at=None,
            source=actor,
            evidence="",
            suspected=False,
            at=NOW,
            by=actor,
            replaces=None,
            replaced_by=None,
            state="stands",
            verdicts=(),
        )

    async def judge(
        self, incident_id: int, claim_id: int, body: wire_facts.JudgeClaim, actor: str
    ) -> wire_facts.ImpactClaim:
        claim = await self.claim(incident_id, wire_facts.ClaimImpact(affected="cards"), actor)
        await self.fake.note("impact.judge", incident_id, claim_id, body, actor)
        return msgspec.structs.replace(claim, id=claim_id, state=body.verdict)


class _Attachments(_Part):
    def _one(self, number: int, name: str = '../../.b\n"ü', size: int = 5) -> wire_attachments.IncidentAttachment:
        return wire_attachments.IncidentAttachment(
            id=number,
            name=name,
            media_type="text/html",
            size=size,
            sha256="ab" * 32,
            note="",
            source="",
            at=NOW,
            by="ana",
            same_as=(),
        )

    async def list(self, incident_id: int) -> wire_attachments.AttachmentList:
        return wire_attachments.AttachmentList(attachments=(self._one(1),))

    async def get(self, incident_id: int, attachment_id: int) -> wire_attachments.IncidentAttachmentContent:
        return wire_attachments.IncidentAttachmentContent(attachment=self._one(attachment_id), data=b"<b>\x00")

    async def attach(
        self, incident_id: int, body: wire_attachments.AttachFile, actor: str
    ) -> wire_attachments.IncidentAttachment:
        await self.fake.note("attachments.attach", incident_id, body, actor)
        return self._one(2, body.name, len(body.data))


class _Attempts(_Part):
    async def resembling(self, incident_id: int) -> wire_facts.ResemblingIncidents:
        await self.fake.note("attempts.resembling", incident_id)
        return wire_facts.ResemblingIncidents(incidents=())

    async def theorise(self, incident_id: int, body: wire_facts.Theorise, actor: str) -> wire_facts.Theory:
        await self.fake.note("attempts.theorise", incident_id, body, actor)
        return wire_facts.Theory(id=1, text=body.text, at=NOW, by=actor, state="open", verdicts=())

    async def judge(
        self, incident_id: int, theory_id: int, body: wire_facts.JudgeTheory, actor: str
    ) -> wire_facts.Theory:
        await self.fake.note("attempts.judge", incident_id, theory_id, body, actor)
        return wire_facts.Theory(id=theory_id, text="x", at=NOW, by=actor, state="open", verdicts=())

    async def attempt(self, incident_id: int, body: wire_facts.Try, actor: str) -> wire_facts.Attempt:
        await self.fake.note("attempts.attempt", incident_id, body, actor)
        return wire_facts.Attempt(
            id=1,
            text=body.text,
            person=actor,
            theory_id=body.theory_id,
            started_at=NOW,
            at=NOW,
            by=actor,
            outcome="",
            verdicts=(),
        )

    async def tell_outcome(
        self, incident_id: int, attempt_id: int, body: wire_facts.TellOutcome, actor: str
    ) -> wire_facts.Attempt:
        await self.fake.note("attempts.tell_outcome", incident_id, attempt_id, body, actor)
        tried = await self.attempt(incident_id, wire_facts.Try(text="rollback"), actor)
        return msgspec.structs.replace(tried, id=attempt_id, outcome=body.outcome)


class _Reports(_Part):
    async def list(self, query: ReportQuery) -> wire_reports.ReportPage:
        await self.fake.note("reports.list", query)
        return wire_reports.ReportPage(
            reports=(wire_reports.ListedReport(**REPORT, nudged=True),), next_cursor="", total=1
        )

    async def get(self, report_id: int) -> wire_reports.ReportDetail:
        await self.fake.note("reports.get", report_id)
        return wire_reports.ReportDetail(report=A_REPORT, customer=A_CUSTOMER, messages=(), duplicates=(), history=())

    async def attachment(self, report_id: int, attachment_id: int) -> wire_reports.AttachmentContent:
        await self.fake.note("reports.attachment", report_id, attachment_id)
        known = wire_reports.Attachment(id=attachment_id, name="a", media_type="text/plain", size=2)
        return wire_reports.AttachmentContent(attachment=known, data=b"hi")

    async def _did(self, what: str, *call: Any) -> wire_reports.Report:
        await self.fake.note(f"reports.{what}", *call)
        return A_REPORT

    async def create(self, *call: Any) -> wire_reports.Report:
        return await self._did("create", *call)

    async def add_message(self, *call: Any) -> wire_reports.Report:
        return await self._did("add_message", *call)

    async def acknowledge(self, *call: Any) -> wire_reports.Report:
        return await self._did("acknowledge", *call)

    async def reply(self, *call: Any) -> wire_reports.Report:
        return await self._did("reply", *call)

    async def note(self, *call: Any) -> wire_reports.Report:
        return await self._did("note", *call)

    async def merge(self, *call: Any) -> wire_reports.Report:
        return await self._did("merge", *call)

    async def split(self, *call: Any) -> wire_reports.Report:
        return await self._did("split", *call)

    async def change_state(self, *call: Any) -> wire_reports.Report:
        return await self._did("change_state", *call)

    async def edit(self, *call: Any) -> wire_reports.Report:
        return await self._did("edit", *call)


A_WHITHER = wire_triage.Whither(
    rule="", why="no rule fits", passed=(), target="policy default", people=("ana",), on_project_work=(), urgency="low",
    audiences=(),
)  # fmt: skip
A_CARD = wire_triage.Triage(
    report=A_REPORT, rows=(), completeness=35, next=wire_triage.ReplyDraft(name="who", text="Whom?", missing=()),
    waiting_for=(), replies=(), whither=A_WHITHER, pages=(), nudge=None, version=1,
)  # fmt: skip


class _Triage(_Part):
    async def get(self, report_id: int) -> wire_triage.Triage:
        await self.fake.note("triage.get", report_id)
        return A_CARD

    async def similar(self, report_id: int) -> wire_triage.Similar:
        await self.fake.note("triage.similar", report_id)
        alike = wire_triage.SimilarReport(report=A_REPORT, relation="cluster", score=40, reasons=("same service (a)",))
        return wire_triage.Similar(similar=(alike,), nudge=wire_triage.Nudge(report_ids=(1, 2), why="2 reports"))

    async def _did(self, what: str, *call: Any) -> wire_triage.Triage:
        await self.fake.note(f"triage.{what}", *call)
        return A_CARD

    async def answer(self, *call: Any) -> wire_triage.Triage:
        return await self._did("answer", *call)

    async def ask(self, *call: Any) -> wire_triage.Triage:
        return await self._did("ask", *call)

    async def send_canned(self, *call: Any) -> wire_triage.Triage:
        return await self._did("send_canned", *call)

    async def set_priority(self, *call: Any) -> wire_triage.Triage:
        return await self._did("set_priority", *call)

    async def propagate(self, *call: Any) -> wire_triage.Triage:
        return await self._did("propagate", *call)


class _Broadcasts(_Part):
    async def declare(self, *call: Any) -> wire.Incident:
        await self.fake.note("broadcasts.declare", *call)
        return an_incident()

    async def preview(self, *call: Any) -> wire_reports.BroadcastPreview:
        await self.fake.note("broadcasts.preview", *call)
        return wire_reports.BroadcastPreview(to=())

    async def learned(self, *call: Any) -> wire_reports.BroadcastPreview:
        await self.fake.note("broadcasts.learned", *call)
        return wire_reports.BroadcastPreview(to=())


class _Customers(_Part):
    async def list(self, text: str, limit: int, cursor: str) -> wire_reports.CustomerPage:
        await self.fake.note("customers.list", text, limit, cursor)
        return wire_reports.CustomerPage(customers=(A_CUSTOMER,), next_cursor="")

    async def get(self, customer_id: int) -> wire_reports.Customer:
        await self.fake.note("customers.get", customer_id)
        return A_CUSTOMER

    async def edit(self, *call: Any) -> wire_reports.Customer:
        await self.fake.note("customers.edit", *call)
        return A_CUSTOMER


class _Requests(_Part):
    async def list(self, state: str, person: str) -> wire_requests.ShiftRequestList:
        await self.fake.note("requests.list", state, person)
        return wire_requests.ShiftRequestList(requests=(self._one("open"),))

    async def get(self, request_id: int) -> wire_requests.ShiftRequest:
        return self._one("open")

    async def ask(self, body: wire_requests.AskForShift, actor: str) -> wire_requests.ShiftRequest:
        await self.fake.note("requests.ask", body, actor)
        return self._one("open")

    async def answer(self, request_id: int, body: wire_requests.AnswerRequest, actor: str, if_version: int | None):
        await self.fake.note("requests.answer", request_id, body, actor, if_version)
        return self._one(body.to)

    def _one(self, state: str) -> wire_requests.ShiftRequest:
        ben = wire_requests.AskedPerson(person="ben", declined=False, returns_from=None, returns_until=None)
        return wire_requests.ShiftRequest(
            id=1, name="Q-1", schedule="s", person="ana", wants="take", asked=(ben,), expires_at=NOW, state=state,
            taken_by="", taken_via="", result="", **SPAN,
        )  # fmt: skip


class _Handovers(_Part):
    async def list(self, state: str, schedule: str, person: str) -> wire_handover.HandoverList:
        await self.fake.note("handovers.list", state, schedule, person)
        return wire_handover.HandoverList(handovers=(self._one(1, "running"),))

    async def get(self, handover_id: int) -> wire_handover.Handover:
        return self._one(handover_id, "running")

    async def edit(self, handover_id: int, surprises: str, actor: str, if_version: int | None):
        await self.fake.note("handovers.edit", handover_id, surprises, actor, if_version)
        return self._one(handover_id, "draft")

    async def send(self, handover_id: int, surprises: str | None, actor: str, if_version: int | None):
        await self.fake.note("handovers.send", handover_id, surprises, actor, if_version)
        return self._one(handover_id, "sent")

    async def accept(self, handover_id: int, actor: str, if_version: int | None):
        await self.fake.note("handovers.accept", handover_id, actor, if_version)
        return self._one(handover_id, "accepted")

    def _one(self, handover_id: int, state: str) -> wire_handover.Handover:
        return wire_handover.Handover(
            id=handover_id, name=f"H-{handover_id}", schedule="s", person="ana", starts_at=NOW, ends_at=NOW,
            next_person="ben", next_starts_at=NOW, form="full", state=state, surprises="", sections=(), finished_by="",
            sent_at=None, accepted_by="", accepted_at=None, accepted_via="", version=1,
        )  # fmt: skip


class _Interruptions(_Part):
    async def list(self, team: str, days: int) -> wire_protection.Interruptions:
        await self.fake.note("interruptions.list", team, days)
        return wire_protection.Interruptions(starts_at=NOW, interruptions=(self._one("chat"),))

    async def record(self, body: wire_protection.RecordInterruption, actor: str) -> wire_protection.Interruption:
        await self.fake.note("interruptions.record", body, actor)
        return self._one(body.source)

    async def withdraw(self, interruption_id: int, note: str, actor: str) -> wire_protection.Interruption:
        await self.fake.note("interruptions.withdraw", interruption_id, note, actor)
        return msgspec.structs.replace(self._one("chat"), withdrawn=True)

    def _one(self, source: str) -> wire_protection.Interruption:
        return wire_protection.Interruption(
            id=1, person="ana", at=NOW, source=source, reason="knowledge", subject="", service="", note="", by="ana",
            withdrawn=False,
        )  # fmt: skip


class _Protection(_Part):
    async def measure(self, team: str, weeks: int) -> wire_protection.Protection:
        await self.fake.note("protection.measure", team, weeks)
        week = wire_protection.ProtectedWeek(
            day=NOW.date(), starts_at=NOW, ends_at=NOW, project_days=0, leaks=0, leak_free=None, work=0, absorbed=0,
            absorption=None, interruptions=0, reasons={}, hours=0, off_hours=0, sleep_hours=0,
        )  # fmt: skip
        return wire_protection.Protection(
            team=team, at=NOW, starts_at=NOW, weeks=(week,), whole=week, islands=(), definitions={}
        )


class _ModePlans(_Part):
    async def preview(self, team: str, start: datetime | None, weeks: int, replace: bool) -> wire_modes.ModePlan:
        await self.fake.note("mode_plans.preview", team, start, weeks, replace)
        return self._plan(team, applied=False)

    async def apply(self, team: str, body: wire_modes.ApplyModePlan, actor: str) -> wire_modes.ModePlan:
        await self.fake.note("mode_plans.apply", team, body, actor)
        return self._plan(team, applied=True)

    def _plan(self, team: str, *, applied: bool) -> wire_modes.ModePlan:
        return wire_modes.ModePlan(
            team=team, starts_at=NOW, ends_at=NOW, wanted=1, weeks=(), choices=(), shares=(), blocks=(), short=(),
            plan="abc", applied=applied,
        )  # fmt: skip


class _Silences(_Part):
    async def list(self, state: str) -> wire_silences.SilenceList:
        await self.fake.note("silences.list", state)
        return wire_silences.SilenceList(silences=tuple(self.fake.silences.values()))

    async def get(self, silence_id: str) -> wire_silences.Silence:
        if silence_id not in self.fake.silences:
            raise NotFound("there is no such silence", field="id")
        return self.fake.silences[silence_id]

    async def set(self, body: wire_silences.SetSilence, actor: str) -> wire_silences.Silence:
        await self.fake.note("silences.set", body, actor)
        silence = a_silence(
            body.id or "5ace5ace-0000-4000-8000-000000000002",
            matchers=body.matchers,
            ends_at=body.ends_at,
            created_by=actor,
            comment=body.comment,
        )
        self.fake.silences[silence.id] = silence
        return silence

    async def expire(self, silence_id: str, actor: str) -> wire_silences.Silence:
        silence = await self.get(silence_id)
        await self.fake.note("silences.expire", silence_id, actor)
        if silence.status == "expired":
            raise Conflict("it has ended already", current=silence)
        self.fake.silences[silence_id] = msgspec.structs.replace(silence, status="expired")
        return self.fake.silences[silence_id]

    async def preview(self, body: wire_silences.PreviewSilence) -> wire_silences.SilencePreview:
        await self.fake.note("silences.preview", body)
        return wire_silences.SilencePreview(alerts=(self.fake.alerts[1],), total=1)


class _Checks(_Part):
    async def list(self, kind: str, status: str) -> wire_checks.CheckList:
        await self.fake.note("checks.list", kind, status)
        return wire_checks.CheckList(checks=tuple(self.fake.checks.values()))

    async def get(self, name: str) -> wire_checks.Check:
        if name not in self.fake.checks:
            raise NotFound("there is no such check", field="check")
        return self.fake.checks[name]

    async def url(self, name: str) -> wire_checks.CheckUrl:
        return wire_checks.CheckUrl(url=f"http://incidents.example/ping/{(await self.get(name)).name}")

    async def pause(self, name: str, note: str, actor: str) -> wire_checks.Check:
        check = await self.get(name)
        await self.fake.note("checks.pause", name, note, actor)
        if check.paused is not None:
            raise Conflict("it is paused already", current=check)
        pause = wire_checks.Pause(at=NOW, by=actor, note=note)
        self.fake.checks[name] = msgspec.structs.replace(check, status="paused", paused=pause)
        return self.fake.checks[name]

    async def resume(self, name: str, actor: str) -> wire_checks.Check:
        check = await self.get(name)
        await self.fake.note("checks.resume", name, actor)
        self.fake.checks[name] = msgspec.structs.replace(check, status="up", paused=None)
        return self.fake.checks[name]

    async def delete(self, name: str, actor: str) -> wire_checks.Check:
        check = await self.get(name)
        await self.fake.note("checks.delete", name, actor)
        del self.fake.checks[name]
        return check


class _Maintenance(_Part):
    async def list(self, state: str) -> wire_quieting.MaintenanceList:
        await self.fake.note("maintenance.list", state)
        return wire_quieting.MaintenanceList(windows=(a_window(),))

    async def get(self, window_id: int) -> wire_quieting.Maintenance:
        if window_id != 1:
            raise NotFound("there is no such maintenance", field="id")
        return a_window()

    async def plan(self, body: wire_quieting.PlanMaintenance, actor: str) -> wire_quieting.Maintenance:
        await self.fake.note("maintenance.plan", body, actor)
        return a_window(services=body.plan.services, text=body.plan.text, created_by=actor)

    async def end(self, window_id: int, actor: str) -> wire_quieting.Maintenance:
        await self.fake.note("maintenance.end", window_id, actor)
        return msgspec.structs.replace(await self.get(window_id), status="over", ended_by=actor)

    async def extend(
        self, window_id: int, body: wire_quieting.ExtendMaintenance, actor: str
    ) -> wire_quieting.Maintenance:
        await self.fake.note("maintenance.extend", window_id, body, actor)
        return await self.get(window_id)


class _Recurring(_Part):
    async def list(self) -> wire_quieting.RecurringList:
        return wire_quieting.RecurringList(rules=(a_rule(),))

    async def get(self, rule_id: int) -> wire_quieting.Recurring:
        if rule_id != 1:
            raise NotFound("there is no such rule", field="id")
        return a_rule()

    async def set(self, body: wire_quieting.SetRecurring, actor: str) -> wire_quieting.Recurring:
        await self.fake.note("recurring.set", body, actor)
        return a_rule(body.id or 2, created_by=actor)

    async def end(self, rule_id: int, actor: str) -> wire_quieting.Recurring:
        await self.fake.note("recurring.end", rule_id, actor)
        return msgspec.structs.replace(await self.get(rule_id), status="ended", ended_by=actor)


class _Hiding(_Part):
    async def preview(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview:
        await self.fake.note("hiding.preview", body)
        past = wire_quieting.PastHiding(alert_id=1, name="x", service="shop", severity="", since=NOW, until=None)
        return wire_quieting.HidingPreview(alerts=(self.fake.alerts[1],), total=1, past=(past,), past_total=1)


def a_drill(**changes: Any) -> wire_drills.Drill:
    drill = wire_drills.Drill(
        id=1, title="DRILL The disk fills", origin="scenario of 2025-01-01", state="running", why="", people=("ana",),
        steps=(wire_drills.DrillStep(after=0.0, kind="fire", text="Disk is full"),), position=0, review=False,
        started_at=NOW, started_by="ana", next_at=NOW, ended_at=None, alert_ids=(), page_ids=(), incident_ids=(),
        summary=None, version=1,
    )  # fmt: skip
    return msgspec.structs.replace(drill, **changes)


class _Drills(_Part):
    async def start(self, body: wire_drills.StartDrill, actor: str) -> wire_drills.Drill:
        await self.fake.note("drills.start", body, actor)
        return a_drill(people=body.people, started_by=actor)

    async def list(self) -> wire_drills.DrillList:
        return wire_drills.DrillList(drills=(a_drill(),))

    async def get(self, drill_id: int) -> wire_drills.Drill:
        if drill_id != 1:
            raise NotFound(f"there is no drill D-{drill_id}")
        return a_drill()

    async def stop(self, drill_id: int, actor: str) -> wire_drills.Drill:
        return msgspec.structs.replace(await self.get(drill_id), state="stopped", why=f"{actor} stopped it")

    async def resume(self, drill_id: int, actor: str) -> wire_drills.Drill:
        return await self.get(drill_id)


class _Replays:
    """Replay 1 is always there, and never ends by itself."""

    async def start(self, body: wire_replay.StartReplay) -> wire_replay.Replay:
        return wire_replay.Replay(id=1, state="running", progress=0.0, detail="", faults=(), report=None)

    async def get(self, replay_id: int) -> wire_replay.Replay:
        if replay_id != 1:
            raise NotFound("there is no such replay")
        return wire_replay.Replay(id=1, state="running", progress=0.5, detail="", faults=(), report=None)

    async def cancel(self, replay_id: int) -> wire_replay.Replay:
        return msgspec.structs.replace(await self.get(replay_id), state="cancelled")


class _Pages(_Part):
    async def list(self, state: str, mine_of: str | None, limit: int, cursor: str, viewer: str) -> wire.PagePage:
        await self.fake.note("pages.list", state, mine_of, limit, cursor, viewer)
        return wire.PagePage(pages=tuple(self.fake.pages.values()), next_cursor="", total=len(self.fake.pages))

    async def get(self, page_id: int, viewer: str) -> wire_pages.PageDetail:
        page = _one(self.fake.pages, page_id, "page")
        return wire_pages.PageDetail(page=msgspec.structs.replace(page, mine=viewer in page.notified), deliveries=())

    async def raise_page(self, body: wire.RaisePage, actor: str) -> wire.Page:
        await self.fake.note("pages.raise", body, actor)
        if bool(body.service) == bool(body.person):
            raise Invalid("name a service or a person", field="service", remedy="give exactly one of the two")
        page = a_page(len(self.fake.pages) + 1, title=body.title)
        self.fake.pages[page.id] = page
        return page

    async def acknowledge(
        self, page_id: int, actor: str, *, note: str = "", via: str = "api", until=None, if_version: int | None = None
    ) -> wire.Page:
        await self.fake.note("pages.acknowledge", page_id, actor, note, via, until, if_version)
        change = {"state": "acknowledged", "acknowledged_by": actor, "acknowledged_via": via}
        return _changed(self.fake.pages, page_id, "page", if_version, **change)

    async def hand_back(self, page_id: int, actor: str, note: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, state="open", acknowledged_by="")

    async def take_over(self, page_id: int, body: wire_pages.TakeOver, actor: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, acknowledged_by=actor)

    async def reassign(self, page_id: int, body: wire_pages.Reassign, actor: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, person=body.person)

    async def snooze(self, page_id: int, body: wire_pages.Snooze, actor: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, snoozed_until=body.until, snoozed_by=actor)

    async def resolve(self, page_id: int, actor: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, state="resolved")

    async def escalate(self, page_id: int, actor: str, if_version: int | None) -> wire.Page:
        return _changed(self.fake.pages, page_id, "page", if_version, step=2)

    async def test(self, notifier: str, actor: str) -> wire_pages.Delivery:
        await self.fake.note("pages.test", notifier, actor)
        if notifier != "phone":
            raise NotFound(f"there is no notifier {notifier}", field="instance")
        return wire_pages.Delivery(
            id=1,
            page_id=0,
            person=actor,
            notifier=notifier,
            address="x",
            kind="test",
            state="sent",
            attempt=1,
            due_at=NOW,
            sent_at=NOW,
            error="",
            idempotency_key="k",
            title="test",
        )


class _ContactTests(_Part):
    async def start(self, handle: str, actor: str) -> wire_pages.PersonTest:
        await self.fake.note("contact_tests.start", handle, actor)
        return wire_pages.PersonTest(person=handle, deliveries=(await _Pages(self.fake).test("phone", handle),))

    async def delivery(self, delivery_id: int) -> wire_pages.Delivery:
        await self.fake.note("contact_tests.delivery", delivery_id)
        if delivery_id != 1:
            raise NotFound(f"there is no delivery {delivery_id}")
        return await _Pages(self.fake).test("phone", "ana")


class _Presences(_Part):
    async def who(
        self, room_id: int, after: int = 0, wait: float = 0.0, of: Place = "incident"
    ) -> wire_presence.Presence:
        await self.fake.note("presence.who", room_id, after, wait, of)
        _one(self.fake.incidents, room_id, of)
        here = (wire_presence.Present(person="ana", state="viewing", what="", since=NOW),)
        return wire_presence.Presence(here=here, version=5)

    async def say(
        self, room_id: int, body: wire_presence.BePresent, actor: str, of: Place = "incident"
    ) -> wire_presence.Presence:
        await self.fake.note("presence.say", room_id, body, actor, of)
        return await self.who(room_id, of=of)


class _Chat(_Part):
    async def open(self, incident_id: int, actor: str) -> wire_chat.ChatRoom:
        await self.fake.note("chat.open", incident_id, actor)
        return self._room(incident_id, "opening", actor)

    async def archive(self, incident_id: int, actor: str) -> wire_chat.ChatRoom:
        await self.fake.note("chat.archive", incident_id, actor)
        return self._room(incident_id, "archiving", actor)

    def _room(self, incident_id: int, state: str, by: str) -> wire_chat.ChatRoom:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_chat.ChatRoom(
            id=1,
            incident_id=incident_id,
            channel="slack",
            name="inc-1",
            state=state,
            url="",
            error="",
            opened_by=by,
            opened_at=NOW,
        )


class _Pins(_Part):
    async def pin(self, incident_id: int, body: wire_pins.Pin, actor: str) -> wire.TimelineEntry:
        await self.fake.note("pins.pin", incident_id, body, actor)
        _one(self.fake.incidents, incident_id, "incident")
        return msgspec.structs.replace(_Incidents._entry("it began", "ana"), pinned=body.pinned)


def classified_by_default(answers: Mapping[str, str]) -> wire_severity.Classified:
    known, _ = fitting(DEFAULT_MATRIX, answers)  # what the schema allows is accepted: which answers there are is data
    return shown(DEFAULT_MATRIX, classified(DEFAULT_MATRIX, known), known)


class _Severity(_Part):
    async def matrix(self) -> wire_severity.SeverityMatrix:
        await self.fake.note("severity.matrix")
        return wire_severity.SeverityMatrix(process_version="v1", questions=(), rules=(), warnings=())

    async def classify(self, body: wire_severity.ClassifyAnswers) -> wire_severity.Classified:
        await self.fake.note("severity.classify", body)
        return classified_by_default(body.answers)

    async def replay(self, body: wire_severity.ReplayMatrix) -> wire_severity.MatrixReplay:
        await self.fake.note("severity.replay", body)
        return wire_severity.MatrixReplay(faults=())


class _Rehearsals(_Part):
    _ONE = wire_rehearsals.Rehearsal(
        id=1, title="Spring", started_by="ana", started_at=NOW, closed_at=None, cards=(), people=0, calls=0, mine=()
    )

    async def cards(self) -> wire_rehearsals.RehearsalCards:
        return wire_rehearsals.RehearsalCards(cards=())

    async def list(self, actor: str) -> wire_rehearsals.RehearsalList:
        return wire_rehearsals.RehearsalList(rehearsals=(self._ONE,))

    async def get(self, rehearsal_id: int, actor: str) -> wire_rehearsals.Rehearsal:
        return _one({1: self._ONE}, rehearsal_id, "rehearsal")

    async def start(self, body: wire_rehearsals.StartRehearsal, actor: str) -> wire_rehearsals.Rehearsal:
        await self.fake.note("rehearsals.start", body, actor)
        return self._ONE

    async def answer(
        self, rehearsal_id: int, body: wire_rehearsals.AnswerCard, actor: str
    ) -> wire_rehearsals.Rehearsal:
        await self.fake.note("rehearsals.answer", rehearsal_id, body, actor)
        return await self.get(rehearsal_id, actor)

    async def close(self, rehearsal_id: int, actor: str) -> wire_rehearsals.RehearsalOutcome:
        await self.fake.note("rehearsals.close", rehearsal_id, actor)
        return await self.outcome(rehearsal_id, actor)

    async def outcome(self, rehearsal_id: int, actor: str) -> wire_rehearsals.RehearsalOutcome:
        one = await self.get(rehearsal_id, actor)
        return wire_rehearsals.RehearsalOutcome(rehearsal=one, agreement=None, over=0, under=0, cards=(), questions=())


class _Incidents(_Part):
    def _change(
        self, name: str, incident_id: int, body: Any, actor: str, if_version: int | None, **changes: Any
    ) -> Any:
        self.fake.asked.append((name, incident_id, body, actor, if_version))
        return _changed(self.fake.incidents, incident_id, "incident", if_version, **changes)

    async def list(
        self, state: str, text: str, limit: int, cursor: str, review: str = "", process: str = ""
    ) -> wire.IncidentPage:
        await self.fake.note("incidents.list", state, text, limit, cursor)
        rows = tuple(self.fake.incidents.values())
        return wire.IncidentPage(incidents=rows, next_cursor="", total=len(rows))

    async def get(self, incident_id: int) -> wire_incidents.IncidentDetail:
        incident = _one(self.fake.incidents, incident_id, "incident")
        return wire_incidents.IncidentDetail(
            incident=incident, roles=(), updates=(), role_gap_minutes={"mitigation_lead": 2.5}
        )

    async def declare(self, body: wire_incidents.DeclareIncident, actor: str) -> wire.Incident:
        await self.fake.note("incidents.declare", body, actor)
        severity = body.severity or Severity.SEV3
        incident = an_incident(len(self.fake.incidents) + 1, title=body.title, severity=severity, declared_by=actor)
        self.fake.incidents[incident.id] = incident
        return incident

    async def edit(
        self, incident_id: int, body: wire_incidents.EditIncident, actor: str, if_version: int | None
    ) -> wire.Incident:
        changes = {} if body.title is None else {"title": body.title}
        return self._change("incidents.edit", incident_id, body, actor, if_version, **changes)

    async def change_status(
        self, incident_id: int, body: wire_incidents.ChangeStatus, actor: str, if_version: int | None
    ) -> wire.Incident:
        if body.to == "closed":
            raise Refused("the review is not done", field="to", remedy="publish the review first")
        return self._change("incidents.status", incident_id, body, actor, if_version, status=body.to)

    async def set_severity(
        self, incident_id: int, body: wire_incidents.SetSeverity, actor: str, if_version: int | None
    ) -> wire.Incident:
        return self._change("incidents.severity", incident_id, body, actor, if_version, severity=body.severity)

    async def classify(
        self, incident_id: int, body: wire_severity.ClassifyIncident, actor: str, if_version: int | None
    ) -> wire_severity.ClassifiedIncident:
        incident = self._change("incidents.classify", incident_id, body, actor, if_version)
        recorded = wire_severity.IncidentClassification(
            at=NOW, by=actor, level=incident.severity, rule="cosmetic", rule_text="cosmetic", answers=body.answers,
            overridden=False, reason="", process_version="v1", lost=(), now=classified_by_default({}),
        )  # fmt: skip
        return wire_severity.ClassifiedIncident(incident=incident, classification=recorded)

    async def assign_role(
        self, incident_id: int, body: wire_incidents.AssignRole, actor: str, if_version: int | None
    ) -> wire.Incident:
        return self._change("incidents.role", incident_id, body, actor, if_version)

    async def add_note(self, incident_id: int, body: wire_incidents.AddNote, actor: str) -> wire.TimelineEntry:
        self._change("incidents.note", incident_id, body, actor, None)
        return self._entry(body.text, actor)

    @staticmethod
    def _entry(text: str, actor: str) -> wire.TimelineEntry:
        return wire.TimelineEntry(
            seq=1,
            observed_at=NOW,
            recorded_at=NOW,
            by=actor,
            kind="note",
            text=text,
            detail="",
            evidence="",
            pinned=False,
        )

    async def draft_update(self, incident_id: int, audience: str, phase: str) -> wire_updates.UpdateDraft:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_updates.UpdateDraft(
            text="We look", phase=phase or "identified", audience=audience, next_at=NOW, last_text="", last_at=None
        )

    async def check_update(
        self, incident_id: int, body: wire_incidents.PostUpdate, actor: str
    ) -> wire_updates.CheckedUpdate:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_updates.CheckedUpdate(text=body.text, next_at=NOW, warnings=("it says nothing new",))

    async def run_long(
        self, incident_id: int, body: wire_updates.RunLong, actor: str, if_version: int | None
    ) -> wire.Incident:
        since = NOW if body.on else None
        return self._change("incidents.long", incident_id, body, actor, if_version, long_since=since)

    async def post_update(self, incident_id: int, body: wire_incidents.PostUpdate, actor: str) -> wire.Update:
        self._change("incidents.update", incident_id, body, actor, None)
        return wire.Update(
            id=1, at=NOW, by=actor, audience=body.audience, phase=body.phase, text=body.text, next_at=None
        )

    async def link_alerts(self, incident_id: int, alert_ids: tuple[int, ...], actor: str) -> wire.Incident:
        return self._change("incidents.link", incident_id, alert_ids, actor, None, alert_ids=alert_ids)

    async def unlink_alert(self, incident_id: int, alert_id: int, actor: str) -> wire.Incident:
        return self._change("incidents.unlink", incident_id, alert_id, actor, None, alert_ids=())

    async def timeline(self, incident_id: int) -> wire.Timeline:
        _one(self.fake.incidents, incident_id, "incident")
        return wire.Timeline(entries=(self._entry("it began", "ana"),))


class _Audits(_Part):
    async def export(self, incident_id: int) -> wire_audit.Audit:
        _one(self.fake.incidents, incident_id, "incident")
        event = {"kind": "incident.declared", "subject": f"incident:{incident_id}"}
        record = wire_audit.AuditRecord(n=1, hash="ab" * 32, event=event)
        return wire_audit.Audit(
            incident_id=incident_id,
            format=wire_audit.FORMAT,
            exported_at=NOW,
            records=(record,),
            count=1,
            head=record.hash,
        )

    async def head(self, incident_id: int) -> wire_audit.AuditHead:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_audit.AuditHead(incident_id=incident_id, count=1, head="ab" * 32)


class _Life(_Part):
    async def export(self, incident_id: int, viewer: str) -> IncidentExport:
        detail = await _Incidents(self.fake).get(incident_id)
        timeline = await _Incidents(self.fake).timeline(incident_id)
        return IncidentExport(
            format=FORMAT,
            exported_at=NOW,
            review_name="Incident Review",
            detail=detail,
            timeline=timeline.entries,
            alerts=(an_alert(),),
            reports=(),
            pages=(a_page(),),
            measures=await self.measures(incident_id, None),
            audit=await _Audits(self.fake).head(incident_id),
        )

    async def measures(self, incident_id: int, as_of: datetime | None) -> Measures:
        await self.fake.note("life.measures", incident_id, as_of)
        _one(self.fake.incidents, incident_id, "incident")
        return Measures(
            incident_id=incident_id,
            as_of=as_of or NOW,
            episodes=(),
            noticed_first="report",
            noticed_by="R-1",
            promises=(),
            promises_kept=3,
            promises_missed=1,
            role_gap_minutes={"mitigation_lead": 2.5},
            severity_revisions=(),
            worst_severity=Severity.SEV2,
            corrections=0,
            contradictions=(),
        )

    async def correct(
        self, incident_id: int, body: wire_life.CorrectTime, actor: str, if_version: int | None
    ) -> wire.Incident:
        self.fake.asked.append(("life.correct", incident_id, body, actor, if_version))
        return _changed(self.fake.incidents, incident_id, "incident", if_version)

    async def split(self, incident_id: int, body: wire_life.SplitIncident, actor: str) -> wire.Incident:
        _changed(self.fake.incidents, incident_id, "incident", None)
        return an_incident(incident_id + 1, title=body.title, alert_ids=body.alert_ids)

    async def resemble(self, incident_id: int, body: wire_life.Resembles, actor: str) -> wire.Incident:
        return _changed(self.fake.incidents, incident_id, "incident", None)

    async def resemble_no_more(self, incident_id: int, other_id: int, actor: str) -> wire.Incident:
        return _changed(self.fake.incidents, incident_id, "incident", None)


class _ReviewWindows(_Part):
    async def get(self, incident_id: int) -> wire_review.ReviewWindow:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_review.ReviewWindow(
            incident_id=incident_id,
            review_name="Incident Review",
            status="cooling",
            severity=Severity.SEV1,
            resolved_at=NOW,
            opens_at=NOW,
            due_at=NOW,
            standing="open",
            floor=86400.0,
            business_days=5,
            team="shop",
            zone="Europe/London",
            holidays="GB-ENG",
            nights=(wire_review.Night(person="ana", at=NOW, zone="UTC", text="ana was paged at 03:12 their time"),),
            owner="ana",
        )

    async def ask(self, incident_id: int, body: wire_review.AskOpening, actor: str) -> wire_review.ReviewWindow:
        self.fake.asked.append(("review.ask", incident_id, body, actor))
        return await self.get(incident_id)

    async def answer(self, incident_id: int, body: wire_review.AnswerOpening, actor: str) -> wire_review.ReviewWindow:
        self.fake.asked.append(("review.answer", incident_id, body, actor))
        return await self.get(incident_id)


class _Meetings(_Part):
    MEETING = wire_meeting.Meeting(
        incident_id=1,
        review_name="Incident Review",
        state="scheduled",
        starts_at=NOW,
        ends_at=NOW,
        place="room 4",
        by="ana",
        at=NOW,
        uid="u@incidentd",
        sequence=0,
        invited=(wire_meeting.Invited(person="ana", part="owner", zone="UTC"),),
        unsuited=(wire_meeting.Unsuited(person="ana", against="pager", text="carries the pager of plain"),),
        facilitator_faults=(),
        before_floor=False,
        version=1,
    )

    async def propose(self, incident_id: int, minutes: int, people: tuple[str, ...]) -> wire_meeting.MeetingProposals:
        self.fake.asked.append(("meetings.propose", incident_id, minutes, people))
        one = wire_meeting.MeetingTime(starts_at=NOW, ends_at=NOW, why="plain", unsuited=self.MEETING.unsuited)
        return wire_meeting.MeetingProposals(
            incident_id=incident_id,
            review_name="Incident Review",
            opens_at=NOW,
            due_at=NOW,
            invited=self.MEETING.invited,
            times=(one,),
            facilitators=(wire_meeting.Candidate(person="ben", listed=True, faults=()),),
        )

    async def get(self, incident_id: int) -> wire_meeting.Meeting:
        _one(self.fake.incidents, incident_id, "incident")
        return self.MEETING

    async def calendar(self, incident_id: int) -> str:
        return "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

    async def schedule(self, incident_id: int, body: wire_meeting.ScheduleMeeting, actor: str) -> wire_meeting.Meeting:
        return await self.get(incident_id)

    async def move(
        self, incident_id: int, body: wire_meeting.MoveMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting:
        return await self.get(incident_id)

    async def cancel(
        self, incident_id: int, body: wire_meeting.CancelMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting:
        return await self.get(incident_id)

    async def answer(self, incident_id: int, body: wire_meeting.AnswerMeeting, actor: str) -> wire_meeting.Meeting:
        return await self.get(incident_id)


class _OwnNotes(_Part):
    async def get(self, incident_id: int, person: str) -> wire_review.OwnNotes:
        self.fake.asked.append(("notes.get", incident_id, person))
        return wire_review.OwnNotes(incident_id=incident_id, text="mine", saved_at=NOW, version=2)

    async def put(
        self, incident_id: int, body: wire_review.SaveNotes, person: str, if_version: int | None
    ) -> wire_review.SavedNotes:
        self.fake.asked.append(("notes.put", incident_id, body, person, if_version))
        return wire_review.SavedNotes(incident_id=incident_id, saved_at=NOW, version=3)


class _Checklists(_Part):
    ITEM = wire_checklists.ChecklistItem(
        id="second-lead", role="mitigation_lead", text="find one", done_at=None, done_by="", applies=True
    )

    async def get(self, incident_id: int) -> wire_checklists.Checklist:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_checklists.Checklist(items=(self.ITEM,), done=0)

    async def tick(
        self, incident_id: int, item: str, body: wire_checklists.Tick, actor: str
    ) -> wire_checklists.Checklist:
        await self.fake.note("checklists.tick", incident_id, item, body, actor)
        return await self.get(incident_id)


class _Roles(_Part):
    async def note(self, incident_id: int, role: str) -> wire_roles.RoleNote:
        _one(self.fake.incidents, incident_id, "incident")
        return wire_roles.RoleNote(known="checkout fails", tried="", promised="")

    async def page(self, incident_id: int, role: str, body: wire_roles.PageRole, actor: str) -> wire.Page:
        await self.fake.note("roles.page", incident_id, role, body, actor)
        return _one(self.fake.pages, 1, "page")


class _Roster:
    async def people(self) -> wire.People:
        person = wire.Person(handle="ana", name="Ana", zone="UTC", contacts=("phone",), on_call_for=("primary",))
        return wire.People(people=(person,), problems=())

    async def services(self) -> wire.Services:
        return wire.Services(services=(wire.Service(name="database", team="storage", policy="default"),))

    async def on_call(self, person: str = "") -> wire.OnCallNow:
        shift = wire.OnCall(schedule="primary", person="ana", until=None, next_person="ben", policies=("default",))
        return wire.OnCallNow(at=NOW, schedules=(shift,))


class _Routes(_Part):
    async def test(self, labels: Mapping[str, str]) -> wire_routes.RouteTest:
        await self.fake.note("routes.test", labels)
        step = wire_routes.RouteStep(
            route="root", name="", depth=0, matchers=(), matched=True, continues=False, ends=True, skipped=0
        )
        return wire_routes.RouteTest(at=NOW, process_version="v1", labels=labels, steps=(step,), ends=())


def a_policy(name: str = "shop") -> wire_policies.Policy:
    return wire_policies.Policy(name=name, at=NOW, repeat=2, lasts=0.0, steps=(), services=(), routes=())


class _Policies(_Part):
    async def list(self) -> wire_policies.Policies:
        return wire_policies.Policies(policies=(a_policy(),))

    async def get(self, name: str, at: datetime | None = None) -> wire_policies.Policy:
        await self.fake.note("policies.get", name, at)
        return a_policy(name)

    async def test(
        self, name: str, severity: str = "", urgency: str = "high", at: datetime | None = None
    ) -> wire_policies.PolicyTest:
        await self.fake.note("policies.test", name, severity, urgency, at)
        return wire_policies.PolicyTest(
            asked=name, policy=name, why="", severity=severity, urgency=urgency, at=NOW, steps=(), ends_at=NOW,
            left_out=0,
        )  # fmt: skip


class _Drafts(_Part):
    async def get(self, person: str, key: str) -> wire_drafts.Draft:
        text = self.fake.drafts.get((person, key), "")
        return wire_drafts.Draft(key=key, text=text, saved_at=NOW if text else None)

    async def put(self, person: str, key: str, text: str) -> wire_drafts.Draft:
        self.fake.drafts[person, key] = text
        return wire_drafts.Draft(key=key, text=text, saved_at=NOW)

    async def delete(self, person: str, key: str) -> None:
        self.fake.drafts.pop((person, key), None)


class _Events(_Part):
    async def page(self, after: int, limit: int) -> wire.EventPage:
        return wire.EventPage(events=tuple(self.fake.log[after : after + limit]), last_seq=len(self.fake.log))

    async def encoded(self, after: int) -> AsyncIterator[bytes]:
        self.fake.readers += 1
        try:
            while not self.fake.draining:
                fresh = self.fake.log[after : after + 50]
                after = fresh[-1].seq if fresh else after
                # nothing at all now and then, as the real source does, so that its reader can look around
                yield b"".join(
                    b"id: %d\nevent: %s\ndata: %s\n\n" % (e.seq, e.kind.encode(), msgspec.json.encode(e)) for e in fresh
                )
                await asyncio.sleep(0.005)
        finally:
            self.fake.readers -= 1


class _Remembered(_Part):
    async def find(self, actor: str, key: str) -> tuple[str, int, bytes] | None:
        return self.fake.remembered.get((actor, key))

    async def remember(self, actor: str, key: str, digest: str, status: int, body: bytes) -> None:
        self.fake.remembered[actor, key] = (digest, status, body)


class _Itself(_Part):
    async def info(self, person: str, role: str) -> wire.Info:
        return wire.Info(
            api_version=self.fake.api_version,
            version="0.1.0",
            node="node1",
            started_at=NOW,
            last_seq=len(self.fake.log),
            person=person,
            role=role,
            review_name="Incident Review",
            ingress=(),
            engine="sqlite",
        )

    async def health(self) -> wire.Health:
        await self.fake.note("health")
        return wire.Health(
            status="ok",
            problems=(),
            adapters=(),
            alerts_firing=2,
            alerts_unrouted=0,
            timers_due=0,
            timers_failing=0,
            deliveries_waiting=0,
            deliveries_failed_24h=0,
            loop_lag_ms=0.1,
            rss_mib=40.0,
            config_files=(),
        )

    @property
    def log_levels(self) -> Any:
        return _load("fake_upkeep").Levels(self.fake)

    async def doctor(self, *, deep: bool) -> Any:
        await self.fake.note("doctor", deep)
        return _load("fake_upkeep").REPORT

    async def reload(self, actor: str) -> wire.Reloaded:
        await self.fake.note("reload", actor)
        return wire.Reloaded(files=("incidentd.toml",), problems=())


class Answer:
    """What came back, with its JSON decoded on demand."""

    def __init__(self, raw: unixsocket.Response) -> None:
        self.status, self.headers, self.body = raw

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> wire.Problem:
        assert self.headers["content-type"].split(";")[0] == "application/problem+json"
        found = msgspec.json.decode(self.body, type=wire.Problem)
        assert found.status == self.status
        assert found.title
        return found


class Api:
    """A server that a test can stop and start, and a way to speak to it as a plain HTTP client."""

    def __init__(self, fake: FakeDaemon, path: Path) -> None:
        self.fake = fake
        self.path = path
        self.role = Role.ADMIN
        self.person = "ana"
        self.limits = Limits(drain=1.0)
        self._server: ApiServer | None = None

    async def start(self) -> None:
        self.fake.draining = False
        self._server = await start_api(
            self.fake.calls,
            roles=self.policy(),
            person_of_uid=lambda uid, name: self.person,
            socket_path=self.path,
            limits=self.limits,
        )

    def policy(self) -> RolePolicy:
        return _FixedRole(owner_uid=os.getuid(), default_role=self.role)

    async def stop(self) -> None:
        self.fake.draining = True
        if self._server is not None:
            await self._server.close()
            self._server = None

    async def restart(self, pause: float = 0.0) -> None:
        await self.stop()
        await asyncio.sleep(pause)
        await self.start()

    async def __call__(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return Answer(await asyncio.to_thread(unixsocket.request, str(self.path), method, path, raw, headers))


class _FixedRole(RolePolicy, frozen=True):
    """The role a test asked for, whoever runs the tests."""

    def role(self, peer: Any, gid_of: Any) -> Role:
        return self.default_role


@pytest.fixture
def socket_dir() -> Iterator[Path]:
    """A short path: a socket's may have 107 bytes."""
    directory = Path(tempfile.mkdtemp(prefix="incidentd-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def fake() -> FakeDaemon:
    return FakeDaemon()


@pytest.fixture
def api_class() -> type[Api]:
    return Api


@pytest_asyncio.fixture
async def api(fake: FakeDaemon, socket_dir: Path) -> AsyncIterator[Api]:
    server = Api(fake, socket_dir / "api.sock")
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def connect(api: Api) -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Makes clients that are closed at the end."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Client:
            return await stack.enter_async_context(Client(api.path, **options))

        yield make


@pytest_asyncio.fixture
async def raw(api: Api) -> AsyncIterator[Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]]:
    """Opens plain connections, for bytes that no client would send."""
    opened: list[asyncio.StreamWriter] = []

    async def make() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(str(api.path))
        opened.append(writer)
        return reader, writer

    yield make
    for writer in opened:
        writer.close()
