"""Reports of customers: read, answered, triaged. Every change is one command that writes rows and events together."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from incidentd.domain.people import Roster
from incidentd.domain.reports import IN_TRIAGE, OPEN, OWED, Report, State
from incidentd.domain.support import Support
from incidentd.plugin.support import Received
from incidentd.services import cursors
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_contracts import ReportQuery
from incidentd.services.report_intake import ReportIntake
from incidentd.services.report_outbound import LOCAL
from incidentd.services.report_regroup import merge, split
from incidentd.services.report_views import attachment_view, detail, existing, listed_views, view
from incidentd.storage import report_messages, reports
from incidentd.storage.reports import Wanted
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import reports as wire_reports

_STATES: Mapping[str, Sequence[State]] = {
    "open": sorted(OPEN), "triage": sorted(IN_TRIAGE), "owed": sorted(OWED), "all": list(State),
    **{state.value: (state,) for state in State},
}  # fmt: skip


class Reports:
    """Implements `contracts.ReportCalls`."""

    def __init__(
        self,
        store: Store,
        roster: Callable[[], Roster],
        support: Callable[[], Support],
        intake: ReportIntake,
        changes: ReportChanges,
    ) -> None:
        self._store = store
        self._roster = roster
        self._support = support
        self._intake = intake
        self._changes = changes

    # ------------------------------------------------------------------ reading
    async def list(self, query: ReportQuery) -> wire_reports.ReportPage:
        """Newest first. Raises `Invalid`."""
        if query.state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        now, before = self._store.clock.now(), cursors.decode(query.cursor)
        given = {name: getattr(query, name) for name in Wanted.__struct_fields__ if hasattr(query, name)}
        where = reports.matching(Wanted(**given, states=_STATES[query.state], late_at=now if query.late else None))

        def read(conn: Connection) -> wire_reports.ReportPage:
            rows = reports.listed(conn, where, before, query.limit + 1)
            after = cursors.encode(rows[query.limit - 1].id if len(rows) > query.limit else None)
            shown = listed_views(conn, rows[: query.limit], now, self._support())
            return wire_reports.ReportPage(reports=shown, next_cursor=after, total=reports.count(conn, where))

        return await self._store.read(read)

    async def get(self, report_id: int) -> wire_reports.ReportDetail:
        """One report with its conversation and history. Raises `NotFound`."""
        now = self._store.clock.now()
        return await self._store.read(lambda conn: detail(conn, report_id, now))

    async def attachment(self, report_id: int, attachment_id: int) -> wire_reports.AttachmentContent:
        """What somebody attached, as they sent it. Raises `NotFound`."""
        found = await self._store.read(lambda conn: report_messages.attachment(conn, report_id, attachment_id))
        if found is None:
            raise NotFound(f"R-{report_id} has no attachment {attachment_id}")
        return wire_reports.AttachmentContent(attachment=attachment_view(found[0]), data=found[1])

    # ------------------------------------------------------------------ what reporters say here
    async def create(self, body: wire_reports.NewReport, actor: str) -> wire_reports.Report:
        """Report something, or what somebody told the caller."""
        own = body.sender in ("", actor)
        message = Received(
            id=uuid.uuid4().hex,
            thread=uuid.uuid4().hex,
            sender=body.sender or actor,
            sender_name=body.sender_name,
            subject=body.subject,
            text=body.text,
            kind=body.kind or ("internal_team" if own else "end_user"),
            verified=own,
            answers=body.answers,
            tags=dict(body.tags) | ({"service": body.service} if body.service else {}),
        )
        return await self._say(message, actor)

    async def add_message(self, report_id: int, body: wire_reports.AddMessage, actor: str) -> wire_reports.Report:
        """What the reporter of a report made here says further. Raises `NotFound` and `Conflict`."""
        report = await self._store.read(lambda conn: existing(conn, report_id))
        if report.channel != LOCAL:
            raise Conflict(
                f"{report.reference} came by {report.channel}: its reporter writes there",
                remedy="leave a note, or reply",
            )
        message = Received(
            id=uuid.uuid4().hex,
            thread=report.thread,
            sender=report.recipient,
            subject=report.subject,
            text=body.text,
            verified=actor == report.recipient,
        )
        return await self._say(message, actor)

    async def _say(self, message: Received, actor: str) -> wire_reports.Report:
        def command(tx: Tx) -> wire_reports.Report:
            taken = self._intake.take(tx, LOCAL, message, actor)
            return view(tx.conn, existing(tx.conn, taken.report_id), tx.now)

        return await self._store.write(command)

    # ------------------------------------------------------------------ what we do with them
    async def _change(
        self, report_id: int, if_version: int | None, action: Callable[[Tx, Report], Report]
    ) -> wire_reports.Report:
        def command(tx: Tx) -> wire_reports.Report:
            report = existing(tx.conn, report_id, lock=True)
            if if_version is not None and if_version != report.version:
                raise Conflict(f"{report.reference} has changed meanwhile", current=view(tx.conn, report, tx.now))
            return view(tx.conn, action(tx, report), tx.now)

        return await self._store.write(command)

    async def acknowledge(
        self, report_id: int, body: wire_reports.AcknowledgeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Take it on; this stops the clock of the first response. Raises `NotFound`, `Conflict`."""
        return await self._change(
            report_id, if_version, lambda tx, report: self._changes.acknowledge(tx, report, body.note, actor)
        )

    async def reply(
        self, report_id: int, body: wire_reports.Reply, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Answer on the channel that the reporter used. Raises `NotFound`, `Conflict`, `Refused`."""
        return await self._change(
            report_id, if_version, lambda tx, report: self._changes.reply(tx, report, body, actor)
        )

    async def note(self, report_id: int, body: wire_reports.ReportNote, actor: str) -> wire_reports.Report:
        """Leave a note that no customer sees. Raises `NotFound`."""
        return await self._change(report_id, None, lambda tx, report: self._changes.note(tx, report, body.text, actor))

    async def change_state(
        self, report_id: int, body: wire_reports.ChangeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Take it to another state. Raises `NotFound`, `Conflict`, and `Refused` naming what is missing."""
        return await self._change(
            report_id, if_version, lambda tx, report: self._changes.change_state(tx, report, body, actor)
        )

    async def merge(
        self, report_id: int, body: wire_reports.MergeReport, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Merge a report into another of the same customer, which is the answer. Raises `NotFound`, `Refused`."""
        return await self._change(
            report_id,
            if_version,
            lambda tx, report: merge(tx, self._changes, report, existing(tx.conn, body.into, lock=True), actor),
        )

    async def split(
        self, report_id: int, body: wire_reports.SplitReport, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Make a report of its own of some messages; it is the answer. Raises `NotFound`, `Invalid`."""
        return await self._change(
            report_id,
            if_version,
            lambda tx, report: split(tx, self._changes, report, body.message_ids, body.subject, actor),
        )

    async def edit(
        self, report_id: int, body: wire_reports.EditReport, actor: str, if_version: int | None
    ) -> wire_reports.Report:
        """Correct what is said about it, or whose it is. Raises `NotFound`, `Conflict`, `Invalid`."""
        people = self._roster().people
        return await self._change(
            report_id, if_version, lambda tx, report: self._changes.edit(tx, report, body, people, actor)
        )
