"""The note that goes with a role when it is handed over, filled in from what the room knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from incidentd.domain.attempts import attempt_text
from incidentd.domain.checklist_ticks import to_do
from incidentd.domain.display import safe_line
from incidentd.domain.impact import figure_text
from incidentd.wire import Incident, TimelineEntry, Update
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.roles import RoleNote

_LATEST = 5
_LONGEST = 300
"""Characters of one line: the note is read by somebody who has no time."""
_SEEN = ("observation",)
_DONE = ("decision", "action")


def prefilled(detail: IncidentDetail, entries: Sequence[TimelineEntry], role: str) -> RoleNote:
    """What whoever takes `role` over would ask. `entries` is the timeline."""
    incident = detail.incident
    seen = [one for one in entries if one.kind in _SEEN or (one.pinned and one.kind not in _DONE)]
    known = [f"{incident.severity} {incident.status.replace('_', ' ')}: {incident.title}", incident.summary]
    return RoleNote(
        known=_lines([*known, *_facts(detail), *_told(seen)]),
        tried=_lines([*_attempts(detail), *_told([one for one in entries if one.kind in _DONE])]),
        promised=_lines(
            [*_promises(incident, detail.updates), *(f"to do: {one}" for one in to_do(detail.checklist, role))]
        ),
    )


def _facts(detail: IncidentDetail) -> Iterator[str]:
    """The impact that is claimed, and what may be going on."""
    for claim in detail.claims:
        if claim.state in ("stands", "disputed"):
            disputed = ", disputed" if claim.state == "disputed" else ""
            yield f"impact: {figure_text(claim.figure)} {claim.affected} (says {claim.source}{disputed})"
    for theory in detail.theories:
        if theory.state != "ruled_out":
            yield f"theory: {theory.text} ({theory.state})"


def _attempts(detail: IncidentDetail) -> Iterator[str]:
    """What was done against it, and what came of it."""
    for one in detail.attempts[-_LATEST:]:
        yield f"{one.started_at:%H:%M} {attempt_text(one)}"


def _told(entries: Sequence[TimelineEntry]) -> list[str]:
    return [f"{one.observed_at:%H:%M} {one.text}" for one in entries[-_LATEST:]]


def _promises(incident: Incident, updates: Sequence[Update]) -> list[str]:
    """When the next word is due, and the last one to each audience."""
    found = []
    if incident.next_update_at is not None:
        found.append(f"the next update by {incident.next_update_at:%H:%M} UTC")
    last = {one.audience: one for one in updates}
    return found + [f"last told {one.audience} at {one.at:%H:%M} ({one.phase}): {one.text}" for one in last.values()]


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(safe_line(text, _LONGEST) for text in texts if text.strip())
