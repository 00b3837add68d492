"""The note that goes with a role when it is handed over, filled in from what the room knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from incidentd.domain.display import safe_line
from incidentd.wire import Incident, TimelineEntry, Update
from incidentd.wire.roles import RoleNote

_LATEST = 5
_LONGEST = 300
"""Characters of one line: the note is read by somebody who has no time."""
_SEEN = ("observation",)
_DONE = ("decision", "action")


def prefilled(
    incident: Incident,
    updates: Sequence[Update],
    entries: Sequence[TimelineEntry],
    to_do: Iterable[str] = (),
) -> RoleNote:
    """What whoever takes over would ask. `entries` is the timeline; `to_do` what the role's checklist still has."""
    seen = [one for one in entries if one.kind in _SEEN or (one.pinned and one.kind not in _DONE)]
    known = [f"{incident.severity} {incident.status.replace('_', ' ')}: {incident.title}", incident.summary]
    return RoleNote(
        known=_lines([*known, *_told(seen)]),
        tried=_lines(_told([one for one in entries if one.kind in _DONE])),
        promised=_lines([*_promises(incident, updates), *(f"to do: {one}" for one in to_do)]),
    )


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
