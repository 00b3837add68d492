"""The triage card of a stored report, as callers see it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.canned_replies import ASK, CannedReply, Unfilled, render
from incidentd.domain.clusters import Nudge
from incidentd.domain.likeness import LONGEST
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.reply_values import reply_values
from incidentd.domain.reports import Customer, Report
from incidentd.domain.service_hints import services_named
from incidentd.domain.support import Support
from incidentd.domain.triage import Card, Question, card, implied_answers
from incidentd.services.report_likeness import Alike
from incidentd.services.report_outbound import LOCAL
from incidentd.services.report_views import existing_customer, view
from incidentd.services.report_whither import PROPAGATED, Ways, shown
from incidentd.storage import event_log, pages, report_clusters
from incidentd.wire import Event
from incidentd.wire import triage as wire_triage

ASKED = "report.asked"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A report with all that its card is made of."""

    report: Report
    customer: Customer
    card: Card
    asked: dict[str, datetime]
    support: Support

    def words(self, question: str) -> str:
        """How customers of this kind are asked."""
        return self.support.questions[self.customer.kind].texts[Question(question)]


def seen(conn: Connection, report: Report, support: Support) -> Seen:
    """`report` as triage looks at it."""
    customer = existing_customer(conn, report.customer_id)
    asked = {str(one.data["question"]): one.at for one in event_log.of_subjects(conn, [report.about], [ASKED])}
    contact = f"{report.recipient} by {report.channel}" if report.channel != LOCAL else report.recipient
    found = card(
        report.answers,
        support.questions[customer.kind].required,
        weights=support.weights,
        implied=implied_answers(contact=contact, tags=report.tags),
        asked=asked,
    )
    return Seen(report=report, customer=customer, card=found, asked=asked, support=support)


def draft(one: Seen, reply: CannedReply, **more: str) -> wire_triage.ReplyDraft:
    """A reply as it would be sent."""
    try:
        return wire_triage.ReplyDraft(
            name=reply.name, text=render(reply, reply_values(one.report, one.customer) | more), missing=()
        )
    except Unfilled as error:
        return wire_triage.ReplyDraft(name=reply.name, text="", missing=error.names)


def question_draft(one: Seen, question: str, text: str = "") -> wire_triage.ReplyDraft:
    """A question as it would be sent, by default in the words of the process file."""
    found = draft(one, one.support.replies[ASK], question=text.strip() or one.words(question))
    return msgspec.structs.replace(found, name=question)


def triage_view(
    conn: Connection, report: Report, roster: Roster, process: Process, now: datetime
) -> wire_triage.Triage:
    """The whole card."""
    support = process.support
    one = seen(conn, report, support)
    asks = one.card.next_question
    return wire_triage.Triage(
        report=view(conn, report, now),
        rows=tuple(
            wire_triage.CardRow(
                question=row.question,
                text=one.words(row.question),
                state=row.state,
                answer=row.text,
                implied=row.implied,
                required=row.required,
                asked_at=one.asked.get(row.question),
            )
            for row in one.card.rows
        ),
        completeness=one.card.completeness,
        next=None if asks is None else question_draft(one, asks),
        waiting_for=one.card.waiting_for,
        replies=tuple(draft(one, reply) for name, reply in sorted(support.replies.items()) if name != ASK),
        whither=shown(Ways(conn, roster, process, now).of(report)),
        pages=_pages(conn, report),
        nudge=nudge_view(Alike(conn, report, support).nudge()),
        version=report.version,
        may_be_about=_services_named(conn, report, roster),
    )


def _services_named(conn: Connection, report: Report, roster: Roster) -> tuple[str, ...]:
    if report.service:
        return ()
    said = report_clusters.first_words(conn, [report.id], LONGEST).get(report.id, "")
    return services_named(f"{report.subject}\n{said}", roster.services)


def propagated(conn: Connection, report: Report) -> dict[int, Event]:
    """The pages that a report was sent on by, with what was said then."""
    return {int(str(one.data["page"])): one for one in event_log.of_subjects(conn, [report.about], [PROPAGATED])}


def _pages(conn: Connection, report: Report) -> tuple[wire_triage.PropagatedPage, ...]:
    known = propagated(conn, report)
    found = ((event, pages.get(conn, number)) for number, event in known.items())
    return tuple(
        wire_triage.PropagatedPage(
            id=page.id,
            target=str(event.data["target"]),
            state=page.state,
            acknowledged_by=page.acknowledged_by,
            at=event.at,
        )
        for event, page in found
        if page is not None
    )


def nudge_view(found: Nudge | None) -> wire_triage.Nudge | None:
    """A nudge as callers see it."""
    return None if found is None else wire_triage.Nudge(report_ids=found.reports, why=found.why)
