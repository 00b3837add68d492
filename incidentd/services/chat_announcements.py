"""What is announced to responders: a report or a page as it stands at the moment when its message leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from incidentd.domain import report_history
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.reports import IN_TRIAGE, Report, State
from incidentd.domain.severity import Severity
from incidentd.domain.trace import sentence
from incidentd.plugin.chat import Announcement, Verb
from incidentd.storage import customers, deliveries, event_log, incidents, pages, report_messages, reports
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.pages import PageRow

ANNOUNCED = "announce"
"""The kind of a delivery that announces, or brings an announcement up to date."""
PREFIX = "chat:"
_EXCERPT = 700
_LINES = 5
_REPORT_KINDS = ("report.acknowledged", "report.state")
_PAGE_KINDS = (
    "page.acknowledged",
    "page.taken_over",
    "page.handed_back",
    "page.ack_lapsed",
    "page.declared",
    "page.exhausted",
    "page.resolved",
)
KINDS = frozenset({"report.opened", "page.started", *_REPORT_KINDS, *_PAGE_KINDS})
"""The events that an announcement begins with, or that change what it says."""


def about_of(row: DeliveryRow) -> str:
    """What a delivery announces, such as report:12."""
    return row.about.removeprefix(PREFIX)


def compose(conn: Connection, row: DeliveryRow) -> Announcement | None:
    """What a delivery says now; None where there is nothing to say: what was never announced is over already."""
    about = about_of(row)
    before = deliveries.first_id_at_vendor(conn, row.about, row.notifier)
    kind, _, number = about.partition(":")
    if kind == "report":
        report = reports.get(conn, int(number))
        told = None if report is None else _report(conn, report)
    else:
        page = pages.get(conn, int(number))
        told = None if page is None else _page(conn, page)
    if told is None or not (before or told["verbs"]):
        return None
    return Announcement(
        idempotency_key=row.idempotency_key,
        about=about,
        place=row.address,
        severities=tuple(Severity),
        created_at=row.created_at,
        before=before,
        attempt=row.attempt,
        **told,
    )


def incident_of_page(conn: Connection, page: PageRow) -> int | None:
    """The incident that a page belongs to: its own, or an open one that has one of its alerts."""
    if page.incident_id is not None:
        return page.incident_id
    for alert_id in alerts_of_page(conn, page):
        if (found := incidents.open_one_of_alert(conn, alert_id)) is not None:
            return found
    return None


def alerts_of_page(conn: Connection, page: PageRow) -> Sequence[int]:
    """The alerts that a page is about."""
    return () if page.group_id is None else pages.alert_ids(conn, [page.group_id]).get(page.group_id, ())


def _report(conn: Connection, report: Report) -> dict[str, Any]:
    verbs = [Verb.ACKNOWLEDGE] if report.state is State.NEW else []
    if report.incident_id is None and report.state in IN_TRIAGE:
        verbs.append(Verb.DECLARE)
    events = event_log.of_subjects(conn, [report.about], _REPORT_KINDS)[-_LINES:]
    told = {
        "reference": report.reference,
        "verbs": tuple(verbs),
        "done": tuple(f"{one.actor}: {report_history.sentence(one)}" for one in events),
    }
    if report.private:
        hidden = f"It is private: incidentctl report show {report.reference} has it."
        return told | {"title": "A private report", "text": hidden}
    customer = customers.get(conn, report.customer_id)
    said = report_messages.last_in(conn, report.id, report.recipient)
    who = f"{customer.name} ({customer.kind.replace('_', ' ')})" if customer is not None else report.recipient
    about = f"From {who} by {report.channel}" + (f", about {report.service}" if report.service else "")
    words = _excerpt(said.text) if said is not None else ""
    return told | {"title": safe_line(report.subject, 250), "text": f"{safe_line(about, 400)}\n{words}".strip()}


def _page(conn: Connection, page: PageRow) -> dict[str, Any]:
    incident = incident_of_page(conn, page)
    verbs = [Verb.ACKNOWLEDGE] if page.state in ("open", "exhausted") else []
    if incident is None and page.state != "resolved":
        verbs.append(Verb.DECLARE)
    notified = deliveries.people_by_page(conn, [page.id]).get(page.id, ())
    facts = [f"urgency {page.urgency}", *([f"about {page.service}"] if page.service else [])]
    facts += [f"part of INC-{incident}"] if incident is not None else []
    facts += [f"written to: {', '.join(notified)}"] if notified else []
    return {
        "reference": f"P-{page.id}",
        "title": safe_line(page.title, 250),
        "text": f"{safe_line('; '.join(facts), 400)}\n{_excerpt(page.body)}".strip(),
        "verbs": tuple(verbs),
        "done": tuple(map(sentence, event_log.of_subjects(conn, [page.subject], _PAGE_KINDS)[-_LINES:])),
    }


def _excerpt(text: str) -> str:
    shown = safe_text(text).strip()
    return shown if len(shown) <= _EXCERPT else f"{shown[: _EXCERPT - 1]}…"
