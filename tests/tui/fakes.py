"""A daemon in memory: the methods of `incidentd.client.Client` over wire structs, without a socket."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from incidentd import wire
from incidentd.client import ApiError, Unreachable
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.duty_changes import Changes, Override, Swap, SwapState
from incidentd.domain.duty_rules import BadChange
from incidentd.domain.duty_warnings import warnings
from incidentd.domain.final_schedule import final_schedule, gaps
from incidentd.domain.matchers import BadMatcher, matches_all, parse_matcher
from incidentd.domain.mode_rules import check_lengths
from incidentd.domain.modes import Mode, ModeBlock, place
from incidentd.domain.people import Roster, Schedule
from incidentd.domain.roles import EXCLUSIVE
from incidentd.domain.severity import Severity
from incidentd.services import duty_drafts
from incidentd.services.classification_views import classified, shown
from incidentd.services.errors import Invalid
from incidentd.wire import attachments as wire_attachments
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
from incidentd.wire import nodes as wire_nodes
from incidentd.wire import pages as wire_pages
from incidentd.wire import policies as wire_policies
from incidentd.wire import presence as wire_presence
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
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
from incidentd.wire import triage as wire_triage
from incidentd.wire import updates as wire_updates
from incidentd.wire import views as wire_views
from incidentd.wire import wording as wire_wording
from incidentd.wire.measures import Measures

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)
replace = msgspec.structs.replace


def _beside(name: str):
    """A module of this directory, which is no package."""
    spec = importlib.util.spec_from_file_location(f"tui_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fake_process = _beside("fake_process")
fake_reviews = _beside("fake_reviews")
fake_experiments = _beside("fake_experiments")
fake_learning = _beside("fake_learning")
fake_house = _beside("fake_house")
fake_insights = _beside("fake_insights")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def node(name: str, ago: float = 0.05, **values: Any) -> wire_nodes.Node:
    """A node as it last said, so many minutes ago."""
    told: dict[str, Any] = {
        "id": f"{name}:abc", "name": name, "state": "up", "here": False, "host": f"{name}.example.org",
        "version": "1.4.0", "schema": "0044", "api_version": "1.0", "process": "V-3",
        "addresses": ("http://10.0.0.1:9095",), "started_at": NOW - timedelta(days=2), "seen_at": NOW - minutes(ago),
        "stopped_at": None, "clock_offset": 0.004, "differs": (),
    }  # fmt: skip
    return wire_nodes.Node(**(told | values))


class FixedClock:
    """Time that a test moves."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def make_alert(number: int, name: str = "", severity: str = "warning", ago: float = 10, **changes) -> wire.Alert:
    at = NOW - minutes(ago)
    labels = {
        "alertname": name,
        "severity": severity,
        "service": changes.get("service", ""),
        **changes.pop("labels", {}),
    }
    fields = {
        "id": number,
        "source": "alertmanager",
        "key": f"key-{number}",
        "status": "firing",
        "name": name or f"Alert{number}",
        "summary": "",
        "severity": severity,
        "labels": labels,
        "annotations": {},
        "starts_at": at,
        "ends_at": None,
        "first_seen": at,
        "last_seen": NOW - minutes(0.5),
        "resolved_at": None,
        "count": 1,
        "generator_url": "http://prometheus.internal/graph?g0.expr=up",
        "service": "",
        "group_id": None,
        "page_id": None,
        "page_state": "",
        "acknowledged_by": "",
        "incident_ids": (),
        "flapping": False,
        "version": 1,
    }
    return wire.Alert(**{**fields, **changes})


def make_claim(number: int, affected: str, ago: float = 20, **changes) -> wire_facts.ImpactClaim:
    fields = {
        "figure": wire_facts.ImpactFigure(),
        "starts_at": NOW - minutes(ago),
        "ends_at": None,
        "source": "ada",
        "evidence": "",
        "suspected": False,
        "at": NOW - minutes(5),
        "by": "ada",
        "replaces": None,
        "replaced_by": None,
        "state": "stands",
        "verdicts": (),
    }
    return wire_facts.ImpactClaim(id=number, affected=affected, **{**fields, **changes})


def make_attachment(number: int, name: str, **changes) -> wire_attachments.IncidentAttachment:
    fields = {"media_type": "image/png", "size": 1, "note": "", "source": "", "by": "ada", "same_as": ()}
    return wire_attachments.IncidentAttachment(id=number, name=name, sha256="ab", at=NOW, **{**fields, **changes})


def make_attempt(number: int, text: str, ago: float = 0, **changes) -> wire_facts.Attempt:
    at = NOW - minutes(ago)
    fields = {"person": "ada", "theory_id": None, "outcome": "", "verdicts": ()}
    return wire_facts.Attempt(id=number, text=text, started_at=at, at=at, by="ada", **{**fields, **changes})


def said(word: str, ago: float = 0, by: str = "lin", why: str = "") -> wire_facts.Verdict:
    at = NOW - minutes(ago)
    return wire_facts.Verdict(at=at, recorded_at=at, by=by, word=word, why=why, evidence="")


def make_page(number: int, title: str, ago: float = 3, **changes) -> wire.Page:
    fields = {
        "id": number,
        "title": title,
        "service": "",
        "policy": "default",
        "urgency": "high",
        "state": "open",
        "step": 1,
        "round": 1,
        "group_id": None,
        "incident_id": None,
        "started_at": NOW - minutes(ago),
        "next_step_at": NOW + minutes(5 - ago) if ago < 5 else None,
        "acknowledged_at": None,
        "acknowledged_by": "",
        "acknowledged_via": "",
        "resolved_at": None,
        "notified": (),
        "alert_ids": (),
        "mine": False,
        "version": 1,
    }
    return wire.Page(**{**fields, **changes})


def make_incident(number: int, title: str, ago: float = 20, **changes) -> wire.Incident:
    at = NOW - minutes(ago)
    fields = {
        "id": number,
        "title": title,
        "summary": "",
        "status": "active",
        "severity": Severity.SEV3,
        "episode": 1,
        "service": "",
        "many_stakeholders": False,
        "declared_at": at + minutes(2),
        "declared_by": "ada",
        "started_at": at,
        "mitigated_at": None,
        "resolved_at": None,
        "closed_at": None,
        "merged_into": None,
        "next_update_at": NOW + minutes(6.2),
        "alert_ids": (),
        "page_ids": (),
        "roles": (),
        "violations": (),
        "allowed": ("mitigated", "false_alarm", "merged"),
        "review_opens_at": None,
        "review_due_at": None,
        "process_version": "p1",
        "version": 1,
    }
    return wire.Incident(**{**fields, **changes})


def make_entry(
    seq: int, ago: float, kind: str, text: str, by: str = "", detail: str = "", **changes
) -> wire.TimelineEntry:
    at = NOW - minutes(ago)
    fields = {"seq": seq, "observed_at": at, "recorded_at": at, "by": by, "kind": kind, "text": text, "detail": detail}
    return wire.TimelineEntry(**{**fields, "evidence": "", "pinned": False, **changes})


def refusal(status: int, detail: str, **more) -> ApiError:
    return ApiError(wire.Problem(type="about:blank", title=detail, status=status, detail=detail, **more))


def make_rest(number: int, **changes) -> wire_rest.Rest:
    """Of ada, who was called three times in the night; her block of payments runs on until Friday."""
    fields = {
        "id": number, "person": "ada", "why": "sleep", "first_at": NOW - minutes(740), "last_at": NOW - minutes(600),
        "count": 3, "start_at": NOW + minutes(60), "schedule": "payments", "block_ends_at": NOW + minutes(1118),
        "next_starts_at": NOW + timedelta(days=8), "next_ends_at": NOW + timedelta(days=15), "state": "offered",
        "late": False, "relief": "", "skip": "", "text": "ada was paged in their sleep hours", "at": NOW,
        "version": 1, **changes,
    }  # fmt: skip
    return wire_rest.Rest(**fields)


def make_request(
    number: int, schedule: str, person: str, people: Sequence[str], starts_at: datetime, ends_at: datetime, **changes
) -> wire_requests.ShiftRequest:
    returns = {"returns_from": None, "returns_until": None, **changes.pop("returns", {})}
    asked = tuple(wire_requests.AskedPerson(person=one, declined=False, **returns) for one in people)
    fields = {
        "id": number, "name": f"Q-{number}", "schedule": schedule, "person": person, "starts_at": starts_at,
        "ends_at": ends_at, "wants": "take", "asked": asked, "expires_at": starts_at, "reason": "", "state": "open",
        "taken_by": "", "taken_via": "", "result": "", "by": person, "at": NOW, "version": 1, **changes,
    }  # fmt: skip
    return wire_requests.ShiftRequest(**fields)


def _wired(kind, change):
    """The wire struct of what the domain calls alike."""
    return kind(**msgspec.structs.asdict(change))


_NOT_TAKEN = {
    "acknowledged_by": "", "acknowledged_at": None, "acknowledged_until": None, "acks": (),
    "snoozed_until": None, "snoozed_by": "",
}  # fmt: skip


