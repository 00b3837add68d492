"""Merging two reports of one customer, and splitting one that holds two matters."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.reports import Report, State
from incidentd.services.errors import Invalid, Refused, Unknown
from incidentd.services.report_changes import ReportChanges
from incidentd.storage import customers, report_messages, reports
from incidentd.storage.report_messages import MessageRow
from incidentd.storage.tx import Tx


def merge(tx: Tx, changes: ReportChanges, report: Report, into: Report, actor: str) -> Report:
    """Let the conversation of `report` go on in `into`, to where its threads lead from now on; returns `into`.

    Raises `Refused` where `into` is closed, and for reports of two customers: each of them is told, so one is a
    duplicate of the other.
    """
    if report.id == into.id:
        raise Invalid("a report cannot be merged into itself", field="into")
    if report.customer_id != into.customer_id:
        raise Refused(
            f"{report.reference} and {into.reference} are of two customers",
            field="into",
            remedy=f"incidentctl report state {report.reference} duplicate --of {into.reference}",
        )
    if into.state is State.CLOSED:
        instead = f"merge into R-{into.duplicate_of}" if into.duplicate_of else "take it back to triaging first"
        raise Refused(f"{into.reference} is closed", field="into", remedy=instead)
    ids = [one.id for one in report_messages.of_reports(tx.conn, [report.id])]
    report_messages.move(tx, ids, into.id)
    data = {"from": report.reference, "into": into.reference, "messages": len(ids)}
    for one in (report, into):
        tx.emit("report.merged", one.about, data, actor=actor)
    over = {"state": State.CLOSED, "closed_at": tx.now, "duplicate_of": into.id, "incident_id": None, "next_due": None}
    responded = report.first_responded_at or into.first_responded_at or tx.now
    changes.save(tx, report, **over, first_responded_at=responded)
    newest = max(one.asked_at for one in (report, into))
    return changes.save(tx, into, asked_at=newest, private=into.private or report.private)


def split(tx: Tx, changes: ReportChanges, report: Report, ids: Sequence[int], subject: str, actor: str) -> Report:
    """Make a report of its own of some messages; returns it. Its customer is whoever wrote the first of them.

    Raises `Invalid` for messages of others, and when nothing of the reporter would be on one of the sides.
    """
    messages = report_messages.of_reports(tx.conn, [report.id])
    chosen = [one for one in messages if one.id in ids]
    missing = sorted(set(ids) - {one.id for one in chosen})
    if missing:
        raise Unknown(f"{report.reference} has no message {missing[0]}", field="message_ids")
    theirs = [one for one in chosen if one.direction == "in"]
    if not theirs or not any(one.direction == "in" for one in messages if one.id not in ids):
        raise Invalid("each side keeps a message of its reporter", field="message_ids", remedy="choose some, not all")
    made = _made(tx, report, theirs, subject)
    report_messages.move(tx, [one.id for one in chosen], made.id)
    data = {"from": report.reference, "into": made.reference, "messages": len(chosen)}
    for one in (report, made):
        tx.emit("report.split", one.about, data, actor=actor)
    changes.save(tx, report)
    return changes.settle(tx, made)


def _made(tx: Tx, report: Report, theirs: Sequence[MessageRow], subject: str) -> Report:
    first = theirs[0]
    writer = customers.of_address(tx.conn, (first.channel, first.sender))
    return reports.create(
        tx,
        customer_id=writer.id if writer is not None else report.customer_id,
        channel=first.channel,
        thread=first.thread,
        recipient=first.sender,
        private=report.private,
        subject=subject,
        service=report.service,
        tags=dict(report.tags),
        created_at=first.at,
        asked_at=theirs[-1].at,
        first_responded_at=report.first_responded_at,
        answered_at=report.answered_at,
        owner=report.owner,
        state=State.TRIAGING if report.first_responded_at else State.NEW,
    )
