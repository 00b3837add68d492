"""By which words earlier incidents are found, and which of those that share some are looked at closely."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.domain.likeness import LONGEST, telling_words
from incidentd.domain.resembling import Known

_BEGINNING = 6
"""Letters of a word that are kept, so that other endings are found too."""
_CLOSEST, _EDGES = 100, 25
"""So many that share the most words are compared, and so many of the newest and of the oldest."""


def symptom_words(known: Known) -> frozenset[str]:
    """The beginnings of the telling words of an incident: its title, service and alerts, what was said and tried."""
    facts = known.facts
    text = "\n".join((facts.subject, facts.service, *sorted(known.alerts), facts.text))
    return frozenset(word[:_BEGINNING] for word in telling_words(text[:LONGEST]) | known.tried)


def promising(shared: Mapping[int, int]) -> list[int]:
    """Of incidents by the words they share: those with the most, and the newest and oldest that share several.

    Where hundreds are alike, the closest are the latest: without its edges the oldest would never be seen.
    """
    closest = sorted(shared, key=lambda one: (-shared[one], -one))
    several = sorted(one for one, count in shared.items() if count > 1)
    return sorted({*closest[:_CLOSEST], *several[:_EDGES], *several[-_EDGES:]})