def _without(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return tuple(one for one in people if one != person)


UNASKED = "the terminal UI asks for this nowhere: let the fake answer once it does"


def make_report(number: int, subject: str, ago: float = 20, **changes) -> wire_reports.Report:
    at = NOW - minutes(ago)
    fields = {
        "id": number, "reference": f"R-{number}", "state": "new", "customer_id": number,
        "customer": f"customer {number}", "kind": "end_user", "channel": "support-mail", "thread": f"t{number}",
        "recipient": f"c{number}@example.org",
        "private": False, "subject": subject, "service": "", "tags": {}, "priority": "", "impact": "", "urgency": "",
        "answers": {}, "incident_id": None, "alert_id": None, "duplicate_of": None, "ticket": "", "owner": "",
        "created_at": at, "asked_at": at, "answered_at": None, "first_response_due": at + minutes(60),
        "first_responded_at": None, "next_due": None, "followed_up_at": None, "closed_at": None, "unanswered": True,
        "late": False, "allowed": ("acknowledged", "triaging", "linked", "duplicate", "ticketed", "no_fault_found"),
        "version": 1,
    }  # fmt: skip
    return wire_reports.Report(**{**fields, **changes})


def make_message(number: int, text: str, ago: float = 20, **changes) -> wire_reports.ReportMessage:
    fields = {
        "id": number, "direction": "in", "kind": "report", "channel": "support-mail", "sender": "c@example.org",
        "sender_name": "", "subject": "", "text": text, "automatic": False, "verified": False,
        "at": NOW - minutes(ago), "sent_at": None, "author": "", "delivery_id": None, "delivery": "", "error": "",
        "attachments": (),
    }  # fmt: skip
    return wire_reports.ReportMessage(**{**fields, **changes})


QUESTIONS = ("who", "reproduce", "since", "observed", "expected", "scope", "contact", "workaround")


class FakeDaemon:
    """`calls` records every mutation; `fail_with` is raised by the next one; `offline` makes everything unreachable."""

    socket_path = "/run/fake.sock"

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple]] = []
        self.fail_with: Exception | None = None
        self.offline = False
        self.delay = 0.0
        self.seq = 100
        self.me = "ada"
        self.role = "responder"
        self.alerts_by_id: dict[int, wire.Alert] = {}
        self.groups_by_id: dict[int, wire_groups.Group] = {}
        self.messages: dict[int, str] = {}  # the text of a delivery
        self.episodes: dict[int, tuple[wire_groups.Episode, ...]] = {}
        self.kept_views: list[wire_views.View] = []
        self.opens = ("", False)
        self.judged: list[wire_wording.WordingVerdict] = []
        self.own_words = ""
        self.kept_silences: dict[str, wire_silences.Silence] = {}
        self.pages_by_id: dict[int, wire.Page] = {}
        self.deliveries: dict[int, tuple[wire_pages.Delivery, ...]] = {}
        self.traces: dict[int, tuple[str, tuple[wire.TraceStep, ...]]] = {}
        self.incidents_by_id: dict[int, wire.Incident] = {}
        self.matrix = DEFAULT_MATRIX
        self.classifications: dict[int, wire_severity.IncidentClassification] = {}
        self.measured: dict[int, Measures] = {}
        self.updates: dict[int, list[wire.Update]] = {}
        self.past: dict[int, list[wire_facts.Resembling]] = {}
        self.facts: dict[int, dict[str, Any]] = {}  # claims, theories and attempts of an incident
        self.timelines: dict[int, list[wire.TimelineEntry]] = {}
        self.person_list: list[wire.Person] = []
        self.service_list: list[wire.Service] = []
        self.shifts: list[wire.OnCall] = []
        self.own_shifts: tuple[wire.OwnShift, ...] = ()
        self.roster = Roster()  # whose schedules are computed
        self.duty = Changes()
        self.rules: dict[int, wire_quieting.Recurring] = {}
        self.blocks: dict[int, wire_modes.ModeBlock] = {}
        self.feeds: dict[tuple[str, str], int] = {}  # how often an address was renewed
        self.plans: dict[str, wire_modes.ModePlan] = {}
        self.protected: dict[str, wire_protection.Protection] = {}
        self.rests_by_id: dict[int, wire_rest.Rest] = {}
        self.requests_by_id: dict[int, wire_requests.ShiftRequest] = {}
        self.kept_handovers: dict[int, wire_handover.Handover] = {}
        self.policy_list: list[wire_policies.Policy] = []
        self.policy_tests: dict[tuple[str, str, str], Callable[[datetime], wire_policies.PolicyTest]] = {}
        self.holidays: dict[str, dict[date, str]] = {}
        self.roster_problems: tuple[str, ...] = ()
        self.nodes_now = wire_nodes.Nodes(
            nodes=(node("n1", here=True),), engine="sqlite", schema="0044", problems=(), note=""
        )
        self.health_now = wire.Health(
            status="ok",
            problems=(),
            adapters=(),
            alerts_firing=0,
            alerts_unrouted=0,
            timers_due=0,
            timers_failing=0,
            deliveries_waiting=0,
            deliveries_failed_24h=0,
            loop_lag_ms=1.0,
            rss_mib=60.0,
            config_files=("/etc/incidentd/incidentd.toml",),
        )
        self.check_list: dict[str, wire_checks.Check] = {}  # by SOURCE/NAME
        self.windows: dict[int, wire_quieting.Maintenance] = {}
        self.drafts: dict[str, str] = {}
        self.here = wire_presence.Presence(here=(), version=1)
        self.beats: list[tuple[str, str]] = []
        self._here_before = asyncio.Event()
        self.requests = 0
        self._queues: list[asyncio.Queue[wire.Event | bool]] = []

    # ------------------------------------------------------------------ what a test does
    def tell(self, kind: str, subject: str, actor: str = "system", **data) -> None:
        """An event on the stream."""
        self.seq += 1
        event = wire.Event(seq=self.seq, at=NOW, actor=actor, kind=kind, subject=subject, data=data)
        for queue in self._queues:
            queue.put_nowait(event)

    def set_connected(self, connected: bool) -> None:
        self.offline = not connected
        for queue in self._queues:
            queue.put_nowait(connected)

    def put_alert(self, alert: wire.Alert, kind: str = "alert.firing") -> None:
        self.alerts_by_id[alert.id] = alert
        self.tell(kind, f"alert:{alert.id}")

    def put_page(self, page: wire.Page, kind: str = "page.started") -> None:
        self.pages_by_id[page.id] = page
        self.tell(kind, f"page:{page.id}")

    # ------------------------------------------------------------------ plumbing
    async def _turn(self) -> None:
        self.requests += 1
        await asyncio.sleep(self.delay)
        if self.offline:
            raise Unreachable("/run/fake.sock: no daemon listens there; start it with `incidentd serve`")

    async def _mutate(self, name: str, *args) -> None:
        await self._turn()
        for body in args:
            if isinstance(body, wire.Request):
                msgspec.json.encode(body)  # as the real client does: it takes no text that was made for the screen
        self.calls.append((name, args))
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            raise error

    @staticmethod
    def _known(found, what: str):
        if found is None:
            raise refusal(404, f"there is no {what}")
        return found

    def _check(self, current, if_version: int | None) -> None:
        if if_version is not None and current.version != if_version:
            raise refusal(409, "it changed in between", current=msgspec.to_builtins(current))

    # ------------------------------------------------------------------ daemon
    async def close(self) -> None:
        return

    async def info(self) -> wire.Info:
        await self._turn()
        return wire.Info(
            api_version="1.0",
            version="0.1.0",
            node="n1",
            started_at=NOW - timedelta(days=9),
            last_seq=self.seq,
            person=self.me,
            role=self.role,
            review_name="Incident Review",
            ingress=("http://127.0.0.1:8080",),
            engine="sqlite",
        )

    async def nodes(self) -> wire_nodes.Nodes:
        await self._turn()
        return self.nodes_now

    async def health(self) -> wire.Health:
        await self._turn()
        return self.health_now

    async def reload(self) -> wire.Reloaded:
        await self._mutate("reload")
        return wire.Reloaded(files=(), problems=())

    # ------------------------------------------------------------------ alerts
    async def alerts(
        self,
        *,
        status: str = "firing",
        service: str = "",
        match: Sequence[str] = (),
        q: str = "",
        order: str = "newest",
        limit: int = 100,
        cursor: str = "",
    ) -> wire.AlertPage:
        await self._turn()
        found = [one for one in self.alerts_by_id.values() if status in ("all", one.status)]
        start = int(cursor or 0)
        rest = str(start + limit) if start + limit < len(found) else ""
        return wire.AlertPage(alerts=tuple(found[start : start + limit]), next_cursor=rest, total=len(found))

    async def alert(self, alert_id: int) -> wire.Alert:
        await self._turn()
        return self._known(self.alerts_by_id.get(alert_id), f"alert {alert_id}")

    async def trace(self, alert_id: int) -> wire.Trace:
        alert = await self.alert(alert_id)
        verdict, steps = self.traces.get(alert_id, ("Nobody was paged: no route matched.", ()))
        return wire.Trace(alert=alert, verdict=verdict, steps=steps)

    async def raise_alert(self, body: wire.RaiseAlert) -> wire.Raised:
        await self._mutate("raise_alert", body)
        return wire.Raised(key="manual")

    async def acknowledge_alert(self, alert_id: int, *, note: str = "", until: datetime | None = None) -> wire.Page:
        alert = await self.alert(alert_id)
        return await self.acknowledge_page(alert.page_id or 0, note=note, until=until)

    async def resolve_alert(self, alert_id: int, *, if_version: int | None = None) -> wire.Alert:
        await self._mutate("resolve_alert", alert_id)
        alert = replace(self.alerts_by_id[alert_id], status="resolved", resolved_at=NOW)
        self.put_alert(alert, "alert.resolved")
        return alert

    async def alert_detail(self, alert_id: int) -> wire_groups.AlertDetail:
        trace = await self.trace(alert_id)
        alert = trace.alert
        page = self.pages_by_id.get(alert.page_id or 0)
        sent = self.deliveries.get(page.id, ()) if page else ()
        linked = [self.incidents_by_id[one] for one in alert.incident_ids if one in self.incidents_by_id]
        return wire_groups.AlertDetail(
            trace=trace,
            group=self.groups_by_id.get(alert.group_id or 0),
            pages=(page,) if page else (),
            messages=tuple(
                wire_groups.Message(
                    delivery=one,
                    body=self.messages.get(one.id, ""),
                    reason="step 1 of policy platform",
                    urgency="high",
                )
                for one in reversed(sent)
            ),
            incidents=tuple(
                wire_groups.LinkedIncident(id=one.id, title=one.title, status=one.status, severity=one.severity.value)
                for one in linked
            ),
            episodes=self.episodes.get(alert_id, ()),
        )

    async def act_on_alerts(self, body: wire_bulk.BulkAlerts) -> wire_bulk.BulkOutcome:
        await self._mutate("act_on_alerts", body)
        items = {number: self._act(body, number) for number in body.alert_ids}
        incident = self.incidents_by_id.get(body.incident_id or 0)
        if incident is not None:
            done = tuple(number for number, item in items.items() if item.outcome == "done")
            kept = tuple(number for number in incident.alert_ids if number not in done)
            linked = (*kept, *done) if body.act == "link" else kept
            incident = self._incident_becomes(incident, "incident.linked", alert_ids=linked)
        found = [self.alerts_by_id[number] for number in body.alert_ids if number in self.alerts_by_id]
        page_ids = {one.page_id for one in found if one.page_id} if body.act in ("acknowledge", "hand_back") else set()
        return wire_bulk.BulkOutcome(
            items=tuple(items.values()),
            alerts=tuple(found),
            pages=tuple(self.pages_by_id[number] for number in sorted(page_ids)),
            incident=incident,
        )

    def _act(self, body: wire_bulk.BulkAlerts, number: int) -> wire_bulk.BulkItem:
        alert = self.alerts_by_id[number]
        outcome, detail = "done", ""
        page = self.pages_by_id.get(alert.page_id or 0)
        changes = {}
        if body.act in ("acknowledge", "hand_back"):
            wanted = "acknowledged" if body.act == "acknowledge" else "open"
            by = self.me if wanted == "acknowledged" else ""
            if page is None:
                outcome, detail = "refused", "no page about it is open"
            elif page.state == wanted and page.acknowledged_by not in ("", self.me):
                outcome, detail = "refused", f"{page.acknowledged_by} acknowledged P-{page.id} first"
            elif page.state != wanted:
                self._page_becomes(page, wanted, acknowledged_by=by, acknowledged_until=body.until)
        elif body.act == "resolve":
            changes = {"status": "resolved", "resolved_at": NOW}
        else:
            kept = tuple(one for one in alert.incident_ids if one != body.incident_id)
            changes = {"incident_ids": (*kept, body.incident_id) if body.act == "link" else kept}
        if changes:
            self.alerts_by_id[number] = replace(alert, version=alert.version + 1, **changes)
            self.tell("alert.changed", f"alert:{number}")
        return wire_bulk.BulkItem(alert_id=number, outcome=outcome, detail=detail)

    # ------------------------------------------------------------------ groups and views
    async def groups(self, *, service: str = "", limit: int = 100, cursor: str = "") -> wire_groups.GroupPage:
        await self._turn()
        found = tuple(self.groups_by_id.values())
        return wire_groups.GroupPage(groups=found, next_cursor="", total=len(found))

    async def group(self, group_id: int, *, limit: int = 100, cursor: str = "") -> wire_groups.GroupMembers:
        await self._turn()
        group = self._known(self.groups_by_id.get(group_id), f"group {group_id}")
        found = tuple(one for one in self.alerts_by_id.values() if one.group_id == group_id)
        return wire_groups.GroupMembers(group=group, alerts=found, next_cursor="")

    async def views(self) -> wire_views.Views:
        await self._turn()
        return wire_views.Views(views=tuple(self.kept_views), opens=self.opens[0], pinned=self.opens[1])

    async def save_view(self, body: wire_views.SaveView) -> wire_views.View:
        await self._mutate("save_view", body)
        old = [one for one in self.kept_views if (one.name, one.shared) == (body.name, body.shared)]
        view = wire_views.View(
            id=old[0].id if old else len(self.kept_views) + 1,
            name=body.name,
            base=body.base,
            query=body.query,
            shared=body.shared,
            saved_by=self.me,
            saved_at=NOW,
        )
        self.kept_views = [*(one for one in self.kept_views if one not in old), view]
        return view

    async def delete_view(self, view_id: int) -> wire_views.Views:
        await self._mutate("delete_view", view_id)
        self.kept_views = [one for one in self.kept_views if one.id != view_id]
        return await self.views()

    async def open_with_view(self, opens: str, *, pinned: bool = False) -> wire_views.Views:
        await self._mutate("open_with_view", opens, pinned)
        self.opens = (opens, pinned)
        return await self.views()

    # ------------------------------------------------------------------ silences
    async def silences(self, state: str = "current") -> wire_silences.SilenceList:
        await self._turn()
        return wire_silences.SilenceList(silences=tuple(self.kept_silences.values()))

    async def silence(self, silence_id: str) -> wire_silences.Silence:
        await self._turn()
        return self.kept_silences[silence_id]

    async def set_silence(self, body: wire_silences.SetSilence) -> wire_silences.Silence:
        await self._mutate("set_silence", body)
        silence_id = body.id or f"{len(self.kept_silences) + 1:08d}-0000-4000-8000-000000000000"
        self.kept_silences[silence_id] = wire_silences.Silence(
            id=silence_id,
            name=f"S-{silence_id[:8]}",
            status="active",
            matchers=body.matchers,
            starts_at=body.starts_at or NOW,
            ends_at=body.ends_at,
            created_by="ada",
            comment=body.comment,
            annotations=body.annotations,
            updated_at=NOW,
        )
        return self.kept_silences[silence_id]

    async def expire_silence(self, silence_id: str) -> wire_silences.Silence:
        await self._mutate("expire_silence", silence_id)
        self.kept_silences[silence_id] = replace(self.kept_silences[silence_id], status="expired")
        return self.kept_silences[silence_id]

    async def preview_silence(self, matchers: Sequence[str]) -> wire_silences.SilencePreview:
        await self._turn()
        try:
            parsed = [parse_matcher(text) for text in matchers]
        except BadMatcher as error:
            raise refusal(400, str(error), field="matchers") from None
        firing = [one for one in self.alerts_by_id.values() if one.status == "firing"]
        found = tuple(one for one in firing if matches_all(parsed, one.labels))
        return wire_silences.SilencePreview(alerts=found, total=len(found))

    # ------------------------------------------------------------------ maintenance and checks
    async def delete_check(self, name: str) -> wire_checks.Check:
        raise AssertionError(UNASKED)

    async def recurring(self) -> wire_quieting.RecurringList:
        await self._turn()
        return wire_quieting.RecurringList(rules=tuple(self.rules.values()))

    async def recurring_rule(self, rule_id: int) -> wire_quieting.Recurring:
        await self._turn()
        return self._known(self.rules.get(rule_id), f"rule R-{rule_id}")

    async def set_recurring(self, body: wire_quieting.SetRecurring) -> wire_quieting.Recurring:
        await self._mutate("set_recurring", body)
        number = max(self.rules, default=0) + 1
        old = self.rules[number - 1]
        self.rules[number] = replace(old, id=number, name=f"R-{number}", status="active", rrule=body.when.rrule)
        self.tell("recurring.set", f"recurring:{number}", actor=self.me)
        return self.rules[number]

    async def end_recurring(self, rule_id: int) -> wire_quieting.Recurring:
        await self._mutate("end_recurring", rule_id)
        self.rules[rule_id] = replace(self.rules[rule_id], status="ended", ended_by=self.me)
        self.tell("recurring.ended", f"recurring:{rule_id}", actor=self.me)
        return self.rules[rule_id]

    async def drills(self) -> wire_drills.DrillList:
        raise AssertionError(UNASKED)

    async def drill(self, drill_id: int) -> wire_drills.Drill:
        raise AssertionError(UNASKED)

    async def start_drill(self, body: wire_drills.StartDrill) -> wire_drills.Drill:
        raise AssertionError(UNASKED)

    async def stop_drill(self, drill_id: int) -> wire_drills.Drill:
        raise AssertionError(UNASKED)

    async def resume_drill(self, drill_id: int) -> wire_drills.Drill:
        raise AssertionError(UNASKED)

    async def start_replay(self, body: wire_replay.StartReplay) -> wire_replay.Replay:
        raise AssertionError(UNASKED)

    async def replay(self, replay_id: int) -> wire_replay.Replay:
        raise AssertionError(UNASKED)

    async def cancel_replay(self, replay_id: int) -> wire_replay.Replay:
        raise AssertionError(UNASKED)

    async def schedules(
        self, schedule: str = "", *, starts_at: datetime | None = None, ends_at: datetime | None = None
    ) -> wire_duty.Schedules:
        await self._turn()
        if schedule and schedule not in self.roster.schedules:
            raise refusal(404, f"there is no schedule {schedule!r}", field="schedule")
        start = starts_at or NOW
        return self._schedules(schedule, start, ends_at or start + timedelta(weeks=4), self.duty)

    def _schedules(self, name: str, start: datetime, end: datetime, changes: Changes) -> wire_duty.Schedules:
        """The real rules over the roster and the changes of this fake."""
        chosen = [one for one in self.roster.schedules.values() if name in ("", one.name)]
        told = warnings(self.roster, changes, start, end, self.holidays)

        def near(found):
            return [one for one in found if one.starts_at < end and start < one.ends_at]

        return wire_duty.Schedules(
            starts_at=start,
            ends_at=end,
            schedules=tuple(self._schedule(one, start, end, changes) for one in chosen),
            overrides=tuple(_wired(wire_duty.Override, one) for one in near(changes.overrides) if not one.cancelled),
            swaps=tuple(_wired(wire_duty.Swap, one) for one in changes.swaps if one.state in ("proposed", "accepted")),
            absences=tuple(_wired(wire_duty.Absence, one) for one in near(changes.absences) if not one.cancelled),
            warnings=tuple(_wired(wire_duty.DutyWarning, one) for one in told if name in ("", one.schedule)),
        )

    def _schedule(self, one: Schedule, start: datetime, end: datetime, changes: Changes) -> wire_duty.Schedule:
        shifts = final_schedule(one, changes, start, end)
        return wire_duty.Schedule(
            name=one.name,
            zone=one.zone,
            layers=tuple(layer.name for layer in one.layers),
            people=one.people,
            policies=next((now.policies for now in self.shifts if now.schedule == one.name), ()),
            shifts=tuple(_wired(wire_duty.DutyShift, shift) for shift in shifts),
            gaps=tuple(wire_duty.Span(starts_at=low, ends_at=high) for low, high in gaps(shifts, start, end)),
        )

    async def calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        await self._mutate("calendar_feed", kind, name)
        url = f"https://incidents.example.org/calendar/{self.feeds.get((kind, name), 0)}.{kind}.{name}"
        return wire_duty.FeedUrl(kind=kind, name=name, url=url)

    async def revoke_calendar_feed(self, kind: str, name: str) -> wire_duty.FeedUrl:
        self.feeds[kind, name] = self.feeds.get((kind, name), 0) + 1
        return await self.calendar_feed(kind, name)

    async def preview_duty(self, body: wire_duty.PreviewDuty) -> wire_duty.DutyPreview:
        await self._turn()
        msgspec.json.encode(body)
        change = duty_drafts.draft_of(body, self.me, NOW)
        self._judge(change)
        old = next((one for one in self.duty.overrides if one.id == body.instead_of), None)
        return duty_drafts.preview(self.roster, self.duty, change, old)

    def _judge(self, change: duty_drafts.Change) -> None:
        try:
            duty_drafts.check(self.roster, self.duty, change, NOW)
        except Invalid as error:
            raise refusal(422, str(error), field=error.field, remedy=error.remedy) from None

    def _keep(self, kind: str, change, event: str):
        """Put a change in place of what has its id, or as a new one."""
        held = {one.id: one for one in getattr(self.duty, kind)}
        change = change if change.id else replace(change, id=max(held, default=0) + 1)
        held[change.id] = change
        self.duty = replace(self.duty, **{kind: tuple(held.values())})
        self.tell(event, f"{event.partition('.')[0]}:{change.id}", actor=self.me)
        return change

    def _change(self, kind: str, number: int, if_version: int | None):
        found = self._known(next((one for one in getattr(self.duty, kind) if one.id == number), None), kind)
        self._check(found, if_version)
        return found

    async def shift_requests(self, state: str = "open", *, mine: bool = False) -> wire_requests.ShiftRequestList:
        await self._turn()
        found = [one for one in self.requests_by_id.values() if state in ("all", one.state)]
        theirs = [one for one in found if self.me in (one.person, *(asked.person for asked in one.asked))]
        return wire_requests.ShiftRequestList(requests=tuple(reversed(theirs if mine else found)))

    async def ask_for_shift(self, body: wire_requests.AskForShift) -> wire_requests.ShiftRequest:
        await self._mutate("ask_for_shift", body)
        people = body.people or tuple(one for one in self.roster.schedules[body.schedule].people if one != self.me)
        return self.put_request(
            make_request(
                max(self.requests_by_id, default=0) + 1, body.schedule, self.me, people, body.starts_at or NOW,
                body.ends_at, wants=body.wants, reason=body.reason,
            )
        )  # fmt: skip

    async def answer_request(
        self, request_id: int, body: wire_requests.AnswerRequest, *, if_version: int | None = None
    ) -> wire_requests.ShiftRequest:
        await self._mutate("answer_request", request_id, body)
        one = self._known(self.requests_by_id.get(request_id), f"request Q-{request_id}")
        self._check(one, if_version)
        changes = {"state": body.to, "version": one.version + 1}
        if body.to == "declined":
            asked = tuple(replace(each, declined=each.declined or each.person == self.me) for each in one.asked)
            changes |= {"asked": asked, "state": "declined" if all(each.declined for each in asked) else "open"}
        elif body.to == "accepted":
            changes |= {"taken_by": self.me, "taken_via": "api", "result": self._taken(one, body)}
        return self.put_request(replace(one, **changes))

    def _taken(self, one: wire_requests.ShiftRequest, body: wire_requests.AnswerRequest) -> str:
        if one.wants == "take":
            override = Override(
                id=0, schedule=one.schedule, person=self.me, starts_at=one.starts_at, ends_at=one.ends_at,
                reason=one.name, by=self.me, at=NOW,
            )  # fmt: skip
            return f"override:{self._keep('overrides', override, 'override.set').id}"
        asked = next(each for each in one.asked if each.person == self.me)
        begin, end = body.returns_from or asked.returns_from, body.returns_until or asked.returns_until
        assert begin is not None
        assert end is not None
        swap = Swap(
            id=0, schedule=one.schedule, person=one.person, starts_at=one.starts_at, ends_at=one.ends_at,
            other=self.me, other_starts_at=begin, other_ends_at=end, reason=one.name, by=one.by,
            state=SwapState.ACCEPTED, at=NOW,
        )  # fmt: skip
        return f"swap:{self._keep('swaps', swap, 'swap.accepted').id}"

    async def rests(self, state: str = "open", *, mine: bool = False) -> wire_rest.RestList:
        await self._turn()
        wanted = ("offered", "taken") if state == "open" else (state,)
        found = [one for one in self.rests_by_id.values() if state == "all" or one.state in wanted]
        return wire_rest.RestList(rests=tuple(one for one in found if not mine or one.person == self.me))

    async def answer_rest(self, rest_id: int, body: wire_rest.AnswerRest) -> wire_rest.Rest:
        await self._mutate("answer_rest", rest_id, body)
        one = self._known(self.rests_by_id.get(rest_id), f"offer {rest_id} to rest")
        others = tuple(each for each in self.roster.schedules[one.schedule].people if each != self.me)
        changes = {"state": "declined" if body.decline else "taken", "late": one.late or body.late}
        number = max(self.requests_by_id, default=0) + 1
        if body.relief and one.block_ends_at is not None:
            self.put_request(make_request(number, one.schedule, self.me, others, NOW, one.block_ends_at))
            changes["relief"] = f"Q-{number}"
        if body.skip_next and one.next_starts_at is not None and one.next_ends_at is not None:
            asked = make_request(number, one.schedule, self.me, others, one.next_starts_at, one.next_ends_at)
            changes["skip"] = self.put_request(asked).name
        self.rests_by_id[rest_id] = replace(one, **changes, version=one.version + 1)
        self.tell(f"rest.{changes['state']}", f"rest:{rest_id}")
        return self.rests_by_id[rest_id]

    def put_request(self, one: wire_requests.ShiftRequest) -> wire_requests.ShiftRequest:
        self.requests_by_id[one.id] = one
        self.tell(f"request.{one.state}", f"request:{one.id}")
        return one

    async def set_override(self, body: wire_duty.SetOverride) -> wire_duty.Override:
        await self._mutate("set_override", body)
        change = duty_drafts.override_of(body, self.me, NOW)
        self._judge(change)
        return _wired(wire_duty.Override, self._keep("overrides", change, "override.set"))

    async def edit_override(
        self, override_id: int, body: wire_duty.EditOverride, *, if_version: int | None = None
    ) -> wire_duty.Override:
        await self._mutate("edit_override", override_id, body)
        old = self._change("overrides", override_id, if_version)
        given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}
        change = replace(old, version=old.version + 1, **given)
        self._judge(change)
        return _wired(wire_duty.Override, self._keep("overrides", change, "override.changed"))

    async def end_override(self, override_id: int, *, if_version: int | None = None) -> wire_duty.Override:
        await self._mutate("end_override", override_id)
        change = replace(self._change("overrides", override_id, if_version), cancelled=True)
        return _wired(wire_duty.Override, self._keep("overrides", change, "override.cancelled"))

    async def propose_swap(self, body: wire_duty.ProposeSwap) -> wire_duty.Swap:
        await self._mutate("propose_swap", body)
        change = duty_drafts.swap_of(body, self.me, NOW)
        self._judge(change)
        return _wired(wire_duty.Swap, self._keep("swaps", change, "swap.proposed"))

    async def settle_swap(
        self, swap_id: int, body: wire_duty.SettleSwap, *, if_version: int | None = None
    ) -> wire_duty.Swap:
        await self._mutate("settle_swap", swap_id, body)
        change = replace(self._change("swaps", swap_id, if_version), state=SwapState(body.to))
        return _wired(wire_duty.Swap, self._keep("swaps", change, f"swap.{body.to}"))

    async def set_absence(self, body: wire_duty.SetAbsence) -> wire_duty.Absence:
        await self._mutate("set_absence", body)
        change = duty_drafts.absence_of(body, self.me, NOW)
        self._judge(change)
        return _wired(wire_duty.Absence, self._keep("absences", change, "absence.set"))

    async def end_absence(self, absence_id: int, *, if_version: int | None = None) -> wire_duty.Absence:
        await self._mutate("end_absence", absence_id)
        change = replace(self._change("absences", absence_id, if_version), cancelled=True)
        return _wired(wire_duty.Absence, self._keep("absences", change, "absence.cancelled"))

    async def modes(
        self, team: str = "", *, starts_at: datetime | None = None, ends_at: datetime | None = None
    ) -> wire_modes.Modes:
        await self._turn()
        blocks = tuple(one for one in self.blocks.values() if not one.cancelled)
        now = {one.person: one for one in blocks if one.starts_at <= NOW < one.ends_at}

        def mode(one: wire.Person) -> wire_modes.PersonMode:
            block = now.get(one.handle)
            return wire_modes.PersonMode(
                person=one.handle,
                name=one.name,
                teams=("payments",),
                mode=block.mode if block else "",
                since=block.starts_at if block else None,
                until=block.ends_at if block else None,
                next_mode="",
                next_at=None,
            )

        held = {name: tuple(one.person for one in now.values() if one.mode == name) for name in ("support", "project")}
        neither = tuple(one.handle for one in self.person_list if one.handle not in now)
        share = wire_modes.TeamModes(team="payments", support_percent=50, wanted=2, neither=neither, **held)
        return wire_modes.Modes(
            at=NOW,
            starts_at=NOW,
            ends_at=NOW + timedelta(weeks=13),
            people=tuple(mode(one) for one in self.person_list),
            teams=(share,),
            blocks=blocks,
            warnings=(),
        )

    async def set_mode(self, body: wire_modes.SetMode) -> wire_modes.ModeBlock:
        await self._mutate("set_mode", body)
        starts = body.starts_at or NOW
        block = ModeBlock(
            id=0,
            person=body.person,
            mode=Mode(body.mode),
            starts_at=starts,
            ends_at=body.ends_at or starts + timedelta(days=body.days or 0),
            reason=body.reason,
            at=NOW,
        )
        return self._put_mode(block, body.reason)

    def _modes_of(self, person: str) -> list[ModeBlock]:
        found = [one for one in self.blocks.values() if one.person == person and not one.cancelled]
        return [ModeBlock(**msgspec.structs.asdict(one) | {"mode": Mode(one.mode)}) for one in found]

    def _mode_block(self, number: int, if_version: int | None) -> ModeBlock:
        self._check(self._known(self.blocks.get(number), f"mode block {number}"), if_version)
        one = self.blocks[number]
        return ModeBlock(**msgspec.structs.asdict(one) | {"mode": Mode(one.mode)})

    def _put_mode(self, block: ModeBlock, reason: str) -> wire_modes.ModeBlock:
        """By the real rules: what it meets gives way, and less than a week wants a reason."""
        before = self._modes_of(block.person)
        placed = place(block, before)
        changed = {one.id: one for one in (*placed.changed, *([block] if block.id else []))}
        after = [changed.get(one.id, one) for one in before] + ([] if block.id else [block]) + list(placed.rests)
        return self._keep_modes(before, after, reason, block)

    def _keep_modes(self, before, after, reason: str, told: ModeBlock) -> wire_modes.ModeBlock:
        try:
            check_lengths(before, after, "UTC", reason)
        except BadChange as error:
            raise refusal(422, str(error), field=error.field, remedy=error.remedy) from None
        for one in after:
            if one in before:
                continue
            number = one.id or max(self.blocks, default=0) + 1
            held = self.blocks.get(number)
            version = held.version + 1 if held else 1
            kept = replace(one, id=number, by=self.me, version=version)
            self.blocks[number] = _wired(wire_modes.ModeBlock, kept)
            self.tell("mode.changed", f"mode:{number}", actor=self.me)
            if one is told:
                made = self.blocks[number]
        return made

    async def change_mode(
        self, block_id: int, body: wire_modes.ChangeMode, *, if_version: int | None = None
    ) -> wire_modes.ModeBlock:
        await self._mutate("change_mode", block_id, body)
        old = self._mode_block(block_id, if_version)
        given = {name: at for name in ("starts_at", "ends_at") if (at := getattr(body, name))}
        given |= {"mode": Mode(body.mode)} if body.mode else {}
        return self._put_mode(replace(old, reason=body.reason or old.reason, **given), body.reason)

    async def split_mode(
        self, block_id: int, body: wire_modes.SplitMode, *, if_version: int | None = None
    ) -> wire_modes.ModeSplit:
        await self._mutate("split_mode", block_id, body)
        old, at = self._mode_block(block_id, if_version), body.at or NOW
        first = replace(old, ends_at=at, reason=body.reason or old.reason)
        rest = replace(first, id=0, starts_at=at, ends_at=old.ends_at, mode=Mode(body.then or old.mode.other)
                       ) if body.then != "none" else None  # fmt: skip
        before = self._modes_of(old.person)
        after = [first if one.id == old.id else one for one in before] + ([rest] if rest else [])
        self._keep_modes(before, after, body.reason, first)
        ends = {one.starts_at: one for one in self.blocks.values() if one.person == old.person and not one.cancelled}
        return wire_modes.ModeSplit(first=self.blocks[block_id], rest=ends[at] if rest else None)

    async def end_mode(self, block_id: int, reason: str = "", *, if_version: int | None = None) -> wire_modes.ModeBlock:
        await self._mutate("end_mode", block_id, reason)
        self._check(self.blocks[block_id], if_version)
        self.blocks[block_id] = replace(self.blocks[block_id], cancelled=True)
        self.tell("mode.ended", f"mode:{block_id}", actor=self.me)
        return self.blocks[block_id]

    async def interruptions(self, team: str = "", *, days: int = 28) -> wire_protection.Interruptions:
        raise AssertionError(UNASKED)

    async def record_interruption(self, body: wire_protection.RecordInterruption) -> wire_protection.Interruption:
        raise AssertionError(UNASKED)

    async def withdraw_interruption(self, interruption_id: int, note: str = "") -> wire_protection.Interruption:
        raise AssertionError(UNASKED)

    async def protection(self, team: str, *, weeks: int = 13) -> wire_protection.Protection:
        await self._turn()
        found = self._known(self.protected.get(team), f"team {team!r}")
        return replace(found, weeks=found.weeks[-weeks:])

    async def mode_plan(
        self, team: str, *, starts_at: datetime | None = None, weeks: int = 13, replace: bool = False
    ) -> wire_modes.ModePlan:
        await self._turn()
        if team not in self.plans:
            remedy = f"set support_percent in [teams.{team}] of roster.toml"
            raise refusal(422, f"team {team} does not say how many are in support", field="team", remedy=remedy)
        found = self.plans[team]
        known = {(one.person, one.mode, one.starts_at) for one in self.blocks.values() if not one.cancelled}
        left = [one for one in found.blocks if (one.person, one.mode, one.starts_at) not in known]
        return msgspec.structs.replace(found, blocks=tuple(left), choices=found.choices if left else ())

    async def apply_mode_plan(self, team: str, body: wire_modes.ApplyModePlan) -> wire_modes.ModePlan:
        await self._mutate("apply_mode_plan", team, body)
        found = await self.mode_plan(team, weeks=body.weeks, replace=body.replace)
        if body.plan != found.plan:
            raise refusal(409, f"the plan has changed: it was {body.plan} and is {found.plan} now")
        for one in found.blocks:
            given = {"id": 0, "at": NOW, "reason": f"plan of team {team}"}
            block = ModeBlock(**msgspec.structs.asdict(one) | given | {"mode": Mode(one.mode)})
            self._put_mode(block, block.reason)
        return replace(found, applied=True)

    async def policies(self) -> wire_policies.Policies:
        await self._turn()
        return wire_policies.Policies(policies=tuple(self.policy_list))

    async def policy(self, name: str, *, at: datetime | None = None) -> wire_policies.Policy:
        raise AssertionError(UNASKED)

    async def test_policy(
        self, name: str, *, severity: str = "", urgency: str = "high", at: datetime | None = None
    ) -> wire_policies.PolicyTest:
        await self._turn()
        if (name, severity, urgency) not in self.policy_tests:
            raise refusal(422, f"severity {severity!r} goes by policy nowhere", field="severity")
        return self.policy_tests[name, severity, urgency](at or NOW)

    async def handovers(
        self, state: str = "current", *, schedule: str = "", person: str = ""
    ) -> wire_handover.HandoverList:
        await self._turn()
        return wire_handover.HandoverList(handovers=tuple(self.kept_handovers.values()))

    async def handover(self, handover_id: int) -> wire_handover.Handover:
        await self._turn()
        return self._known(self.kept_handovers.get(handover_id), f"handover H-{handover_id}")

    def _handover_becomes(self, number: int, if_version: int | None, **changes) -> wire_handover.Handover:
        one = self._known(self.kept_handovers.get(number), f"handover H-{number}")
        self._check(one, if_version)
        self.kept_handovers[number] = replace(one, version=one.version + 1, **changes)
        self.tell("handover.changed", f"handover:{number}", actor=self.me)
        return self.kept_handovers[number]

    async def edit_handover(
        self, handover_id: int, surprises: str, *, if_version: int | None = None
    ) -> wire_handover.Handover:
        await self._mutate("edit_handover", wire_handover.EditHandover(surprises=surprises))
        return self._handover_becomes(handover_id, if_version, surprises=surprises)

    async def send_handover(
        self, handover_id: int, surprises: str | None = None, *, if_version: int | None = None
    ) -> wire_handover.Handover:
        await self._mutate("send_handover", wire_handover.SendHandover(surprises=surprises))
        one = self._known(self.kept_handovers.get(handover_id), f"handover H-{handover_id}")
        sent = {} if one.state == "running" else {"state": "sent", "sent_at": NOW}
        words = one.surprises if surprises is None else surprises
        return self._handover_becomes(handover_id, if_version, surprises=words, finished_by=self.me, **sent)

    async def accept_handover(self, handover_id: int, *, if_version: int | None = None) -> wire_handover.Handover:
        await self._mutate("accept_handover", handover_id)
        return self._handover_becomes(
            handover_id, if_version, state="accepted", accepted_by=self.me, accepted_at=NOW, accepted_via="api"
        )

    async def test_person(self, handle: str) -> wire_pages.PersonTest:
        raise AssertionError(UNASKED)

    async def delivery(self, delivery_id: int) -> wire_pages.Delivery:
        raise AssertionError(UNASKED)

    async def maintenance(self, state: str = "current") -> wire_quieting.MaintenanceList:
        await self._turn()
        return wire_quieting.MaintenanceList(windows=tuple(self.windows.values()))

    async def maintenance_window(self, window_id: int) -> wire_quieting.Maintenance:
        await self._turn()
        return self._known(self.windows.get(window_id), f"maintenance M-{window_id}")

    async def plan_maintenance(self, body: wire_quieting.PlanMaintenance) -> wire_quieting.Maintenance:
        await self._mutate("plan_maintenance", body)
        number = max(self.windows, default=0) + 1
        starts = body.starts_at or NOW
        status = "active" if starts <= NOW else "planned"
        self.windows[number] = make_window(
            number, body.plan, status=status, starts_at=starts, ends_at=body.ends_at, created_by=self.me
        )
        self.tell("maintenance.planned", f"maintenance:{number}", actor=self.me)
        return self.windows[number]

    async def end_maintenance(self, window_id: int) -> wire_quieting.Maintenance:
        await self._mutate("end_maintenance", window_id)
        self.windows[window_id] = replace(self.windows[window_id], status="over", ended_by=self.me)
        self.tell("maintenance.ended", f"maintenance:{window_id}", actor=self.me)
        return self.windows[window_id]

    async def extend_maintenance(self, window_id: int, seconds: float) -> wire_quieting.Maintenance:
        await self._mutate("extend_maintenance", window_id, seconds)
        window = self.windows[window_id]
        self.windows[window_id] = replace(window, ends_at=window.ends_at + timedelta(seconds=seconds))
        return self.windows[window_id]

    async def preview_hiding(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview:
        await self._turn()
        services = body.maintenance.services if body.maintenance else ()
        known = {one.service for one in self.alerts_by_id.values()} | {one.name for one in self.service_list}
        if wrong := [one for one in services if one not in known]:
            raise refusal(400, f"there is no service {wrong[0]!r}", field="plan.services")
        found = tuple(one for one in self.alerts_by_id.values() if one.service in services and one.status == "firing")
        return wire_quieting.HidingPreview(alerts=found, total=len(found), past=(), past_total=3)

    async def checks(self, *, kind: str = "", status: str = "") -> wire_checks.CheckList:
        await self._turn()
        return wire_checks.CheckList(checks=tuple(replace(one, recent=()) for one in self.check_list.values()))

    async def check(self, name: str) -> wire_checks.Check:
        await self._turn()
        return self._known(self.check_list.get(name), f"check {name}")

    async def check_url(self, name: str) -> wire_checks.CheckUrl:
        await self._turn()
        return wire_checks.CheckUrl(url=f"https://pings.example.net/{name}")

    async def pause_check(self, name: str, *, note: str = "") -> wire_checks.Check:
        await self._mutate("pause_check", name, note)
        paused = wire_checks.Pause(at=NOW, by=self.me, note=note)
        self.check_list[name] = replace(self.check_list[name], status="paused", paused=paused)
        return self.check_list[name]

    async def resume_check(self, name: str) -> wire_checks.Check:
        await self._mutate("resume_check", name)
        self.check_list[name] = replace(self.check_list[name], status="up", paused=None)
        return self.check_list[name]

    # ------------------------------------------------------------------ pages
    async def pages(
        self, *, state: str = "active", mine: bool = False, limit: int = 100, cursor: str = ""
    ) -> wire.PagePage:
        await self._turn()
        wanted = ("open", "acknowledged", "exhausted") if state == "active" else (state,)
        found = tuple(one for one in self.pages_by_id.values() if state == "all" or one.state in wanted)
        return wire.PagePage(pages=found, next_cursor="", total=len(found))

    async def page(self, page_id: int) -> wire_pages.PageDetail:
        await self._turn()
        page = self._known(self.pages_by_id.get(page_id), f"page {page_id}")
        return wire_pages.PageDetail(page=page, deliveries=self.deliveries.get(page_id, ()))

    async def raise_page(self, body: wire.RaisePage) -> wire.Page:
        await self._mutate("raise_page", body)
        page = make_page(max(self.pages_by_id, default=0) + 1, body.title, ago=0, service=body.service)
        self.put_page(page)
        return page

    async def acknowledge_page(
        self, page_id: int, *, note: str = "", until: datetime | None = None, if_version: int | None = None
    ) -> wire.Page:
        await self._mutate("acknowledge_page", page_id)
        page = self.pages_by_id[page_id]
        self._check(page, if_version)
        if page.state == "acknowledged" and page.acknowledged_by == self.me:
            return self._page_becomes(page, "acknowledged", acknowledged_until=until)
        if page.state == "acknowledged":
            raise refusal(409, f"P-{page_id} is acknowledged already", current=msgspec.to_builtins(page))
        acks = (*page.acks, self.me)
        if len(acks) < page.acks_needed:
            return self._page_becomes(page, page.state, acks=acks, ack_missing=_without(page.ack_missing, self.me))
        taken = {"acknowledged_by": self.me, "acknowledged_at": NOW, "acknowledged_until": until}
        return self._page_becomes(page, "acknowledged", **{**_NOT_TAKEN, **taken, "acks": acks, "ack_missing": ()})

    async def hand_back_page(self, page_id: int, *, note: str = "", if_version: int | None = None) -> wire.Page:
        await self._mutate("hand_back_page", page_id)
        page = self.pages_by_id[page_id]
        if page.state == "open":
            return self._page_becomes(page, "open", acks=_without(page.acks, self.me), ack_missing=(self.me,))
        return self._page_becomes(page, "open", **_NOT_TAKEN)

    async def take_over_page(
        self, page_id: int, body: wire_pages.TakeOver, *, if_version: int | None = None
    ) -> wire.Page:
        await self._mutate("take_over_page", page_id, body)
        page = self.pages_by_id[page_id]
        self._check(page, if_version)
        taken = {"acknowledged_by": self.me, "acknowledged_until": body.until}
        return self._page_becomes(page, "acknowledged", acknowledged_at=NOW, **taken)

    async def reassign_page(
        self, page_id: int, body: wire_pages.Reassign, *, if_version: int | None = None
    ) -> wire.Page:
        await self._mutate("reassign_page", page_id, body)
        page = self.pages_by_id[page_id]
        self._check(page, if_version)
        to = {"person": body.person, "schedule": body.schedule, "policy": body.policy or page.policy}
        return self._page_becomes(page, "open", **{**_NOT_TAKEN, **to, "step": 1})

    async def snooze_page(self, page_id: int, body: wire_pages.Snooze, *, if_version: int | None = None) -> wire.Page:
        await self._mutate("snooze_page", page_id, body)
        page = self.pages_by_id[page_id]
        self._check(page, if_version)
        if body.until > NOW + timedelta(days=7):
            raise refusal(422, "a page is put off until a time ahead, at most 7 days", field="until")
        return self._page_becomes(page, "open", **{**_NOT_TAKEN, "snoozed_until": body.until, "snoozed_by": self.me})

    async def resolve_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        await self._mutate("resolve_page", page_id)
        self._check(self.pages_by_id[page_id], if_version)
        return self._page_becomes(self.pages_by_id[page_id], "resolved", resolved_at=NOW)

    async def escalate_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        await self._mutate("escalate_page", page_id)
        page = self.pages_by_id[page_id]
        return self._page_becomes(page, "open", step=page.step + 1)

    def _page_becomes(self, page: wire.Page, state: str, **changes) -> wire.Page:
        page = replace(page, state=state, next_step_at=None, version=page.version + 1, **changes)
        for number in page.alert_ids:
            alert = self.alerts_by_id[number]
            by = changes.get("acknowledged_by", alert.acknowledged_by)
            self.alerts_by_id[number] = replace(alert, page_state=state, acknowledged_by=by, version=alert.version + 1)
        self.put_page(page, f"page.{state}")
        return page

    # ------------------------------------------------------------------ incidents
    async def incidents(
        self,
        *,
        state: str = "open",
        q: str = "",
        limit: int = 100,
        cursor: str = "",
        review: str = "",
        process: str = "",
    ) -> wire.IncidentPage:
        await self._turn()
        over = ("closed", "merged", "false_alarm")
        found = tuple(
            one
            for one in self.incidents_by_id.values()
            if state == "all" or (one.status in over) == (state == "closed")
        )
        return wire.IncidentPage(incidents=found, next_cursor="", total=len(found))

    async def incident(self, incident_id: int) -> wire_incidents.IncidentDetail:
        await self._turn()
        one = self._known(self.incidents_by_id.get(incident_id), f"incident {incident_id}")
        updates = tuple(self.updates.get(incident_id, ()))
        return wire_incidents.IncidentDetail(
            incident=one, roles=one.roles, updates=updates, role_gap_minutes={},
            classification=self.classifications.get(incident_id), **self.facts.get(incident_id, {}),
        )  # fmt: skip

    async def declare(self, body: wire_incidents.DeclareIncident) -> wire.Incident:
        await self._mutate("declare", body)
        number = max(self.incidents_by_id, default=0) + 1
        one = make_incident(
            number,
            body.title,
            ago=0,
            severity=body.severity or Severity.SEV3,
            service=body.service,
            alert_ids=body.alert_ids,
        )
        self.timelines[number] = [make_entry(self.seq + 1, 0, "status", f"Declared: {body.title}", by=self.me)]
        for alert_id in body.alert_ids:
            self._link(alert_id, number)
        return self._incident_becomes(one, "incident.declared")

    def _link(self, alert_id: int, number: int) -> None:
        alert = self.alerts_by_id[alert_id]
        self.alerts_by_id[alert_id] = replace(
            alert, incident_ids=(*alert.incident_ids, number), version=alert.version + 1
        )

    def _incident_becomes(self, one: wire.Incident, kind: str, **changes) -> wire.Incident:
        one = replace(one, version=one.version + 1, **changes)
        self.incidents_by_id[one.id] = one
        self.tell(kind, f"incident:{one.id}", actor=self.me)
        return one

    def _open(self, incident_id: int, if_version: int | None) -> wire.Incident:
        one = self._known(self.incidents_by_id.get(incident_id), f"incident {incident_id}")
        self._check(one, if_version)
        return one

    async def edit_incident(
        self, incident_id: int, body: wire_incidents.EditIncident, *, if_version: int | None = None
    ) -> wire.Incident:
        await self._mutate("edit_incident", incident_id, body)
        one = self._open(incident_id, if_version)
        given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}
        return self._incident_becomes(one, "incident.edited", **given)

    async def change_status(
        self, incident_id: int, body: wire_incidents.ChangeStatus, *, if_version: int | None = None
    ) -> wire.Incident:
        await self._mutate("change_status", incident_id, body)
        one = self._open(incident_id, if_version)
        allowed = {"active": ("mitigated", "false_alarm"), "mitigated": ("resolved", "active")}.get(
            body.to, ("active",)
        )
        return self._incident_becomes(one, "incident.status", status=body.to, allowed=allowed)

    async def set_severity(
        self, incident_id: int, body: wire_incidents.SetSeverity, *, if_version: int | None = None
    ) -> wire.Incident:
        await self._mutate("set_severity", incident_id, body)
        return self._incident_becomes(self._open(incident_id, if_version), "incident.severity", severity=body.severity)

    async def severity_matrix(self) -> wire_severity.SeverityMatrix:
        await self._turn()
        facts = {"process_version": "p1", "warnings": ()}
        return msgspec.convert(
            {**msgspec.structs.asdict(self.matrix), **facts}, wire_severity.SeverityMatrix, from_attributes=True
        )

    async def classify_incident(
        self, incident_id: int, body: wire_severity.ClassifyIncident, *, if_version: int | None = None
    ) -> wire_severity.ClassifiedIncident:
        """As the daemon does it: over the answers before, and an override with or without a reason."""
        await self._mutate("classify_incident", incident_id, body)
        one = self._open(incident_id, if_version)
        before = self.classifications.get(incident_id)
        given = {**(before.answers if before else {}), **body.answers}
        found = self.record_classification(incident_id, given, override=body.severity, reason=body.reason, by=self.me)
        one = self._incident_becomes(one, "incident.classified", severity=body.severity or found.level)
        return wire_severity.ClassifiedIncident(incident=one, classification=found)

    def record_classification(
        self, incident_id: int, given: Mapping[str, str], *, override: Severity | None = None, reason: str, by: str
    ) -> wire_severity.IncidentClassification:
        now = shown(self.matrix, classified(self.matrix, given), given)
        found = wire_severity.IncidentClassification(
            at=NOW, by=by, level=now.level, rule=now.rule, rule_text=now.rule_text, answers=given,
            overridden=override not in (None, now.level), reason=reason, process_version="p1", lost=(), now=now,
        )  # fmt: skip
        self.classifications[incident_id] = found
        return found

    # ------------------------------------------------------------------ roles and checklists
    async def assign_role(
        self, incident_id: int, body: wire_incidents.AssignRole, *, if_version: int | None = None
    ) -> wire.Incident:
        await self._mutate("assign_role", incident_id, body)
        one = self._open(incident_id, if_version)
        leaves = body.ends or not body.person
        gone = {body.person} if body.ends else {held.person for held in one.roles}
        ended = leaves or body.role in EXCLUSIVE
        kept = [held for held in one.roles if held.role != body.role or not (ended and held.person in gone)]
        if not leaves:
            number = max((held.id for held in one.roles), default=0) + 1
            kept.append(
                wire.RoleHolder(id=number, role=body.role, person=body.person, starts_at=one.declared_at, ends_at=None)
            )
        return self._incident_becomes(one, "incident.role", roles=tuple(kept))

    async def role_note(self, incident_id: int, role: str) -> wire_roles.RoleNote:
        await self._turn()
        return wire_roles.RoleNote(
            known="SEV1 active: Card payments fail at checkout",
            tried="rollback checkout",
            promised="an update at 18:20",
        )

    async def page_role(self, incident_id: int, role: str, body: wire_roles.PageRole) -> wire.Page:
        await self._mutate("page_role", incident_id, role, body)
        number = max(self.pages_by_id) + 1
        page = replace(
            self.pages_by_id[max(self.pages_by_id)], id=number, role=role, incident_id=incident_id, notified=("lin",)
        )
        self.pages_by_id[number] = page
        return page

    async def tick(self, incident_id: int, item: str, *, done: bool = True) -> wire_checklists.Checklist:
        await self._mutate("tick", incident_id, item, done)
        facts = self.facts[incident_id]
        at, by = (self.incidents_by_id[incident_id].declared_at, self.me) if done else (None, "")
        facts["checklist"] = tuple(
            replace(one, done_at=at, done_by=by) if one.id == item else one for one in facts["checklist"]
        )
        self._incident_becomes(self.incidents_by_id[incident_id], "incident.checklist")
        return wire_checklists.Checklist(items=facts["checklist"], done=0)

    async def open_chat(self, incident_id: int) -> wire_chat.ChatRoom:
        await self._mutate("open_chat", incident_id)
        return self._chat_becomes(incident_id, "opening", "incident.chat_opened")

    async def archive_chat(self, incident_id: int) -> wire_chat.ChatRoom:
        await self._mutate("archive_chat", incident_id)
        return self._chat_becomes(incident_id, "archiving", "incident.chat_archived")

    def _chat_becomes(self, incident_id: int, state: str, kind: str, **more) -> wire_chat.ChatRoom:
        room = wire_chat.ChatRoom(
            id=1, incident_id=incident_id, channel="slack", name=f"inc-{incident_id}-cards", state=state, url="",
            error="", opened_by=self.me, opened_at=NOW,
        )  # fmt: skip
        self.facts.setdefault(incident_id, {})["chat"] = replace(room, **more)
        self.tell(kind, f"incident:{incident_id}", actor=self.me)
        return room

    async def add_note(self, incident_id: int, body: wire_incidents.AddNote) -> wire.TimelineEntry:
        await self._mutate("add_note", incident_id, body)
        entry = make_entry(self.seq + 1, 0, body.kind, body.text, by=self.me, evidence=body.evidence)
        self.timelines.setdefault(incident_id, []).append(entry)
        self.tell("incident.note", f"incident:{incident_id}", actor=self.me)
        return entry

    async def claim_impact(self, incident_id: int, body: wire_facts.ClaimImpact) -> wire_facts.ImpactClaim:
        await self._mutate("claim_impact", incident_id, body)
        former = next((one for one in self._facts(incident_id, "claims") if one.id == body.replaces), None)
        made = make_claim(
            len(self._facts(incident_id, "claims")) + 1,
            body.affected or (former.affected if former else ""),
            figure=body.figure or (former.figure if former else wire_facts.ImpactFigure()),
            source=body.source or self.me,
            suspected=bool(body.suspected),
            replaces=body.replaces,
        )
        if former is not None:
            self._put_fact(incident_id, "claims", replace(former, state="replaced", replaced_by=made.id))
        return self._put_fact(incident_id, "claims", made)

    async def judge_claim(self, incident_id: int, claim_id: int, body: wire_facts.JudgeClaim) -> wire_facts.ImpactClaim:
        return await self._judge_fact(incident_id, "claims", claim_id, body, state=body.verdict)

    async def attach(self, incident_id: int, body: wire_attachments.AttachFile) -> wire_attachments.IncidentAttachment:
        await self._mutate("attach", incident_id, body)
        number = len(self._facts(incident_id, "attachments")) + 1
        made = make_attachment(number, body.name, size=len(body.data), note=body.note, by=self.me)
        return self._put_fact(incident_id, "attachments", made)

    async def resembling(self, incident_id: int) -> wire_facts.ResemblingIncidents:
        await self._turn()
        return wire_facts.ResemblingIncidents(incidents=tuple(self.past.get(incident_id, ())))

    async def theorise(self, incident_id: int, body: wire_facts.Theorise) -> wire_facts.Theory:
        await self._mutate("theorise", incident_id, body)
        number = len(self._facts(incident_id, "theories")) + 1
        made = wire_facts.Theory(id=number, text=body.text, at=NOW, by=self.me, state="open", verdicts=())
        return self._put_fact(incident_id, "theories", made)

    async def judge_theory(self, incident_id: int, theory_id: int, body: wire_facts.JudgeTheory) -> wire_facts.Theory:
        return await self._judge_fact(incident_id, "theories", theory_id, body, state=body.verdict)

    async def attempt(self, incident_id: int, body: wire_facts.Try) -> wire_facts.Attempt:
        await self._mutate("attempt", incident_id, body)
        number = len(self._facts(incident_id, "attempts")) + 1
        return self._put_fact(incident_id, "attempts", make_attempt(number, body.text, theory_id=body.theory_id))

    async def tell_outcome(self, incident_id: int, attempt_id: int, body: wire_facts.TellOutcome) -> wire_facts.Attempt:
        return await self._judge_fact(incident_id, "attempts", attempt_id, body, outcome=body.outcome)

    async def _judge_fact(self, incident_id: int, kind: str, number: int, body: Any, **changes: str) -> Any:
        await self._mutate(f"judge_{kind}", incident_id, number, body)
        one = next(one for one in self._facts(incident_id, kind) if one.id == number)
        word = next(iter(changes.values()))
        said = wire_facts.Verdict(at=NOW, recorded_at=NOW, by=self.me, word=word, why=body.why, evidence="")
        return self._put_fact(incident_id, kind, replace(one, verdicts=(*one.verdicts, said), **changes))

    def _facts(self, incident_id: int, kind: str) -> tuple[Any, ...]:
        return self.facts.setdefault(incident_id, {}).setdefault(kind, ())

    def _put_fact(self, incident_id: int, kind: str, fact: Any) -> Any:
        kept = {one.id: one for one in self._facts(incident_id, kind)} | {fact.id: fact}
        self.facts[incident_id][kind] = tuple(kept.values())
        self.tell(f"incident.{kind}", f"incident:{incident_id}", actor=self.me)
        return fact

    async def draft_update(
        self, incident_id: int, *, audience: str = "internal", phase: str = ""
    ) -> wire_updates.UpdateDraft:
        text = f"Draft to {audience}, {phase}"
        return wire_updates.UpdateDraft(
            text=text, phase=phase, audience=audience, next_at=None, last_text="", last_at=None
        )

    async def check_update(self, incident_id: int, body: wire_incidents.PostUpdate) -> wire_updates.CheckedUpdate:
        found = ("it says nothing new",) if "nothing" in body.text else ()
        return wire_updates.CheckedUpdate(text=body.text, next_at=None, warnings=found, readers=())

    async def run_long(
        self, incident_id: int, body: wire_updates.RunLong, *, if_version: int | None = None
    ) -> wire.Incident:
        await self._mutate("run_long", incident_id, body)
        one = self._open(incident_id, if_version)
        return self._incident_becomes(one, "incident.long", long_since=NOW if body.on else None)

    async def post_update(self, incident_id: int, body: wire_incidents.PostUpdate) -> wire.Update:
        await self._mutate("post_update", incident_id, body)
        before = self.updates.get(incident_id, ())
        if body.seen is not None and before and before[-1].id > body.seen:
            raise refusal(409, "lin sent an update meanwhile", current=msgspec.to_builtins(before[-1]))
        due = NOW + timedelta(seconds=body.next_in or 900)
        number = len(self.updates.get(incident_id, ())) + 1
        update = wire.Update(
            id=number, at=NOW, by=self.me, audience=body.audience, phase=body.phase, text=body.text, next_at=due
        )
        self.updates.setdefault(incident_id, []).append(update)
        self._incident_becomes(self.incidents_by_id[incident_id], "incident.update", next_update_at=due)
        return update

    async def link_alerts(self, incident_id: int, alert_ids: Sequence[int]) -> wire.Incident:
        await self._mutate("link_alerts", incident_id, tuple(alert_ids))
        one = self._open(incident_id, None)
        for alert_id in alert_ids:
            self._link(alert_id, incident_id)
        return self._incident_becomes(one, "incident.linked", alert_ids=(*one.alert_ids, *alert_ids))

    async def unlink_alert(self, incident_id: int, alert_id: int) -> wire.Incident:
        await self._mutate("unlink_alert", incident_id, alert_id)
        one = self._open(incident_id, None)
        kept = tuple(number for number in one.alert_ids if number != alert_id)
        alert = self.alerts_by_id[alert_id]
        self.alerts_by_id[alert_id] = replace(alert, incident_ids=(), version=alert.version + 1)
        return self._incident_becomes(one, "incident.unlinked", alert_ids=kept)

    async def timeline(self, incident_id: int) -> wire.Timeline:
        await self._turn()
        return wire.Timeline(entries=tuple(self.timelines.get(incident_id, ())))

    # ------------------------------------------------------------------ life
    async def measures(self, incident_id: int) -> Measures:
        await self._turn()
        nothing = Measures(
            incident_id=incident_id, as_of=NOW, episodes=(), noticed_first="", noticed_by="", promises=(),
            promises_kept=0, promises_missed=0, role_gap_minutes={}, severity_revisions=(), worst_severity=None,
            corrections=0, contradictions=(),
        )  # fmt: skip
        return self.measured.get(incident_id, nothing)

    async def correct_time(self, incident_id: int, body: wire_life.CorrectTime) -> wire.Incident:
        await self._mutate("correct_time", incident_id, body)
        changes = {body.what: body.at} if body.what in ("started_at", "mitigated_at", "resolved_at") else {}
        return self._incident_becomes(self._open(incident_id, None), "incident.corrected", **changes)

    async def split(self, incident_id: int, body: wire_life.SplitIncident) -> wire.Incident:
        await self._mutate("split", incident_id, body)
        number = max(self.incidents_by_id) + 1
        self.incidents_by_id[number] = make_incident(number, body.title, ago=0, alert_ids=body.alert_ids)
        self.tell("incident.split", f"incident:{incident_id}", actor=self.me)
        return self.incidents_by_id[number]

    async def resemble(self, incident_id: int, body: wire_life.Resembles) -> wire.Incident:
        await self._mutate("resemble", incident_id, body)
        one = wire_life.Related(
            incident_id=body.incident_id, title="Tokens expired", status="closed", severity=Severity.SEV2,
            kind="resembles", why=body.why, by=self.me, at=NOW,
        )  # fmt: skip
        self.facts.setdefault(incident_id, {})["related"] = (one,)
        return self._incident_becomes(self._open(incident_id, None), "incident.resembles")

    async def resemble_no_more(self, incident_id: int, other_id: int) -> wire.Incident:
        await self._mutate("resemble_no_more", incident_id, other_id)
        self.facts.setdefault(incident_id, {})["related"] = ()
        return self._incident_becomes(self._open(incident_id, None), "incident.resembles_no_more")

    async def pin(self, incident_id: int, seq: int, *, pinned: bool = True) -> wire.TimelineEntry:
        await self._mutate("pin", incident_id, seq, pinned)
        told = self.timelines[incident_id]
        told[:] = [replace(one, pinned=pinned) if one.seq == seq else one for one in told]
        self.tell("incident.pinned", f"incident:{incident_id}", actor=self.me)
        return next(one for one in told if one.seq == seq)

    # ------------------------------------------------------------------ presence
    def be_here(self, *here: wire_presence.Present) -> None:
        """These people are in every room."""
        self.here, before = wire_presence.Presence(here=here, version=self.here.version + 1), self._here_before
        self._here_before = asyncio.Event()
        before.set()

    async def presence(self, incident_id: int, *, after: int = 0, wait: int = 0) -> wire_presence.Presence:
        await self._turn()
        while wait and after == self.here.version:
            await self._here_before.wait()
        return self.here

    async def be_present(self, incident_id: int, body: wire_presence.BePresent) -> wire_presence.Presence:
        await self._turn()
        msgspec.json.encode(body)
        self.beats.append((body.state, body.what))
        return self.here

    # ------------------------------------------------------------------ people, drafts, events
    async def people(self) -> wire.People:
        await self._turn()
        return wire.People(people=tuple(self.person_list), problems=self.roster_problems)

    async def services(self) -> wire.Services:
        await self._turn()
        return wire.Services(services=tuple(self.service_list))

    async def on_call(self) -> wire.OnCallNow:
        await self._turn()
        return wire.OnCallNow(at=NOW, schedules=tuple(self.shifts), mine=self.own_shifts)

    async def test_route(self, labels: Mapping[str, str]) -> wire_routes.RouteTest:
        await self._turn()
        return wire_routes.RouteTest(at=NOW, process_version="v1", labels=labels, steps=(), ends=())

    async def test_notifier(self, instance: str) -> wire_pages.Delivery:
        await self._mutate("test_notifier", instance)
        return make_delivery(99, 0, self.me, instance, state="pending", kind="test")

    async def draft(self, key: str) -> wire_drafts.Draft:
        await self._turn()
        return wire_drafts.Draft(key=key, text=self.drafts.get(key, ""), saved_at=NOW)

    async def wording(self) -> wire_wording.Wording:
        await self._turn()
        hidden = tuple(
            wire_wording.HiddenPhrase(rule=one.rule, phrase=one.phrase, why="you dismissed it") for one in self.judged
        )
        return wire_wording.Wording(language="en", own_file="own.toml", own=self.own_words, hidden=hidden)

    async def judge_wording(self, body: wire_wording.JudgeWording) -> wire_wording.Dismissals:
        await self._mutate("judge_wording", body)
        said = wire_wording.WordingVerdict(
            id=len(self.judged) + 1, rule=body.rule, phrase=body.phrase, keep=body.keep, reason=body.reason,
            by=self.me, at=NOW,
        )  # fmt: skip
        self.judged.append(said)
        return self._dismissals()

    async def undo_dismissal(self, verdict_id: int) -> wire_wording.Dismissals:
        await self._mutate("undo_dismissal", verdict_id)
        self.judged = [one for one in self.judged if one.id != verdict_id]
        return self._dismissals()

    def _dismissals(self) -> wire_wording.Dismissals:
        phrases = tuple(
            wire_wording.DismissedPhrase(
                rule=one.rule, phrase=one.phrase, dismissed=1, kept=0, muted=False, why="", verdicts=(one,)
            )
            for one in self.judged
        )
        return wire_wording.Dismissals(phrases=phrases, rules=(), mute_after=5)

    async def save_draft(self, key: str, text: str) -> wire_drafts.Draft:
        await self._mutate("save_draft", key, text)
        self.drafts[key] = text
        return wire_drafts.Draft(key=key, text=text, saved_at=NOW)

    async def delete_draft(self, key: str) -> None:
        await self._mutate("delete_draft", key)
        self.drafts.pop(key, None)

    async def event_page(self, after: int = 0, limit: int = 100) -> wire.EventPage:
        await self._turn()
        return wire.EventPage(events=(), last_seq=self.seq)

    async def events(self, after: int, on_state: Callable[[bool], None] | None = None) -> AsyncIterator[wire.Event]:
        queue: asyncio.Queue[wire.Event | bool] = asyncio.Queue()
        self._queues.append(queue)
        if on_state is not None:
            on_state(True)
        while True:
            item = await queue.get()
            if isinstance(item, bool):
                if on_state is not None:
                    on_state(item)
            elif item.seq > after:
                yield item


