"""Incidents as callers see them: with who holds which role, what is linked, and which rules are broken right now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import incidents as rules
from incidentd.domain.checklist_ticks import TICKED, checklist
from incidentd.domain.drills import name
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.process_versions import name_of as version_name
from incidentd.domain.response_history import KINDS, spans
from incidentd.domain.review_people import standing_of
from incidentd.domain.roles import current, gap_minutes
from incidentd.domain.violations import NO_COMMUNICATIONS_LEAD, ROLE_SEPARATION, violations
from incidentd.services.classification_views import classification
from incidentd.services.communicators import may_communicate
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.known import known
from incidentd.services.relations import related
from incidentd.storage import chat_rooms, event_log, holds, incidents, process_versions, reports
from incidentd.storage.tx import NewEvent, Tx
from incidentd.wire import Event
from incidentd.wire import incidents as wire_incidents
from incidentd.wire.checklists import ChecklistItem

_COPIED = tuple(name for name in wire.Incident.__struct_fields__ if name in Incident.__struct_fields__)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a view is taken. `pending` are events of the transaction that the log does not have yet."""

    conn: Connection
    now: datetime
    process: Process
    roster: Roster = Roster()
    pending: Sequence[NewEvent] = ()

    def events(self, subjects: Sequence[str], kinds: Sequence[str] = ()) -> list[Event]:
        """The events about any of `subjects`, oldest first; only `kinds` if given."""
        mine = [one for one in self.pending if one.subject in subjects and (not kinds or one.kind in kinds)]
        # They get their seq with the commit; nothing here reads it.
        return event_log.of_subjects(self.conn, subjects, kinds) + [one.numbered(0) for one in mine]


def in_command(tx: Tx, process: Process, roster: Roster | None = None) -> Seen:
    """The view from inside a command, its own events included."""
    return Seen(conn=tx.conn, now=tx.now, process=process, roster=roster or Roster(), pending=tx.events)


def existing(conn: Connection, incident_id: int, *, lock: bool = False) -> Incident:
    """The incident. Raises `NotFound`."""
    found = incidents.get(conn, incident_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no incident INC-{incident_id}")
    return found


def expected(seen: Seen, incident: Incident, if_version: int | None) -> Incident:
    """The incident, when it is as the caller saw it or will do as it is. Raises `Conflict`."""
    if if_version is not None and if_version != incident.version:
        raise Conflict(f"INC-{incident.id} has changed meanwhile", current=view(seen, incident))
    return incident


def views(seen: Seen, rows: Sequence[Incident]) -> tuple[wire.Incident, ...]:
    """Stored incidents as the wire shows them; a fixed number of queries for any number of rows."""
    ids = [row.id for row in rows]
    held = incidents.roles(seen.conn, ids)
    updates = incidents.updates(seen.conn, ids)
    alert_ids = incidents.alert_ids_of(seen.conn, ids)
    page_ids = incidents.page_ids_of(seen.conn, rows)
    events: dict[str, list[Event]] = {row.subject: [] for row in rows}
    for event in seen.events(list(events), KINDS):
        events[event.subject].append(event)
    shown, numbers = [], process_versions.numbers(seen.conn)
    on_hold = holds.incidents_in(seen.conn, ids)
    for row in rows:
        broken = violations(
            row,
            held=held[row.id],
            updates=updates[row.id],
            spans=spans(events[row.subject], seen.process, seen.now),
            process=seen.process,
            now=seen.now,
        )
        shown.append(
            wire.Incident(
                **{name: getattr(row, name) for name in _COPIED},
                alert_ids=alert_ids[row.id],
                page_ids=page_ids[row.id],
                roles=current(held[row.id]),
                drill=name(row.drill_id),
                violations=broken,
                allowed=rules.allowed(row, seen.process, seen.now),
                review_standing=standing_of(row, seen.now),
                process=version_name(numbers.get(row.process_version)),
                held=row.id in on_hold,
            )
        )
    return tuple(shown)


def view(seen: Seen, row: Incident) -> wire.Incident:
    """One incident as the wire shows it."""
    return views(seen, [row])[0]


def checklist_of(seen: Seen, row: Incident) -> tuple[ChecklistItem, ...]:
    """What its roles see to, as the process stands, and what of it is done."""
    return checklist(seen.process.checklists, row, seen.events([row.subject], [TICKED]))


def _to_be_asked(seen: Seen, shown: wire.Incident, held: Sequence[wire.RoleHolder]) -> tuple[str, ...]:
    """Who may lead the communications, while that is wanted of somebody else than it is."""
    if not any(one.rule in (NO_COMMUNICATIONS_LEAD, ROLE_SEPARATION) for one in shown.violations):
        return ()
    return may_communicate(seen.conn, seen.process, seen.roster, held, seen.now)


def detail(seen: Seen, incident_id: int) -> wire_incidents.IncidentDetail:
    """One incident with its history. Raises `NotFound`."""
    from incidentd.services.review_window_views import window_of  # it takes its views as this module does

    row = existing(seen.conn, incident_id)
    held = incidents.roles(seen.conn, [row.id])[row.id]
    responded = spans(seen.events([row.subject], KINDS), seen.process, seen.now)
    shown = view(seen, row)
    return wire_incidents.IncidentDetail(
        incident=shown,
        roles=held,
        updates=incidents.updates(seen.conn, [row.id])[row.id],
        role_gap_minutes=gap_minutes(held, responded),
        report_ids=tuple(one.id for one in reports.of_incident(seen.conn, row.id)),
        chat=chat_rooms.shown(seen.conn, row.id),
        **known(seen.conn, row),
        classification=classification(seen.conn, row, seen.process.matrix),
        checklist=checklist_of(seen, row),
        communicators=_to_be_asked(seen, shown, held),
        related=related(seen, row),
        window=window_of(seen, row),
    )
