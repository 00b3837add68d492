"""Triage of reports: the card, the questions, priority, what is alike, and where a report goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from incidentd.domain.canned_replies import ASK
from incidentd.domain.people import Roster
from incidentd.domain.priority import Level, priority, why
from incidentd.domain.process import Process
from incidentd.domain.reports import Report, State
from incidentd.domain.support import Support
from incidentd.services.errors import Conflict, Invalid, Unknown
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_likeness import Alike
from incidentd.services.report_propagation import Propagator, triage_begun
from incidentd.services.report_views import existing, view
from incidentd.services.triage_cards import ASKED, draft, nudge_view, question_draft, seen, triage_view
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage

Action = Callable[[Tx, Report], Report]


class Triage:
    """Implements `contracts.TriageCalls`. No act asks how complete a card is."""

    def __init__(
        self,
        store: Store,
        roster: Callable[[], Roster],
        process: Callable[[], Process],
        changes: ReportChanges,
        propagator: Propagator,
    ) -> None:
        self._store = store
        self._roster = roster
        self._process = process
        self._changes = changes
        self._propagator = propagator

    def _support(self) -> Support:
        return self._process().support

    # ------------------------------------------------------------------ looking
    def _view(self, conn: Connection, report: Report) -> wire_triage.Triage:
        return triage_view(conn, report, self._roster(), self._process(), self._store.clock.now())

    async def get(self, report_id: int) -> wire_triage.Triage:
        """The card of a report. Raises `NotFound`."""
        return await self._store.read(lambda conn: self._view(conn, existing(conn, report_id)))

    async def similar(self, report_id: int) -> wire_triage.Similar:
        """Reports that are like it, and whether that asks for an incident. Raises `NotFound`."""
        now = self._store.clock.now()

        def query(conn: Connection) -> wire_triage.Similar:
            alike = Alike(conn, existing(conn, report_id), self._support())
            found = tuple(
                wire_triage.SimilarReport(
                    report=view(conn, alike.reports[one.id], now),
                    relation=one.relation,
                    score=one.score,
                    reasons=one.reasons,
                )
                for one in alike.suggestions
            )
            return wire_triage.Similar(similar=found, nudge=nudge_view(alike.nudge()))

        return await self._store.read(query)

    # ------------------------------------------------------------------ changing
    async def _change(self, report_id: int, if_version: int | None, action: Action) -> wire_triage.Triage:
        def command(tx: Tx) -> Report:
            report = existing(tx.conn, report_id, lock=True)
            if if_version is not None and if_version != report.version:
                raise Conflict(f"{report.reference} has changed meanwhile", current=self._view(tx.conn, report))
            return action(tx, report)

        changed = await self._store.write(command)
        return await self._store.read(lambda conn: self._view(conn, changed))  # the card is read from events too

    async def answer(
        self, report_id: int, body: wire_triage.AnswerQuestions, actor: str, if_version: int | None
    ) -> wire_triage.Triage:
        """Fill in the card. Raises `NotFound`, `Conflict`, and `Invalid` for nothing to fill in."""
        if not body.answers and not body.forget:
            raise Invalid("there is no answer", field="answers", remedy="give one, null for asked and unknown")

        def action(tx: Tx, report: Report) -> Report:
            kept = {name: text for name, text in report.answers.items() if name not in body.forget}
            given: dict[str, str | None] = {
                one.question: None if one.text is None else one.text.strip() for one in body.answers
            }
            answers = {**kept, **given}
            if answers == report.answers:
                return report
            data = {"answers": given, "forgotten": [one for one in body.forget if one in report.answers]}
            tx.emit("report.answered", report.about, data, actor=actor)
            return self._worked_on(tx, report, actor, answers=answers)

        return await self._change(report_id, if_version, action)

    async def ask(
        self, report_id: int, body: wire_triage.AskReporter, actor: str, if_version: int | None
    ) -> wire_triage.Triage:
        """Send a question, by default the next one. Raises `NotFound`, `Conflict`, `Invalid`."""

        def action(tx: Tx, report: Report) -> Report:
            one = seen(tx.conn, report, self._support())
            question = body.question or one.card.next_question
            if question is None:
                waiting = f"; the reporter was asked {', '.join(one.card.waiting_for)}" if one.card.waiting_for else ""
                raise Conflict(f"nothing is left to ask{waiting}", remedy="name a question to ask it again")
            message = _sendable(question_draft(one, question, body.text))
            tx.emit(ASKED, report.about, {"question": question, "text": message}, actor=actor)
            reply = wire_reports.Reply(text=message, question=True)
            return self._changes.reply(tx, report, reply, actor)

        return await self._change(report_id, if_version, action)

    async def send_canned(
        self, report_id: int, body: wire_triage.SendCanned, actor: str, if_version: int | None
    ) -> wire_triage.Triage:
        """Send a reply that was written ahead. Raises `NotFound`, `Conflict`, `Invalid`, `Refused`."""
        replies = {name: one for name, one in self._support().replies.items() if name != ASK}
        if body.name not in replies:
            known = ", ".join(sorted(replies))
            raise Unknown(f"there is no reply {body.name!r}", field="name", remedy=f"there is {known}")

        def action(tx: Tx, report: Report) -> Report:
            message = _sendable(draft(seen(tx.conn, report, self._support()), replies[body.name]))
            reply = wire_reports.Reply(text=message, final=body.final)
            return self._changes.reply(tx, report, reply, actor)

        return await self._change(report_id, if_version, action)

    async def set_priority(
        self, report_id: int, body: wire_triage.SetPriority, actor: str, if_version: int | None
    ) -> wire_triage.Triage:
        """Say how much and how soon it hurts; the clocks follow. Raises `NotFound`, `Conflict`."""
        impact, urgency = Level(body.impact), Level(body.urgency)
        found = priority(impact, urgency, self._support().priorities)

        def action(tx: Tx, report: Report) -> Report:
            values = {"impact": impact, "urgency": urgency, "priority": found}
            if all(getattr(report, name) == value for name, value in values.items()):
                return report
            data = {"from": report.priority, **values, "why": why(impact, urgency, found)}
            tx.emit("report.prioritised", report.about, data, actor=actor)
            return self._worked_on(tx, report, actor, **values)

        return await self._change(report_id, if_version, action)

    async def propagate(
        self, report_id: int, body: wire_triage.Propagate, actor: str, if_version: int | None
    ) -> wire_triage.Triage:
        """Page the people of its area. Raises `NotFound`, `Conflict`, and `Invalid` where a reason is wanted."""
        return await self._change(
            report_id,
            if_version,
            lambda tx, report: self._propagator.propagate(tx, report, body.note, body.interruption, actor),
        )

    def _worked_on(self, tx: Tx, report: Report, actor: str, **changes: Any) -> Report:
        """Triage has begun once somebody took it on; to fill in a card is no response to the reporter."""
        begun = triage_begun(tx, report, actor) if report.state is State.ACKNOWLEDGED else {}
        return self._changes.save(tx, report, **begun, **changes)


def _sendable(message: wire_triage.ReplyDraft) -> str:
    """Its text. Raises `Invalid` for one with holes."""
    if message.missing:
        what = f"the report has no {' and no '.join(message.missing)}, which reply {message.name} needs"
        raise Invalid(what, field="name", remedy="fill it in, or write a reply yourself")
    return message.text
