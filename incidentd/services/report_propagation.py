"""Sending a report on: a page to the people of its area, with what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from incidentd.domain.display import safe_line
from incidentd.domain.messages import manual_body
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.reports import Report, State
from incidentd.domain.triage import State as Answer
from incidentd.services.errors import Conflict
from incidentd.services.escalation import Escalation
from incidentd.services.interruptions import check_reason
from incidentd.services.notes import write_to
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_whither import PROPAGATED, Way, Ways
from incidentd.services.triage_cards import Seen, propagated, seen
from incidentd.storage import pages, report_clusters, team_turns
from incidentd.storage.tx import Tx

_TITLE = 250
_WORDS = 2000
"""Characters of the first message that a page quotes."""


class Propagator:
    """Pages by the rules of the process, within a command."""

    def __init__(
        self,
        escalation: Escalation,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        changes: ReportChanges,
    ) -> None:
        self._escalation = escalation
        self._process = process
        self._roster = roster
        self._changes = changes

    def propagate(self, tx: Tx, report: Report, note: str, interruption: str, actor: str) -> Report:
        """Page whoever the rules name. Raises `Conflict` while an earlier page of it is open, and `Invalid`."""
        self._check_pages(tx, report)
        process = self._process()
        one = Ways(tx.conn, self._roster(), process, tx.now).of(report)
        for person in one.on_project_work or ("",):
            check_reason(tx, person, interruption)
        title = _title(report)
        body = manual_body("\n".join(_lines(tx, seen(tx.conn, report, process.support), one, note)), actor)
        page = self._escalation.start(
            tx,
            actor=actor,
            interruption=interruption,
            title=title,
            body=body,
            labels={"report": report.reference, **({"service": report.service} if report.service else {})},
            service=report.service,
            policy=one.policy,
            person=one.person,
            schedule=one.schedule,
            urgency=one.found.urgency,
            severity=one.severity,
            group_id=None,
            incident_id=report.incident_id,
        )
        if one.turn:
            team_turns.take(tx, [(one.turn, one.person)])
        begun = triage_begun(tx, report, actor)
        informed = [reader for reader in one.informed if reader.who != actor]
        for reader in informed:
            write_to(tx, reader.person, title, body, reader.why, about=report.about, can_wait=True)
        data = {"page": page.id, "note": note, "told": [reader.who for reader in informed], **_said(one)}
        tx.emit(PROPAGATED, report.about, data, actor=actor)
        return self._changes.save(tx, report, **_responded(tx, report, actor), **begun)

    def _check_pages(self, tx: Tx, report: Report) -> None:
        just_now = [int(one.data["page"]) for one in tx.events if (one.kind, one.subject) == (PROPAGATED, report.about)]
        for number in (*propagated(tx.conn, report), *just_now):
            page = pages.get(tx.conn, number)
            if page is not None and page.state in pages.ACTIVE:
                by = f" by {page.acknowledged_by}" if page.acknowledged_by else ""
                raise Conflict(
                    f"{report.reference} was propagated already: P-{page.id} is {page.state}{by}",
                    remedy=f"escalate, reassign or resolve P-{page.id}",
                )


def triage_begun(tx: Tx, report: Report, actor: str) -> dict[str, Any]:
    """What changes of a report that somebody works on before it has an outcome."""
    if report.state not in (State.NEW, State.ACKNOWLEDGED):
        return {}
    tx.emit("report.state", report.about, {"from": report.state, "to": State.TRIAGING, "reason": ""}, actor=actor)
    return {"state": State.TRIAGING}


def _responded(tx: Tx, report: Report, actor: str) -> dict[str, Any]:
    """To pass a report on is to take it on: the clock of the first response stops."""
    return {"first_responded_at": report.first_responded_at or tx.now, "owner": report.owner or actor}


def _said(one: Way) -> dict[str, object]:
    found = one.found
    return {
        "rule": found.rule, "why": found.why, "passed": found.passed, "target": one.target, "people": one.people,
        "audiences": found.audiences, "urgency": found.urgency,
    }  # fmt: skip


def _title(report: Report) -> str:
    priority = f" [{report.priority}]" if report.priority else ""
    return safe_line(f"{report.reference}{priority}: {report.subject}", _TITLE)


def _lines(tx: Tx, one: Seen, to: Way, note: str) -> Iterator[str]:
    """The card first: whoever is woken reads the first lines."""
    report = one.report
    yield f"{one.customer.name} ({one.customer.kind.replace('_', ' ')}) reports by {report.channel}:"
    if note:
        yield note
    for row in one.card.rows:
        if row.state is Answer.ANSWERED and not row.implied:
            yield f"{row.question}: {safe_line(row.text, 500)}"
    said = report_clusters.first_words(tx.conn, [report.id], _WORDS).get(report.id, "")
    yield from ("", said, "", f"It goes to {to.target}; {to.found.why}.")
