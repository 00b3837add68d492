"""Which events of an incident's log are about its review, and not about what happened."""

from __future__ import annotations

from incidentd.domain.incidents import AWAITING_REVIEW, REVIEWED_AS_IS, Status
from incidentd.domain.roles import OF_REVIEW
from incidentd.wire import Event

OF_WORKSHOPS = ("review.", "factor.", "learning.", "action.")
"""How kinds begin that only the review's own screen shows."""
_OF_REVIEWS = (*OF_WORKSHOPS, "incident.review")
_AFTER = (REVIEWED_AS_IS | AWAITING_REVIEW) - {Status.RESOLVED, Status.FALSE_ALARM}


def about_the_review(event: Event) -> bool:
    """Whether it tells of the time after the response: who did this had not to do with the incident by that."""
    if event.kind == "incident.status":
        return event.data.get("to") in _AFTER
    if event.kind == "incident.role":
        return event.data.get("role") in OF_REVIEW
    return event.kind.startswith(_OF_REVIEWS)
