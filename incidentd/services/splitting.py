"""Splitting an incident in two; everything here happens inside a command. Merging the new one back undoes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from incidentd.domain import corrections
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.relations import SPLIT, SPLIT_FROM
from incidentd.domain.timeline import observed_at
from incidentd.services import incident_links, report_links
from incidentd.services.errors import Invalid, Unknown
from incidentd.storage import event_log, incidents, reports
from incidentd.storage.tx import Tx
from incidentd.wire import Event
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life

Declare = Callable[[Tx, wire_incidents.DeclareIncident, str], Incident]
_NOTE = "incident.note"


def split(tx: Tx, incident: Incident, body: wire_life.SplitIncident, actor: str, declare: Declare) -> Incident:
    """Take alerts, reports and copies of entries into a new incident, which is returned. Raises `Invalid`."""
    _check(incident, body)
    alert_ids = _own(body.alert_ids, incidents.alert_ids_of(tx.conn, [incident.id])[incident.id], "alert_ids", "A-")
    linked = [one.id for one in reports.of_incident(tx.conn, incident.id, lock=True)]
    report_ids = _own(body.report_ids, linked, "report_ids", "R-")
    events = event_log.of_subjects(tx.conn, [incident.subject])
    notes = {one.seq: one for one in events if one.kind == _NOTE}
    entries = _own(body.entries, list(notes), "entries", "entry ")
    new = declare(tx, _declaration(incident, body), actor)
    if alert_ids:
        incident = incident_links.unlink(tx, incident, alert_ids, actor)
    moved = report_links.relink(tx, incident.id, new.id, actor, only=report_ids)
    said = {"reason": body.reason, "alert_ids": alert_ids, "report_ids": moved, "entries": entries}
    for kind, one, other in ((SPLIT, incident, new), (SPLIT_FROM, new, incident)):
        tx.emit(kind, one.subject, {"incident_id": other.id, "title": other.title, **said}, actor=actor)
    _copy(tx, [notes[one] for one in entries], corrections.of_events(events), incident, new, actor)
    incidents.change(tx, incident)
    return incidents.change(tx, new)


def _check(incident: Incident, body: wire_life.SplitIncident) -> None:
    if incident.status is Status.MERGED:
        raise Invalid(
            f"INC-{incident.id} is merged into INC-{incident.merged_into}",
            remedy=f"split INC-{incident.merged_into}, or undo the merge",
        )
    if not (body.alert_ids or body.report_ids or body.entries):
        remedy = "name alerts, reports or entries"
        raise Invalid("nothing is to go into the new incident", field="alert_ids", remedy=remedy)


def _own(wanted: Iterable[int], have: Sequence[int], field: str, prefix: str) -> list[int]:
    """What is wanted, each once. Raises `Invalid` for what does not belong to the incident."""
    chosen = list(dict.fromkeys(wanted))
    missing = [f"{prefix}{one}" for one in chosen if one not in have]
    if missing:
        raise Unknown(f"{', '.join(missing[:5])} is not of this incident", field=field)
    return chosen


def _declaration(incident: Incident, body: wire_life.SplitIncident) -> wire_incidents.DeclareIncident:
    return wire_incidents.DeclareIncident(
        title=body.title,
        severity=body.severity or incident.severity,
        service=incident.service,
        alert_ids=body.alert_ids,
        started_at=None if body.alert_ids else incident.started_at,
        many_stakeholders=incident.many_stakeholders,
    )


def _copy(
    tx: Tx, notes: Iterable[Event], corrected: Mapping[int, datetime], incident: Incident, new: Incident, actor: str
) -> None:
    """Entries stay where they were written; the new incident has copies that say so."""
    for note in notes:
        data = {name: note.data[name] for name in ("text", "kind", "evidence", "pinned")}
        data["observed_at"] = corrected.get(note.seq) or observed_at(note)
        data |= {"written_by": note.data.get("written_by") or note.actor, "from_incident": incident.id}
        tx.emit(_NOTE, new.subject, data, actor=actor)
