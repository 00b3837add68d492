"""How the review of an incident stands, and who sees to it that it is held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incidentd.domain.incidents import AWAITING_REVIEW, Incident
from incidentd.domain.review_window import Window, standing
from incidentd.domain.roles import Role, current
from incidentd.wire import RoleHolder


def owner(held: Sequence[RoleHolder], declared_by: str) -> str:
    """Who holds the role; else who led the mitigation last, else who declared the incident."""
    owners = [one.person for one in current(held) if one.role == Role.REVIEW_OWNER]
    leads = [one for one in held if one.role == Role.MITIGATION_LEAD]
    last = max(leads, key=lambda one: (one.ends_at is None, one.ends_at or one.starts_at, one.id), default=None)
    return owners[-1] if owners else last.person if last is not None else declared_by


def standing_of(incident: Incident, now: datetime) -> str:
    """How its review stands; "" when it was held, or none is owed."""
    opens, soon, due = incident.review_opens_at, incident.review_soon_at, incident.review_due_at
    if incident.status not in AWAITING_REVIEW or opens is None or due is None:
        return ""
    return standing(Window(opens_at=opens, soon_at=soon or due, due_at=due), now)
