"""Telling everybody who reported what became of it, each once, on the channel that they used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain import broadcast as rules
from incidentd.domain.incidents import Incident, Status, reopens
from incidentd.domain.reply_values import reply_values
from incidentd.domain.reports import OUTCOMES, Report, State
from incidentd.domain.support import Support
from incidentd.domain.update_rules import stated
from incidentd.domain.updates import Phase
from incidentd.plugin.support import OutgoingKind
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_outbound import Words
from incidentd.storage import customers, report_messages, reports
from incidentd.storage.tx import Tx
from incidentd.wire import Update


class ToTell(msgspec.Struct, frozen=True, kw_only=True):
    """What one reporter is to be told; `told` when they were told of it before."""

    report: Report
    text: str
    once: str
    told: bool = False


class _Saying(msgspec.Struct, frozen=True, kw_only=True):
    """How it is said: `author` is "" where the words are not a person's; `ends` that it is the last word."""

    kind: OutgoingKind
    actor: str
    author: str = ""
    ends: bool = False


class Broadcast:
    """Each method is called in the transaction of the change that it tells of. Drills are told to nobody."""

    def __init__(self, support: Callable[[], Support], changes: ReportChanges) -> None:
        self._support = support
        self._changes = changes

    # ------------------------------------------------------------------ what would be said
    def of_update(self, conn: Connection, incident: Incident, phase: Phase, text: str, update_id: int) -> list[ToTell]:
        """An update in a person's words. The first of its phase takes the place of what the status would say."""
        by_phase = rules.of_phase(incident, phase)
        found = []
        for report in self._reporters(conn, incident):
            known = report_messages.told(conn, report.id, by_phase)
            found.append(ToTell(report=report, text=text, once=rules.of_update(update_id) if known else by_phase))
        return found

    def of_status(self, conn: Connection, incident: Incident, to: Status) -> list[ToTell]:
        """A change of status, in the words of a canned reply; no update of its phase has told of it."""
        if to not in rules.PHASES:
            return []
        once = rules.of_phase(incident, rules.PHASES[to])
        known = rules.from_phase_on(incident, rules.PHASES[to])
        return [
            ToTell(report=report, text=self._words(conn, report, to), once=once, told=told)
            for report in self._reporters(conn, incident)
            for told in (report_messages.told(conn, report.id, *known),)
        ]

    def _reporters(self, conn: Connection, incident: Incident, *, closed: bool = False) -> list[Report]:
        found = reports.of_incident(conn, incident.id) if incident.drill_id is None else []
        return [one for one in found if closed or one.state is not State.CLOSED]

    def _words(self, conn: Connection, report: Report, to: Status) -> str:
        values = reply_values(report, customers.get(conn, report.customer_id))
        return rules.words(to, report, values, self._support().replies)

    # ------------------------------------------------------------------ saying it
    def updated(self, tx: Tx, incident: Incident, update: Update, actor: str, *, final: bool) -> None:
        """An update was posted: who reported hears what is for customers."""
        if update.audience != rules.CUSTOMERS:
            return
        phase = Phase(update.phase)
        told = self.of_update(tx.conn, incident, phase, stated(update.text, update.next_at), update.id)
        ends = final or phase is rules.ENDS
        self._say(tx, incident, told, _Saying(kind=OutgoingKind.UPDATE, actor=actor, author=actor, ends=ends))

    def moved(self, tx: Tx, before: Incident, after: Incident, actor: str) -> None:
        """The status was changed. One that comes back is owed a last word again."""
        if reopens(before, after.status):
            self._owe_again(tx, after)
        elif after.status is Status.ACTIVE:
            return
        told = self.of_status(tx.conn, after, after.status)
        ends = rules.PHASES.get(after.status) is rules.ENDS
        self._say(tx, after, told, _Saying(kind=OutgoingKind.UPDATE, actor=actor, ends=ends))

    def learned(self, tx: Tx, incident: Incident, text: str, actor: str) -> list[ToTell]:
        """What was learned, to everybody who reported, also where the report is closed; who was told, or was before."""
        once = rules.of_learned(incident)
        told = [
            ToTell(report=report, text=text, once=once, told=report_messages.told(tx.conn, report.id, once))
            for report in self._reporters(tx.conn, incident, closed=True)
        ]
        self._say(tx, incident, told, _Saying(kind=OutgoingKind.LEARNED, actor=actor, author=actor))
        return told

    def _owe_again(self, tx: Tx, incident: Incident) -> None:
        for report in reports.of_incident(tx.conn, incident.id, lock=True):
            if report.state is State.FOLLOWED_UP:
                state = State.DUPLICATE if report.duplicate_of is not None else State.LINKED
                data = {"from": report.state, "to": state, "reason": f"INC-{incident.id} came back"}
                tx.emit("report.state", report.about, data)
                self._changes.save(tx, report, state=state, followed_up_at=None)

    def _say(self, tx: Tx, incident: Incident, told: Sequence[ToTell], saying: _Saying) -> None:
        """Write to each who was not told before."""
        new = [one for one in told if not one.told]
        for one in new:
            report = reports.get(tx.conn, one.report.id, lock=True) or one.report
            words = Words(kind=saying.kind, text=one.text, author=saying.author, once=one.once)
            self._changes.outbound.write(tx, report, words)
            self._changes.save(tx, report, **_after(tx, report, saying))
        if new:
            data = {"reports": [one.report.reference for one in new], "kind": saying.kind, "text": new[0].text}
            tx.emit("incident.reporters_told", incident.subject, data, actor=saying.actor)


def _after(tx: Tx, report: Report, saying: _Saying) -> dict[str, Any]:
    """What a person wrote is an answer; the last word follows the report up, whoever wrote it."""
    changes: dict[str, Any] = {}
    ends = saying.ends and report.state in OUTCOMES
    if saying.author or ends:
        changes["answered_at"] = tx.now
    if saying.author:
        changes["first_responded_at"] = report.first_responded_at or tx.now
    if ends:
        data = {"from": report.state, "to": State.FOLLOWED_UP, "reason": "told how it ended"}
        tx.emit("report.state", report.about, data, actor=saying.actor)
        changes |= {"state": State.FOLLOWED_UP, "followed_up_at": tx.now}
    return changes
