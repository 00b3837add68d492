"""Changing a report inside a transaction: what each act writes, and the event that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from incidentd.domain import reports as rules
from incidentd.domain.reports import OUTCOMES, Asked, Refusal, Report, State
from incidentd.plugin.support import OutgoingKind
from incidentd.services import report_links
from incidentd.services.errors import Conflict, NotFound, Refused, Unknown
from incidentd.services.report_outbound import Outbound, Words
from incidentd.storage import alerts, incidents, report_messages, reports
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.tx import Tx
from incidentd.wire import reports as wire_reports

Follow = Callable[[Tx, Report], Report]
"""Brings what hangs on a report, such as its clocks, in line with it."""
_NEEDS = ("incident_id", "alert_id", "duplicate_of", "ticket")


class ReportChanges:
    """Each method is one act of a person on a locked report. `follow` comes after every one of them."""

    def __init__(self, outbound: Outbound, follow: Follow) -> None:
        self.outbound = outbound
        self._follow = follow
        self.edited: Callable[[Tx, Report], None] = lambda _tx, _report: None

    def save(self, tx: Tx, report: Report, **changes: Any) -> Report:
        """Store new values, and bring in line what hangs on them."""
        return self.settle(tx, reports.change(tx, report, **changes))

    def settle(self, tx: Tx, report: Report) -> Report:
        """Bring in line what hangs on a report."""
        return self._follow(tx, report)

    def acknowledge(self, tx: Tx, report: Report, note: str, actor: str, *, via: str = "") -> Report:
        """Take it on: a person has seen it; `via` is the way, where not the API.

        Raises `Conflict` when somebody did before.
        """
        if report.state is not State.NEW:
            by = f" by {report.owner}" if report.owner else ""
            raise Conflict(f"{report.reference} is {report.state} already{by}")
        tx.emit("report.acknowledged", report.about, {"note": note} | ({"via": via} if via else {}), actor=actor)
        return self.save(tx, report, state=State.ACKNOWLEDGED, **_responded(tx, report, actor))

    def reply(self, tx: Tx, report: Report, body: wire_reports.Reply, actor: str) -> Report:
        """Answer the reporter. Raises `Refused` for a last word without an outcome."""
        if body.final and report.state not in {*OUTCOMES, State.FOLLOWED_UP, State.CLOSED}:
            raise Refused(
                f"{report.reference} is {report.state}: it has no outcome that a last word could tell of",
                field="final",
                remedy="say first what it came to: linked, duplicate, ticketed or no_fault_found",
            )
        kind = OutgoingKind.QUESTION if body.question else OutgoingKind.REPLY
        self.outbound.write(tx, report, Words(kind=kind, text=body.text, author=actor))
        state = rules.on_message_out(report, question=body.question, final=body.final)
        changes: dict[str, Any] = {"answered_at": tx.now, **_responded(tx, report, actor)}
        if state is State.FOLLOWED_UP and report.state is not State.FOLLOWED_UP:
            changes |= {"followed_up_at": tx.now, "next_due": None}
        if state is not report.state:
            tx.emit("report.state", report.about, {"from": report.state, "to": state, "reason": ""}, actor=actor)
        return self.save(tx, report, state=state, **changes)

    def undelivered(self, tx: Tx, delivery: DeliveryRow, error: str) -> None:
        """What was to be told never arrives, so it is owed still; a last word that is lost follows nothing up."""
        message = report_messages.of_delivery(tx.conn, delivery.id)
        report = reports.get(tx.conn, message.report_id, lock=True) if message is not None else None
        if message is None or report is None:
            return
        tx.emit("report.undelivered", report.about, {"message": message.id, "error": error})
        if message.kind in (OutgoingKind.RECEIPT, OutgoingKind.LEARNED):
            return
        if rules.loses_last_word(report, message.at):
            state = rules.outcome(report)
            data = {"from": report.state, "to": state, "reason": "the last word could not be delivered"}
            tx.emit("report.state", report.about, data)
            report = reports.change(tx, report, state=state, followed_up_at=None, closed_at=None)
        if report.state is not State.CLOSED:
            self.save(tx, report, answered_at=None, next_due=tx.now)

    def note(self, tx: Tx, report: Report, text: str, actor: str) -> Report:
        """Leave a note for us."""
        left = report_messages.add(
            tx, report.id, direction="note", kind="note", channel=report.channel, text=text, author=actor
        )
        tx.emit("report.noted", report.about, {"message": left.id}, actor=actor)
        return self.save(tx, report)

    def change_state(self, tx: Tx, report: Report, body: wire_reports.ChangeReport, actor: str) -> Report:
        """Take it to another state. Raises `Refused`, and `NotFound` for what it would rest on."""
        needed = {name: getattr(body, name) for name in _NEEDS}
        _check_needed(tx, needed)
        needed["duplicate_of"] = report_links.original(tx, body.duplicate_of)
        try:
            changes = rules.decide(report, Asked(to=State(body.to), now=tx.now, reason=body.reason, **needed))
        except Refusal as refusal:
            raise Refused(refusal.text, field=refusal.field, remedy=refusal.remedy) from None
        data = {"from": report.state, "to": body.to, "reason": body.reason}
        data |= {name: changes[name] for name in _NEEDS if changes.get(name)}
        tx.emit("report.state", report.about, data, actor=actor)
        changed = reports.change(tx, report, **{"owner": report.owner or actor} | changes)
        behind = report_links.incident_behind(tx, changed)
        if behind != changed.incident_id:
            changed = reports.change(tx, changed, incident_id=behind)
        report_links.spread(tx, report, changed, actor)
        return self.settle(tx, changed)

    def link(self, tx: Tx, report: Report, incident_id: int, actor: str) -> Report:
        """Link a report, which an alert is behind already, to an incident as well."""
        changed = self.save(tx, report, incident_id=incident_id)
        report_links.spread(tx, report, changed, actor)
        return changed

    def edit(
        self, tx: Tx, report: Report, body: wire_reports.EditReport, people: Mapping[str, Any], actor: str
    ) -> Report:
        """Correct what is said about it; None leaves a part alone. Raises `Invalid` for an unknown owner."""
        if body.owner and body.owner not in people:
            raise Unknown(f"there is no person {body.owner!r}", field="owner", remedy="see roster.toml")
        wanted = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}
        changes = {name: value for name, value in wanted.items() if value != getattr(report, name)}
        if not changes:
            return report
        told = {name: {"from": getattr(report, name), "to": value} for name, value in changes.items()}
        tx.emit("report.edited", report.about, {"changes": told}, actor=actor)
        edited = self.save(tx, report, **changes)
        self.edited(tx, edited)
        return edited


def _responded(tx: Tx, report: Report, actor: str) -> dict[str, Any]:
    """A person has responded: the clock of the first response stops, and somebody looks after it."""
    return {"first_responded_at": report.first_responded_at or tx.now, "owner": report.owner or actor}


def _check_needed(tx: Tx, needed: Mapping[str, Any]) -> None:
    if (number := needed["incident_id"]) and incidents.get(tx.conn, number) is None:
        raise NotFound(f"there is no incident INC-{number}", field="incident_id")
    if (number := needed["alert_id"]) and alerts.get(tx.conn, number) is None:
        raise NotFound(f"there is no alert A-{number}", field="alert_id")
    if (number := needed["duplicate_of"]) and reports.get(tx.conn, number) is None:
        raise NotFound(f"there is no report R-{number}", field="duplicate_of")
