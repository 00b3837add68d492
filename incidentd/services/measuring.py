"""The measures of an incident, computed from the log at each look."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain import episodes
from incidentd.domain.incidents import Incident
from incidentd.domain.measures import ACKNOWLEDGED, measure
from incidentd.domain.signs import ever_linked
from incidentd.services.incident_views import Seen
from incidentd.storage import incidents
from incidentd.wire import Event
from incidentd.wire.measures import Measures


def history(seen: Seen, incident: Incident) -> list[Event]:
    """What the measures are computed from."""
    own = seen.events([incident.subject])
    alert_ids, report_ids = ever_linked(own)
    subjects = [*(f"alert:{one}" for one in sorted(alert_ids)), *(f"report:{one}" for one in sorted(report_ids))]
    subjects += [f"page:{one}" for one in incidents.page_ids_of(seen.conn, [incident])[incident.id]]
    others = seen.events(subjects, (*episodes.KINDS, *ACKNOWLEDGED, "report.opened"))
    return sorted([*own, *others], key=lambda one: one.seq)


def measures(seen: Seen, incident: Incident, as_of: datetime | None = None) -> Measures:
    """What was known at `as_of` (default: now)."""
    return measure(incident.id, history(seen, incident), seen.process, as_of or seen.now)
