"""What the demonstration prints when there is no terminal: the alert, the page, the trace, the timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from incidentd import wire
from incidentd.core import Core
from incidentd.domain.display import safe_line
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")


def _section(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _alert_lines(alert: wire.Alert) -> Iterator[str]:
    yield from _section("Alert")
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()))
    yield f"A-{alert.id}  {alert.status}  {safe_line(alert.name)}: {safe_line(alert.summary)}"
    yield f"     {safe_line(labels)}"


def _page_lines(pages: Path) -> Iterator[str]:
    yield from _section("What people were sent")
    for line in pages.read_text(encoding="utf-8").splitlines():
        sent = json.loads(line)
        yield f"{sent['kind']:<9}to {safe_line(sent['recipient'])}: {safe_line(sent['title'])}"
        yield f"          why: {safe_line(sent['reason'])}"
        yield from (f"          | {safe_line(one)}" for one in sent["body"].splitlines())


def _trace_lines(trace: wire.Trace) -> Iterator[str]:
    yield from _section(f"Why? (incidentctl alert trace A-{trace.alert.id})")
    yield safe_line(trace.verdict)
    for step in trace.steps:
        yield f"{_clock(step.at)}  {safe_line(step.text)}"


def _report_lines(found: Sequence[wire_reports.ReportDetail]) -> Iterator[str]:
    if found:
        yield from _section("What customers reported, and what they were told")
    for detail in found:
        one = detail.report
        yield f"{one.reference:<5}{one.state.replace('_', ' ')}  {safe_line(one.customer)}: {safe_line(one.subject)}"
        for message in detail.messages:
            if message.direction == "out":
                yield f"     {_clock(message.at)}  {message.kind}: {safe_line(message.text, 160)}"


def _incident_lines(detail: wire_incidents.IncidentDetail) -> Iterator[str]:
    incident = detail.incident
    yield from _section(f"INC-{incident.id}  {incident.severity}  {incident.status}")
    yield safe_line(incident.title)
    for role in detail.roles:
        yield f"{role.role.replace('_', ' ')}: {safe_line(role.person)} since {_clock(role.starts_at)}"
    for violation in incident.violations:
        yield f"open: {safe_line(violation.text)}"
    for update in detail.updates:
        due = f"; next by {_clock(update.next_at)}" if update.next_at else "; the last one"
        yield f"update to {safe_line(update.audience)} at {_clock(update.at)} ({update.phase}{due})"
    if incident.review_opens_at and incident.review_due_at:
        name = detail.window.review_name.lower() if detail.window is not None else ""
        yield f"{name}: not before {incident.review_opens_at:%a %d %b %H:%M}, by {incident.review_due_at:%a %d %b}"


def _timeline_lines(timeline: wire.Timeline, started: datetime) -> Iterator[str]:
    yield from _section("Timeline")
    for entry in timeline.entries:
        minutes = int((entry.observed_at - started).total_seconds() // 60)
        yield f"{_clock(entry.observed_at)}  {minutes:+4d} min  {entry.kind:<11} {safe_line(entry.text)}"
        if entry.detail:
            yield f"{'':31}{safe_line(entry.detail, 160)}"


async def lines(core: Core, alert_id: int, incident_id: int, pages: Path) -> list[str]:
    """The whole story."""
    trace = await core.alerts.trace(alert_id)
    detail = await core.incidents.get(incident_id)
    timeline = await core.incidents.timeline(incident_id)
    reports = (await core.support.reports.list(ReportQuery(state="all", incident_id=incident_id))).reports[::-1]
    told = [await core.support.reports.get(one.id) for one in reports]
    return [
        *_alert_lines(trace.alert),
        *_page_lines(pages),
        *_trace_lines(trace),
        *_report_lines(told),
        *_incident_lines(detail),
        *_timeline_lines(timeline, detail.incident.started_at),
    ]
