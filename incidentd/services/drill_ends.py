"""What is left to do and to say when a drill is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from incidentd.domain.incidents import ENDED, Incident, Status
from incidentd.domain.trace import verdict
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_timers import arm_all, status_event
from incidentd.storage import alerts, deliveries, drills, event_log, incidents, pages
from incidentd.storage.drills import DrillRow
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import group_alerts
from incidentd.storage.tx import Tx
from incidentd.wire import drills as wire_drills
from incidentd.wire import incidents as wire_incidents

_VERDICTS = 50


def summed_up(tx: Tx, drill: DrillRow) -> dict[str, Any]:
    """The `Summary` of a drill as it stands now."""
    rows = [page for one in drills.page_ids(tx.conn, drill) if (page := pages.get(tx.conn, one)) is not None]
    taken = tuple(_acknowledged(rows))
    reached = deliveries.people_by_page(tx.conn, [page.id for page in rows])
    begins = min((page.started_at for page in rows), default=None)
    first = min((one.at for one in taken), default=None)
    known = {one.page_id for one in taken}
    summary = wire_drills.Summary(
        alerts=len(drills.alert_ids(tx.conn, drill)),
        pages=len(rows),
        first_acknowledgement=(first - begins).total_seconds() if first and begins else None,
        acknowledged=taken,
        unacknowledged=tuple(page.id for page in rows if page.id not in known),
        reached=tuple(dict.fromkeys(person for people in reached.values() for person in people)),
        verdicts=_verdicts(tx, drill),
        incident_ids=tuple(drills.incident_ids(tx.conn, drill)),
    )
    built: dict[str, Any] = msgspec.to_builtins(summary)
    return built


def _acknowledged(rows: Iterable[PageRow]) -> Iterable[wire_drills.Acknowledged]:
    for page in rows:
        if page.acknowledged_at is not None:
            after = (page.acknowledged_at - page.started_at).total_seconds()
            yield wire_drills.Acknowledged(
                page_id=page.id, person=page.acknowledged_by, at=page.acknowledged_at, after=after
            )


def _verdicts(tx: Tx, drill: DrillRow) -> dict[str, str]:
    """What the trace says of each alert, before the end of the drill becomes part of it."""
    found = {}
    by_group = {
        page.group_id: page.subject for one in drills.page_ids(tx.conn, drill) if (page := pages.get(tx.conn, one))
    }
    for alert in alerts.get_many(tx.conn, drills.alert_ids(tx.conn, drill)[:_VERDICTS]):
        member = group_alerts.select().where(group_alerts.c.alert_id == alert.id)
        groups = [row.group_id for row in tx.conn.execute(member)]
        about = [by_group[group] for group in groups if group in by_group]
        events = event_log.of_subjects(tx.conn, [alert.subject, *(f"group:{group}" for group in groups), *about])
        found[f"A-{alert.id} {alert.name}"] = verdict(events, alert.firing)
    return found


def end_incidents(tx: Tx, drill: DrillRow, statuses: StatusChanges) -> None:
    """Close the incidents of a drill, which no review is owed for; or resolve them when a review is wanted."""
    for incident_id in drills.incident_ids(tx.conn, drill):
        incident = incidents.get(tx.conn, incident_id, lock=True)
        if incident is None or incident.status in ENDED:
            continue
        if drill.review:
            _resolve(tx, drill, incident, statuses)
        else:
            _close(tx, drill, incident, statuses)


def _close(tx: Tx, drill: DrillRow, incident: Incident, statuses: StatusChanges) -> None:
    closed = incidents.change(
        tx, incident, status=Status.CLOSED, closed_at=tx.now, next_update_at=None, review_opens_at=None,
        review_due_at=None,
    )  # fmt: skip
    status_event(tx, incident, closed, actor=drill.name, reason=f"the drill {drill.name} is over")
    arm_all(tx, closed, statuses.update_rules)


def _resolve(tx: Tx, drill: DrillRow, incident: Incident, statuses: StatusChanges) -> None:
    """By the same table of transitions as any incident: what is skipped on the way is shown."""
    way = {Status.SUSPECTED: ("active", "mitigated", "resolved"), Status.ACTIVE: ("mitigated", "resolved")}
    for to in way.get(incident.status, ("resolved",) if incident.status is Status.MITIGATED else ()):
        body = wire_incidents.ChangeStatus(
            to=to, reason=f"the drill {drill.name} is over", evidence="its alerts have ended"
        )
        incident = statuses.change(tx, incident, body, drill.name)