def make_window(number: int, plan: wire_quieting.MaintenancePlan, **changes) -> wire_quieting.Maintenance:
    fields = {
        "id": number,
        "name": f"M-{number}",
        "status": "active",
        "services": plan.services,
        "text": plan.text,
        "spared": plan.spared,
        "below": plan.below,
        "starts_at": NOW,
        "ends_at": NOW + minutes(60),
        "created_by": "ada",
        "created_at": NOW,
        "updated_at": NOW,
        "rule": None,
        "continues": None,
        "ended_by": "",
        "version": 1,
    }
    return wire_quieting.Maintenance(**{**fields, **changes})


def make_check(source: str, name: str, status: str = "up", **changes) -> wire_checks.Check:
    fields = {
        "source": source,
        "name": name,
        "kind": "heartbeat",
        "status": status,
        "expects": "every 1 h, grace 10 min",
        "detail": "",
        "service": "",
        "severity": "",
        "description": "",
        "since": NOW - minutes(300),
        "last_at": NOW - minutes(20),
        "last_duration": None,
        "next_at": NOW + minutes(40),
        "down_at": NOW + minutes(50),
        "certificate_until": None,
        "alert_id": None,
        "paused": None,
        "recent": (),
    }
    return wire_checks.Check(**{**fields, **changes})


