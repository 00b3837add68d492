"""What kept people awake for an incident: pages that reached them, and what they did for it themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from incidentd.domain.corrections import of_events
from incidentd.domain.event_times import instant
from incidentd.domain.incidents import Incident
from incidentd.domain.sleep_hours import Act
from incidentd.services.incident_views import Seen
from incidentd.storage import deliveries, incidents
from incidentd.wire import Event

_DID = {
    "page.acknowledged": "acknowledged a page",
    "page.taken_over": "took over a page",
    "incident.declared": "declared it",
    "incident.note": "wrote in the timeline",
    "incident.update": "posted an update",
    "incident.attempt": "tried something",
}
_WORKED = "worked on it"


def acts(seen: Seen, incident: Incident, resolved_at: datetime) -> list[Act]:
    """Everything of the present episode until it was resolved, as it happened and as it was recorded."""
    pages = [f"page:{one}" for one in incidents.page_ids_of(seen.conn, [incident])[incident.id]]
    mine = seen.events([incident.subject])
    start, end = _episode(incident, mine, seen.now, resolved_at)
    found = [*_paged(seen, pages), *_did(mine), *_did(seen.events(pages)), *_roles(seen, incident)]
    return [one for one in found if start <= one.at <= end]


def _episode(
    incident: Incident, events: list[Event], now: datetime, resolved_at: datetime
) -> tuple[datetime, datetime]:
    """From when to when the response lasted: who said that it was over was still awake to say so."""
    changes = [one for one in events if one.kind == "incident.status"]
    reopened = [one.at for one in changes if one.data.get("reopened")]
    told = [one.at for one in changes if one.data.get("to") == "resolved"]
    begun = reopened[-1] if reopened else min(incident.started_at, incident.declared_at)
    return begun, max(resolved_at, told[-1] if told else now)


def _paged(seen: Seen, pages: list[str]) -> Iterator[Act]:
    ids = [int(one.partition(":")[2]) for one in pages]
    for person, at in deliveries.urgent_arrivals(seen.conn, ids):
        yield Act(person, at, "was paged")


def _did(events: list[Event]) -> Iterator[Act]:
    """What people did when. Who says that they saw something at night was awake then, whenever they wrote it."""
    corrected = of_events(events)
    for one in events:
        what = _DID.get(one.kind, _WORKED)
        yield Act(one.actor, one.at, what)
        if observed := corrected.get(one.seq) or instant(one.data.get("observed_at")):
            yield Act(one.actor, observed, what)


def _roles(seen: Seen, incident: Incident) -> Iterator[Act]:
    for one in incidents.roles(seen.conn, [incident.id])[incident.id]:
        yield Act(one.person, one.starts_at, "took a role in it")
