"""What reporters are told when the incident behind their reports goes on: the texts, and which of them is said once.

The words of an update to customers are those that a person wrote. A change of status that no update has told of is put
into the words of a canned reply, which says nothing of the inside: no title, no names.
"""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.domain.canned_replies import CannedReply, Unfilled, render
from incidentd.domain.incidents import Incident, Status
from incidentd.domain.reports import Report
from incidentd.domain.updates import Phase

CUSTOMERS = "customers"
"""The audience whose updates reporters hear."""
_NAMES: Mapping[Status, str] = {
    Status.MITIGATED: "mitigated",
    Status.RESOLVED: "solved",
    Status.FALSE_ALARM: "no-fault",
}
"""The canned reply for a change of status: one of this name takes the place of the words below."""
_WORDS: Mapping[Status, str] = {
    Status.ACTIVE: "We are working again on what you told us about in {reference}. We will tell you here how it goes"
    " on.",
    Status.MITIGATED: "What you told us about in {reference} should be better by now: we have found a way around it and"
    " are watching it. We will tell you here when it is over.",
    Status.RESOLVED: "What you told us about in {reference} is solved on our side. If you still see it, answer here and"
    " we will look again.",
    Status.FALSE_ALARM: "We looked into what you told us about in {reference} and found no fault on our side. If you"
    " still see it, answer here and we will look again.",
}
PHASES: Mapping[Status, Phase] = {
    Status.ACTIVE: Phase.INVESTIGATING,
    Status.MITIGATED: Phase.MONITORING,
    Status.RESOLVED: Phase.RESOLVED,
    Status.FALSE_ALARM: Phase.RESOLVED,
}
"""The phase that a status tells of: an update of that phase says it in better words."""
ENDS = Phase.RESOLVED
"""The phase that is the last word: who heard it is followed up."""


def is_public(incident: Incident) -> bool:
    """Whether a status page shows what customers are told of it."""
    return incident.drill_id is None and not incident.off_page


def of_phase(incident: Incident, phase: Phase) -> str:
    """What is told once in an episode: that the response has come to a phase."""
    return f"incident:{incident.id}:{incident.episode}:{phase}"


def from_phase_on(incident: Incident, phase: Phase) -> list[str]:
    """That phase and the later ones: who heard of a later one is not told of an earlier one."""
    phases = list(Phase)
    return [of_phase(incident, one) for one in phases[phases.index(phase) :]]


def of_update(update_id: int) -> str:
    """What is told once: one update."""
    return f"update:{update_id}"


def of_learned(incident: Incident) -> str:
    """What is told once: what was learned."""
    return f"learned:{incident.id}"


def words(status: Status, report: Report, values: Mapping[str, str], replies: Mapping[str, CannedReply]) -> str:
    """What a change of status says to one reporter."""
    built_in = CannedReply(name=status, text=_WORDS[status])
    try:
        return render(replies.get(_NAMES.get(status, ""), built_in), values)
    except Unfilled:
        return render(built_in, {"reference": report.reference})