def make_delivery(
    number: int, page_id: int, person: str, notifier: str, ago: float = 2, **changes
) -> wire_pages.Delivery:
    at = NOW - minutes(ago)
    fields = {
        "id": number,
        "page_id": page_id,
        "person": person,
        "notifier": notifier,
        "address": "",
        "kind": "page",
        "state": "sent",
        "attempt": 1,
        "due_at": at,
        "sent_at": at,
        "error": "",
        "idempotency_key": f"k{number}",
        "title": "",
    }
    return wire_pages.Delivery(**{**fields, **changes})


class ReviewCalls(FakeDaemon):
    """What happens before a review."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: dict[int, wire_review.OwnNotes] = {}
        self.meetings: dict[int, wire_meeting.Meeting] = {}

    async def review_window(self, incident_id: int) -> wire_review.ReviewWindow:
        await self._turn()
        found: wire_review.ReviewWindow = self._known(self.facts[incident_id].get("window"), "window")
        return found

    async def ask_opening(self, incident_id: int, reason: str) -> wire_review.ReviewWindow:
        await self._mutate("ask_opening", incident_id, reason)
        return await self.review_window(incident_id)

    async def answer_opening(self, incident_id: int, body: wire_review.AnswerOpening) -> wire_review.ReviewWindow:
        await self._mutate("answer_opening", incident_id, body)
        return await self.review_window(incident_id)

    async def meeting(self, incident_id: int) -> wire_meeting.Meeting:
        await self._turn()
        found: wire_meeting.Meeting = self._known(self.meetings.get(incident_id), "meeting")
        return found

    async def answer_meeting(self, incident_id: int, body: wire_meeting.AnswerMeeting) -> wire_meeting.Meeting:
        await self._mutate("answer_meeting", incident_id, body)
        return await self.meeting(incident_id)

    async def own_notes(self, incident_id: int) -> wire_review.OwnNotes:
        await self._turn()
        nothing = wire_review.OwnNotes(incident_id=incident_id, text="", saved_at=None, version=0)
        return self.notes.get(incident_id, nothing)

    async def save_notes(self, incident_id: int, text: str, if_version: int | None = None) -> wire_review.SavedNotes:
        await self._mutate("save_notes", incident_id, text, if_version)
        kept = await self.own_notes(incident_id)
        self._check(kept, if_version)
        self.notes[incident_id] = replace(kept, text=text, saved_at=NOW, version=kept.version + 1)
        return wire_review.SavedNotes(incident_id=incident_id, saved_at=NOW, version=kept.version + 1)


class FakeClient(
    fake_house.FakeHouse,  # type: ignore[misc,name-defined]
    fake_insights.FakeInsights,  # type: ignore[misc,name-defined]
    fake_experiments.FakeExperiments,  # type: ignore[misc,name-defined]
    fake_process.FakeProcess,  # type: ignore[misc,name-defined]
    fake_learning.FakeLearning,  # type: ignore[misc,name-defined]
    fake_reviews.FakeReviews,  # type: ignore[misc,name-defined]
    ReviewCalls,
):
    """With reviews and the support layer: as much of the rules of triage as a screen shows."""

    def __init__(self) -> None:
        super().__init__()
        self.reports_by_id: dict[int, wire_reports.Report] = {}
        self.said: dict[int, list[wire_reports.ReportMessage]] = {}
        self.customers_by_id: dict[int, wire_reports.Customer] = {}
        self.whither = wire_triage.Whither(
            rule="", why="no rule fits", passed=(), target="policy shop", people=("lin",), on_project_work=(),
            urgency="high", audiences=(),
        )  # fmt: skip
        self.canned: tuple[wire_triage.ReplyDraft, ...] = ()
        self.alike: dict[int, wire_triage.Similar] = {}

    async def reports(
        self, state: str = "open", *, q: str = "", mine: bool = False, late: bool = False, incident_id: int = 0,
        customer_id: int = 0, limit: int = 100, cursor: str = "", **equal: str,
    ) -> wire_reports.ReportPage:  # fmt: skip
        await self._turn()
        asked_for = {number for one in self.alike.values() if one.nudge for number in one.nudge.report_ids}
        found = [one for one in self.reports_by_id.values() if (one.state == "closed") == (state == "closed")]
        listed = tuple(
            wire_reports.ListedReport(
                **{name: getattr(one, name) for name in one.__struct_fields__},
                nudged=one.id in asked_for and one.incident_id is None,
            )
            for one in found
        )
        return wire_reports.ReportPage(reports=listed, next_cursor="", total=len(found))

    async def report(self, report_id: int) -> wire_reports.ReportDetail:
        await self._turn()
        one = self._known(self.reports_by_id.get(report_id), f"report {report_id}")
        customer = await self.customer(one.customer_id)
        step = wire_reports.ReportStep(seq=1, at=one.created_at, by=one.customer, kind="report.received", text="wrote")
        return wire_reports.ReportDetail(
            report=one,
            customer=replace(customer, kind=one.kind, name=one.customer),
            messages=tuple(self.said.get(report_id, ())),
            duplicates=(),
            history=(step,),
        )

    async def triage(self, report_id: int) -> wire_triage.Triage:
        await self._turn()
        one = self._known(self.reports_by_id.get(report_id), f"report {report_id}")
        rows = tuple(self._row(one, name) for name in QUESTIONS)
        missing = [row.question for row in rows if row.state == "missing"]
        draft = wire_triage.ReplyDraft(name=missing[0], text=f"Hello,\n\nplease tell {missing[0]}", missing=())
        return wire_triage.Triage(
            report=one, rows=rows, completeness=100 - 12 * len(missing), next=draft if missing else None,
            waiting_for=(), replies=self.canned, whither=self.whither, pages=(), nudge=None, version=one.version,
        )  # fmt: skip

    def _row(self, one: wire_reports.Report, name: str) -> wire_triage.CardRow:
        state = "missing" if name not in one.answers else "answered" if one.answers[name] else "unknown"
        return wire_triage.CardRow(
            question=name, text=name, state=state, answer=one.answers.get(name) or "", implied=False, required=True,
            asked_at=None,
        )  # fmt: skip

    async def similar_reports(self, report_id: int) -> wire_triage.Similar:
        await self._turn()
        return self.alike.get(report_id, wire_triage.Similar(similar=(), nudge=None))

    def _report_becomes(self, report_id: int, if_version: int | None, **changes) -> wire_reports.Report:
        one = self._known(self.reports_by_id.get(report_id), f"report {report_id}")
        self._check(one, if_version)
        self.reports_by_id[report_id] = one = replace(one, version=one.version + 1, **changes)
        self.tell("report.changed", f"report:{report_id}", actor=self.me)
        return one

    async def answer_questions(
        self, report_id: int, answers: Mapping[wire_triage.QuestionName, str | None], *,
        forget: Sequence[wire_triage.QuestionName] = (), if_version: int | None = None,
    ) -> wire_triage.Triage:  # fmt: skip
        given = tuple(wire_triage.Answered(question=name, text=text) for name, text in answers.items())
        await self._mutate("answer_questions", wire_triage.AnswerQuestions(answers=given, forget=tuple(forget)))
        kept = {name: text for name, text in self.reports_by_id[report_id].answers.items() if name not in forget}
        self._report_becomes(
            report_id, if_version, answers={**kept, **{name: text or "" for name, text in answers.items()}}
        )
        return await self.triage(report_id)

    async def ask_reporter(
        self, report_id: int, question: wire_triage.QuestionName | None = None, text: str = "", *,
        if_version: int | None = None,
    ) -> wire_triage.Triage:  # fmt: skip
        await self._mutate("ask_reporter", report_id, if_version)
        self._report_becomes(report_id, if_version, state="awaiting_reporter")
        return await self.triage(report_id)

    async def send_canned_reply(
        self, report_id: int, name: str, *, final: bool = False, if_version: int | None = None
    ) -> wire_triage.Triage:
        await self._mutate("send_canned_reply", wire_triage.SendCanned(name=name, final=final))
        self._report_becomes(report_id, if_version, unanswered=False)
        return await self.triage(report_id)

    async def set_priority(
        self, report_id: int, impact: wire_triage.Level, urgency: wire_triage.Level, *, if_version: int | None = None
    ) -> wire_triage.Triage:
        await self._mutate("set_priority", wire_triage.SetPriority(impact=impact, urgency=urgency))
        self._report_becomes(report_id, if_version, impact=impact, urgency=urgency, priority="P2")
        return await self.triage(report_id)

    async def propagate_report(
        self, report_id: int, note: str = "", *, interruption: str = "", if_version: int | None = None
    ) -> wire_triage.Triage:
        await self._mutate("propagate_report", wire_triage.Propagate(note=note, interruption=interruption))
        self._report_becomes(report_id, if_version, state="triaging")
        return await self.triage(report_id)

    async def create_report(self, body: wire_reports.NewReport) -> wire_reports.Report:
        await self._mutate("create_report", body)
        number = max(self.reports_by_id, default=0) + 1
        self.reports_by_id[number] = make_report(number, body.subject, 0, customer=body.sender or self.me)
        self.tell("report.received", f"report:{number}")
        return self.reports_by_id[number]

    async def edit_report(
        self, report_id: int, body: wire_reports.EditReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        await self._mutate("edit_report", body)
        changes = {name: value for name in ("service", "owner") if (value := getattr(body, name)) is not None}
        return self._report_becomes(report_id, if_version, **changes)

    async def acknowledge_report(
        self, report_id: int, note: str = "", *, if_version: int | None = None
    ) -> wire_reports.Report:
        await self._mutate("acknowledge_report", report_id)
        return self._report_becomes(report_id, if_version, state="acknowledged", first_responded_at=NOW)

    async def reply_to_report(
        self, report_id: int, body: wire_reports.Reply, *, if_version: int | None = None
    ) -> wire_reports.Report:
        await self._mutate("reply_to_report", body)
        sent = make_message(99, body.text, 0, direction="out", kind="reply", author=self.me, delivery="pending")
        self.said.setdefault(report_id, []).append(sent)
        return self._report_becomes(report_id, if_version, unanswered=False)

    async def note_on_report(self, report_id: int, text: str) -> wire_reports.Report:
        await self._mutate("note_on_report", wire_reports.ReportNote(text=text))
        return self._report_becomes(report_id, None)

    async def change_report(
        self, report_id: int, body: wire_reports.ChangeReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        await self._mutate("change_report", body)
        if body.to == "ticketed" and not body.ticket:
            raise refusal(422, "ticketed needs the ticket", field="ticket", remedy="give its number or address")
        changes = {"incident_id": body.incident_id, "duplicate_of": body.duplicate_of, "ticket": body.ticket}
        return self._report_becomes(report_id, if_version, state=body.to, **changes)

    async def preview_broadcast(
        self, incident_id: int, body: wire_reports.PreviewBroadcast
    ) -> wire_reports.BroadcastPreview:
        await self._turn()
        msgspec.json.encode(body)
        return wire_reports.BroadcastPreview(
            to=tuple(
                wire_reports.BroadcastTo(
                    report_id=one.id, reference=one.reference, channel=one.channel, recipient=one.recipient,
                    private=False, text=body.text, told_before=False,
                )
                for one in self.reports_by_id.values()
                if one.incident_id == incident_id
            )
        )  # fmt: skip

    async def customer(self, customer_id: int) -> wire_reports.Customer:
        await self._turn()
        made = wire_reports.Customer(
            id=customer_id, kind="end_user", name=f"customer {customer_id}", notes="pays",
            addresses=(wire_reports.Address(channel="support-mail", address="c\u202e@example.org"),),
            created_at=NOW, version=1,
        )  # fmt: skip
        return self.customers_by_id.setdefault(customer_id, made)

    async def edit_customer(
        self, customer_id: int, body: wire_reports.EditCustomer, *, if_version: int | None = None
    ) -> wire_reports.Customer:
        await self._mutate("edit_customer", body)
        return await self.customer(customer_id)

    async def attachment(self, report_id: int, attachment_id: int) -> wire_reports.AttachmentContent:
        await self._turn()
        attached = (file for one in self.said[report_id] for file in one.attachments)
        found = self._known(next((one for one in attached if one.id == attachment_id), None), "attachment")
        return wire_reports.AttachmentContent(attachment=found, data=b"\x00" * found.size)

    async def merge_report(self, report_id: int, into: int, *, if_version: int | None = None) -> wire_reports.Report:
        await self._mutate("merge_report", report_id, into)
        self.said.setdefault(into, []).extend(self.said.pop(report_id, ()))
        self._report_becomes(report_id, if_version, state="closed", duplicate_of=into)
        return self._report_becomes(into, None)

    async def split_report(
        self, report_id: int, body: wire_reports.SplitReport, *, if_version: int | None = None
    ) -> wire_reports.Report:
        await self._mutate("split_report", report_id, body)
        one, number = self._report_becomes(report_id, if_version), max(self.reports_by_id) + 1
        self.said[number] = [each for each in self.said[report_id] if each.id in body.message_ids]
        self.said[report_id] = [each for each in self.said[report_id] if each.id not in body.message_ids]
        made = replace(one, id=number, reference=f"R-{number}", subject=body.subject, version=1)
        self.reports_by_id[number] = made
        return made

    async def declare_from_reports(self, body: wire_reports.DeclareFromReports) -> wire.Incident:
        await self._mutate("declare_from_reports", body)
        number = max(self.incidents_by_id, default=0) + 1
        self.incidents_by_id[number] = make_incident(number, body.title, 0, severity=body.severity)
        for report_id in body.report_ids:
            self._report_becomes(report_id, None, state="linked", incident_id=number)
        return self.incidents_by_id[number]

    async def incident(self, incident_id: int) -> wire_incidents.IncidentDetail:
        by = tuple(one.id for one in self.reports_by_id.values() if one.incident_id == incident_id)
        return replace(await super().incident(incident_id), report_ids=by)
