"""Who may facilitate a review: somebody who was not involved and has no authority over those who were.

In a small team there may be nobody like that. Then whoever does it is shown as an exception, and never refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from incidentd.domain.people import Roster


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may facilitate; `faults` say why they would be an exception."""

    person: str
    listed: bool
    faults: tuple[str, ...]


def facilitator_faults(person: str, involved: Collection[str], roster: Roster) -> tuple[str, ...]:
    """Why `person` would be an exception as facilitator; nothing for somebody who fits."""
    return tuple(_faults(person, involved, roster))


def _faults(person: str, involved: Collection[str], roster: Roster) -> Iterable[str]:
    if person in involved:
        yield f"{person} was involved"
    for team in roster.teams.values():
        led = sorted(set(team.members) & set(involved) - {person})
        if person in team.leads and led:
            yield f"{person} leads team {team.name}, which {' and '.join(led)} {'is' if len(led) == 1 else 'are'} in"


def candidates(listed: Collection[str], involved: Collection[str], roster: Roster) -> tuple[Candidate, ...]:
    """Everybody of the roster, those who fit first and among them those whom the process lists."""
    found = [
        Candidate(person=handle, listed=handle in listed, faults=facilitator_faults(handle, involved, roster))
        for handle in roster.people
    ]
    return tuple(sorted(found, key=lambda one: (len(one.faults), not one.listed, one.person)))
