"""Incidents: declare, coordinate, resolve. Every change is one command that writes rows and events together."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import drills
from incidentd.domain.incidents import (
    ENDED,
    OPEN,
    Incident,
    Status,
)
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.timeline import NOTE_KINDS, entry
from incidentd.domain.told import Told
from incidentd.domain.updates import next_due_for_status
from incidentd.services import cursors, incident_links, incident_roles, report_links
from incidentd.services.broadcast import Broadcast
from incidentd.services.errors import Invalid
from incidentd.services.escalation import Handler
from incidentd.services.incident_severity import SeverityChanges
from incidentd.services.incident_status import StatusChanges, checked_time
from incidentd.services.incident_timers import IncidentTimers, arm_all
from incidentd.services.incident_updates import IncidentUpdates
from incidentd.services.incident_views import Seen, detail, existing, expected, in_command, view, views
from incidentd.services.process_names import version_named
from incidentd.services.role_pages import RolePages
from incidentd.services.timeline import timeline
from incidentd.storage import event_log, incidents
from incidentd.storage.alerts import AlertRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity

T = TypeVar("T")
_STATES: Mapping[str, Sequence[Status]] = {"open": sorted(OPEN), "closed": sorted(ENDED), "all": list(Status)}
_EDITABLE = ("title", "summary", "many_stakeholders", "service", "public_title", "off_page")


class Incidents(IncidentUpdates):
    """Implements `contracts.IncidentCalls`."""

    def __init__(
        self,
        store: Store,
        *,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        reporters: Broadcast,
        role_pages: RolePages,
    ) -> None:
        self._store = store
        self._reporters = reporters
        self._role_pages = role_pages
        self._process = process
        self._roster = roster
        self._status = StatusChanges(process, roster)
        self._severity = SeverityChanges(process, self._status.settle)
        self._timers = IncidentTimers(process, roster)
        self.when_declared: list[Callable[[Tx], None]] = []
        """Each is called in the transaction in which one was declared."""

    def handlers(self) -> Mapping[str, Handler]:
        """What the timers of incidents do."""
        return self._timers.handlers()

    # ------------------------------------------------------------------ reading
    async def _read(self, query: Callable[[Seen], T]) -> T:
        now, process = self._store.clock.now(), self._process()
        return await self._store.read(
            lambda conn: query(Seen(conn=conn, now=now, process=process, roster=self._roster()))
        )

    async def list(
        self, state: str, text: str, limit: int, cursor: str, review: str = "", process: str = ""
    ) -> wire.IncidentPage:
        """Incidents that are open, closed or all, newest first, with every word of `text`. Raises `Invalid`.

        `review` is how their review stands: waiting, open, soon, late, or due for what may be held; `process` the
        version that they were declared under, V-3 or its hash.
        """
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        last = cursors.decode(cursor)
        where = incidents.matching(_STATES[state], text)
        if review:
            where &= incidents.review_stands(review, self._store.clock.now())
        if process:
            where &= incidents.under_process(await self._store.read(lambda conn: version_named(conn, process)))

        def query(seen: Seen) -> wire.IncidentPage:
            rows = incidents.listed(seen.conn, where, last, limit + 1)
            after = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            total = incidents.count_where(seen.conn, where)
            return wire.IncidentPage(incidents=views(seen, rows[:limit]), next_cursor=after, total=total)

        return await self._read(query)

    async def get(self, incident_id: int) -> wire_incidents.IncidentDetail:
        """One incident with its roles, updates and role gaps. Raises `NotFound`."""
        return await self._read(lambda seen: detail(seen, incident_id))

    async def timeline(self, incident_id: int) -> wire.Timeline:
        """Everything that happened. Raises `NotFound`."""
        return await self._store.read(lambda conn: timeline(conn, existing(conn, incident_id)))

    # ------------------------------------------------------------------ changing
    async def _change(
        self, incident_id: int, if_version: int | None, action: Callable[[Tx, Incident], Incident]
    ) -> wire.Incident:
        def command(tx: Tx) -> wire.Incident:
            seen = in_command(tx, self._process())
            changed = action(tx, expected(seen, existing(tx.conn, incident_id, lock=True), if_version))
            return view(seen, self._status.settle(tx, changed))

        return await self._store.write(command)

    async def declare(self, body: wire_incidents.DeclareIncident, actor: str) -> wire.Incident:
        """Open an incident, from alerts or by hand. Raises `Invalid`."""

        return await self._store.write(lambda tx: self.shown(tx, self.declare_in(tx, body, actor)))

    def shown(self, tx: Tx, incident: Incident) -> wire.Incident:
        """An incident as callers see it, from inside a command."""
        return view(in_command(tx, self._process()), incident)

    def declare_in(self, tx: Tx, body: wire_incidents.DeclareIncident, actor: str, *, via: str = "") -> Incident:
        """Open an incident as part of a transaction; `via` is the way, where not the API. Raises `Invalid`."""
        linked = incident_links.known_alerts(tx.conn, body.alert_ids)
        incident = self._declared(tx, body, actor, linked)
        incidents.link_alerts(tx, incident.id, body.alert_ids, actor)
        data = {name: getattr(incident, name) for name in _DECLARED}
        data["alert_ids"] = [one.id for one in linked]
        data |= {"via": via} if via else {}
        tx.emit("incident.declared", incident.subject, data, actor=actor)
        incident_links.tell_alerts(tx, "incident.alert_linked", incident, data["alert_ids"], actor)
        report_links.join_by_alerts(tx, incident, data["alert_ids"], actor)
        for declared in self.when_declared:
            declared(tx)
        if body.answers:
            return self._severity.at_declaration(tx, incident, body.answers, body.severity_reason, actor)
        arm_all(tx, incident, self._process().updates)
        return incident

    def _declared(
        self, tx: Tx, body: wire_incidents.DeclareIncident, actor: str, linked: Sequence[AlertRow]
    ) -> Incident:
        drill_id = incident_links.drill_of(linked)
        status = Status.SUSPECTED if body.suspected else Status.ACTIVE
        earliest = min((one.starts_at for one in linked), default=tx.now)
        process, severity = self._process(), self._severity.of_declaration(body)
        return incidents.create(
            tx,
            title=drills.marked(body.title) if drill_id is not None else body.title,
            summary=body.summary,
            status=status,
            severity=severity,
            service=body.service or next((one.service for one in linked if one.service), ""),
            many_stakeholders=body.many_stakeholders,
            declared_at=tx.now,
            declared_by=actor,
            started_at=checked_time(body.started_at, tx.now, "started_at") if body.started_at else earliest,
            next_update_at=next_due_for_status(process, severity, status, tx.now),
            process_version=process.version,
            drill_id=drill_id,
        )

    async def edit(
        self, incident_id: int, body: wire_incidents.EditIncident, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Correct what is said about it; None leaves a part alone. Raises `NotFound` or `Conflict`."""

        def action(tx: Tx, incident: Incident) -> Incident:
            wanted = {name: value for name in _EDITABLE if (value := getattr(body, name)) is not None}
            if "public_title" in wanted:
                wanted["public_title"] = wanted["public_title"].strip()
            changes = {name: value for name, value in wanted.items() if value != getattr(incident, name)}
            if not changes:
                return incident
            told = {name: {"from": getattr(incident, name), "to": value} for name, value in changes.items()}
            tx.emit("incident.edited", incident.subject, {"changes": told}, actor=actor)
            return incidents.change(tx, incident, **changes)

        return await self._change(incident_id, if_version, action)

    async def change_status(
        self, incident_id: int, body: wire_incidents.ChangeStatus, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Take it to another status. Raises `NotFound`, `Invalid`, `Conflict`, and `Refused` after the response."""

        def action(tx: Tx, incident: Incident) -> Incident:
            changed = self._status.change(tx, incident, body, actor)
            self._reporters.moved(tx, incident, changed, actor)
            self._role_pages.settle(tx, changed, actor)
            return changed

        return await self._change(incident_id, if_version, action)

    async def set_severity(
        self, incident_id: int, body: wire_incidents.SetSeverity, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Set it by hand; lowering without a reason is shown as a violation. Raises `NotFound` or `Conflict`."""
        return await self._change(
            incident_id, if_version, lambda tx, incident: self._severity.set(tx, incident, body, actor)
        )

    async def classify(
        self, incident_id: int, body: wire_severity.ClassifyIncident, actor: str, if_version: int | None
    ) -> wire_severity.ClassifiedIncident:
        """Record answers to the severity matrix and what they come to. Raises `NotFound`, `Invalid` or `Conflict`."""
        incident = await self._change(
            incident_id, if_version, lambda tx, incident: self._severity.classify(tx, incident, body, actor)
        )
        recorded = (await self.get(incident_id)).classification
        assert recorded is not None  # by what went before
        return wire_severity.ClassifiedIncident(incident=incident, classification=recorded)

    async def assign_role(
        self, incident_id: int, body: wire_incidents.AssignRole, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Give a role to a person, or end it. Raises `NotFound`, `Invalid` or `Conflict`."""

        def action(tx: Tx, incident: Incident) -> Incident:
            changed = incident_roles.assign(tx, incident, body, actor, self._roster(), self._process())
            self._role_pages.settle(tx, changed, actor)
            return changed

        return await self._change(incident_id, if_version, action)

    async def add_note(self, incident_id: int, body: wire_incidents.AddNote, actor: str) -> wire.TimelineEntry:
        """Write into the timeline. Raises `NotFound` or `Invalid`."""
        if body.kind not in NOTE_KINDS:
            raise Invalid(f"kind is one of {', '.join(NOTE_KINDS)}", field="kind")
        mark = uuid.uuid4().hex  # finds the entry again once the commit has given it a seq

        def command(tx: Tx) -> None:
            incident = existing(tx.conn, incident_id, lock=True)
            observed = checked_time(body.observed_at, tx.now, "observed_at")
            data = {"text": body.text, "kind": body.kind, "evidence": body.evidence, "pinned": body.pinned}
            tx.emit("incident.note", incident.subject, data | {"observed_at": observed, "mark": mark}, actor=actor)
            # Evidence that was owed by a transition may be given later.
            owed = tuple(one for one in incident.skipped if one.rule != "evidence" or not body.evidence.strip())
            self._status.settle(tx, incidents.change(tx, incident, skipped=owed))

        await self._store.write(command)
        return await self._store.read(lambda conn: _note(conn, incident_id, mark))

    async def link_alerts(self, incident_id: int, alert_ids: tuple[int, ...], actor: str) -> wire.Incident:
        """Link alerts to it; those that are linked already stay so. Raises `NotFound` or `Invalid`."""
        return await self._change(
            incident_id, None, lambda tx, incident: incident_links.link(tx, incident, alert_ids, actor)
        )

    async def unlink_alert(self, incident_id: int, alert_id: int, actor: str) -> wire.Incident:
        """Undo a link. Raises `NotFound`, also when the alert is not linked."""
        return await self._change(
            incident_id, None, lambda tx, incident: incident_links.unlink(tx, incident, [alert_id], actor)
        )


_DECLARED = (
    "title",
    "summary",
    "status",
    "severity",
    "service",
    "many_stakeholders",
    "started_at",
    "next_update_at",
    "process_version",
)


def _note(conn: Connection, incident_id: int, mark: str) -> wire.TimelineEntry:
    events = event_log.of_subjects(conn, [f"incident:{incident_id}"], ["incident.note"])
    return next(entry(Told(one, {})) for one in reversed(events) if one.data.get("mark") == mark)
