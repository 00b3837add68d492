"""Who hears of planned work on services: the team that owns each, and whoever is on call for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.escalation import policy_for, policy_of_service, reach
from incidentd.domain.people import Person, Roster
from incidentd.domain.targets import NO_TURNS, Turns


def owners(
    roster: Roster,
    services: Iterable[str],
    at: datetime,
    changes: Changes = NO_CHANGES,
    turns: Turns = NO_TURNS,
) -> dict[str, tuple[Person, str]]:
    """Each person to tell, with the reason, by handle; a person of several services is told once."""
    found: dict[str, tuple[Person, str]] = {}
    for name in services:
        service = roster.services.get(name)
        team = roster.teams.get(service.team) if service is not None else None
        for handle in () if team is None else team.members:
            if handle in roster.people:
                found.setdefault(handle, (roster.people[handle], f"your team owns {name}"))
        first = reach(roster, policy_for(roster, policy_of_service(roster, name)), 1, at, changes=changes, turns=turns)
        for contact in first.contacts:
            found.setdefault(contact.person.handle, (contact.person, f"you are paged first for {name}"))
    return found
