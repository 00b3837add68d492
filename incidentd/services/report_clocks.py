"""The clocks of a report: a first response is owed, then the next word; what is missed is told, shown and paged.

A clock is a column of the report with a durable timer in step. A person who acknowledges or answers gives the first
response, and each answer begins the wait for the next word anew; what a machine writes stops no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from incidentd.domain.display import safe_line
from incidentd.domain.escalation import policy_of_service
from incidentd.domain.people import Roster
from incidentd.domain.reports import Customer, Report, State
from incidentd.domain.response_clocks import Clocks, Due, Promises, due
from incidentd.domain.support import Support
from incidentd.services.escalation import Escalation, Handler
from incidentd.services.public_holidays import holidays_of
from incidentd.storage import customers, pages, reports, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

RESPONSE_DUE = "report.response_due"
WORD_DUE = "report.word_due"
_MAX_TITLE = 250


class ReportClocks:
    """Keeps the clocks; `follow` brings those of one report in line with it."""

    def __init__(self, support: Callable[[], Support], roster: Callable[[], Roster], escalation: Escalation) -> None:
        self._support = support
        self._roster = roster
        self._escalation = escalation

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {RESPONSE_DUE: self._on_response, WORD_DUE: self._on_word}

    def recheck(self, tx: Tx) -> None:
        """Bring the clocks of every open report in line with what is promised now."""
        for report in reports.open_ones(tx):
            self.follow(tx, report)

    # ------------------------------------------------------------------ in step with the report
    def follow(self, tx: Tx, before: Report) -> Report:
        """Set what is owed when, and the timers; end a page about what is owed no longer."""
        customer = customers.get(tx.conn, before.customer_id)
        first, word = self._first(before, customer), self._next(before, customer)
        report = msgspec.structs.replace(before, first_response_due=first and first.at, next_due=word and word.at)
        if report != before:
            reports.set_clocks(tx, report)
        waits = report.first_responded_at is None and report.state is not State.CLOSED
        _arm(tx, report, RESPONSE_DUE, report.first_response_due if waits else None, before.first_response_due)
        _arm(tx, report, WORD_DUE, report.next_due, before.next_due)
        return self._end_page(tx, report)

    def _due(
        self, report: Report, customer: Customer | None, which: Callable[[Clocks], Promises], since: datetime
    ) -> Due | None:
        clocks = self._support().clocks.get(customer.kind) if customer is not None else None
        if customer is None or clocks is None:
            return None
        calendar = self._support().calendar_of(customer.kind)
        return due(
            which(clocks),
            calendar,
            since,
            priority=report.priority,
            security=report.is_security,
            holidays=holidays_of(calendar, since),
        )

    def _first(self, report: Report, customer: Customer | None) -> Due | None:
        return self._due(report, customer, lambda clocks: clocks.respond, report.created_at)

    def _next(self, report: Report, customer: Customer | None) -> Due | None:
        """From our last answer on; while they wait for one the sooner of that and of what their last message asks."""
        over = report.state is State.FOLLOWED_UP and not report.unanswered
        if report.first_responded_at is None or over or report.state in (State.CLOSED, State.AWAITING_REPORTER):
            return None
        asked_at = max(report.asked_at, report.first_responded_at)
        since = asked_at if report.answered_at is None or report.unanswered else report.answered_at
        found = self._due(report, customer, lambda clocks: clocks.follow_up, since)
        if found is not None and report.unanswered and report.next_due is not None:
            return msgspec.structs.replace(found, at=min(found.at, report.next_due))
        return found

    # ------------------------------------------------------------------ missed
    def _on_response(self, tx: Tx, timer: Timer) -> None:
        report = reports.get(tx.conn, timer.subject_id, lock=True)
        if report is None or report.first_responded_at is not None or not report.is_late(tx.now):
            return
        found = self._first(report, customers.get(tx.conn, report.customer_id))
        promised = {"promise": str(found.promise), "because": found.because} if found is not None else {}
        tx.emit("report.response_missed", report.about, {"due_at": report.first_response_due, **promised})
        self._page(tx, report, "nobody has responded yet")

    def _on_word(self, tx: Tx, timer: Timer) -> None:
        report = reports.get(tx.conn, timer.subject_id, lock=True)
        if report is None or report.next_due is None or not report.is_late(tx.now):
            return
        tx.emit("report.word_missed", report.about, {"due_at": report.next_due, "owner": report.owner})
        self._page(tx, report, "the next word is overdue")

    def _page(self, tx: Tx, report: Report, what: str) -> None:
        """Page by the policy for missed clocks, else the support schedule; one page about a report at a time."""
        support = self._support()
        urgency = support.missed.urgency(report.priority)
        known = pages.get(tx.conn, report.page_id) if report.page_id is not None else None
        if not urgency or not (support.missed.policy or support.schedule) or (known and known.state in pages.ACTIVE):
            return
        page = self._escalation.start(
            tx,
            title=safe_line(f"{report.reference}: {what}: {report.subject}", _MAX_TITLE),
            body=f"A status is owed. See it: incidentctl report show {report.reference}",
            labels={"report": report.reference, **({"service": report.service} if report.service else {})},
            service=report.service,
            policy=support.missed.policy or policy_of_service(self._roster(), report.service),
            schedule="" if support.missed.policy else support.schedule,
            person="",
            urgency=urgency,
            group_id=None,
            incident_id=report.incident_id,
        )
        reports.set_page(tx, report, page.id)

    def _end_page(self, tx: Tx, report: Report) -> Report:
        if report.page_id is None or report.is_late(tx.now):
            return report
        page = pages.get(tx.conn, report.page_id, lock=True)
        if page is not None:
            self._escalation.resolve(tx, page, f"{report.reference} is late no longer")
        return reports.set_page(tx, report, None)


def _arm(tx: Tx, report: Report, kind: str, due_at: datetime | None, before: datetime | None) -> None:
    """One that ran out has told already, unless it was moved."""
    if due_at is None:
        timers.cancel(tx, kind, report.about)
    elif due_at >= tx.now or due_at != before:
        timers.arm(tx, kind, report.about, max(due_at, tx.now))
