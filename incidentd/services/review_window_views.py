"""The review window of an incident as callers see it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from incidentd.domain.facilitation import facilitator_faults
from incidentd.domain.incidents import Incident
from incidentd.domain.review_opening import not_rested, text
from incidentd.domain.review_people import owner, standing_of
from incidentd.domain.roles import Role, current
from incidentd.services.incident_views import Seen
from incidentd.services.involved import involved
from incidentd.services.review_windows import basis_of, last_told, night_facts
from incidentd.storage import incidents, review_openings
from incidentd.wire import RoleHolder
from incidentd.wire import review_window as wire_review


def view(seen: Seen, incident: Incident) -> wire_review.ReviewWindow:
    """The window as it was told last, and before the resolve what is known so far."""
    rule = seen.process.review_windows.get(incident.severity)
    told = last_told(seen, incident)
    basis = basis_of(seen, incident, incident.resolved_at or seen.now)
    nights = [night_facts(one) for one in basis.nights] if told is None else told["nights"]
    held = incidents.roles(seen.conn, [incident.id])[incident.id]
    return wire_review.ReviewWindow(
        incident_id=incident.id,
        review_name=seen.process.review_name,
        status=incident.status,
        severity=incident.severity,
        resolved_at=incident.resolved_at,
        opens_at=incident.review_opens_at,
        due_at=incident.review_due_at,
        standing=standing_of(incident, seen.now),
        floor=None if rule is None else rule.floor.total_seconds(),
        business_days=None if rule is None else rule.ceiling_business_days,
        team=basis.team,
        zone=basis.calendar.zone,
        holidays=basis.calendar.holidays,
        nights=msgspec.convert(nights, tuple[wire_review.Night, ...]),
        owner=owner(held, incident.declared_by),
        openings=_openings(seen, incident),
        not_rested=not_rested(basis.nights, seen.roster, seen.now),
        facilitator_faults=_exceptions(seen, incident, held),
    )


def _exceptions(seen: Seen, incident: Incident, held: Sequence[RoleHolder]) -> tuple[str, ...]:
    """Why those who hold the role of facilitator are exceptions."""
    now = [one.person for one in current(held) if one.role == Role.FACILITATOR]
    took_part = involved(seen.conn, incident, seen.roster) if now else ()
    return tuple(fault for person in now for fault in facilitator_faults(person, took_part, seen.roster))


def _openings(seen: Seen, incident: Incident) -> tuple[wire_review.Opening, ...]:
    found = review_openings.of_incident(seen.conn, incident.id)
    names = wire_review.Opening.__struct_fields__
    return tuple(
        wire_review.Opening(**{name: getattr(one, name) for name in names if name != "text"}, text=text(one))
        for one in found
    )


def window_of(seen: Seen, incident: Incident) -> wire_review.ReviewWindow | None:
    """The same beside an incident, while there is something to say of it."""
    return view(seen, incident) if incident.review_opens_at is not None else None
