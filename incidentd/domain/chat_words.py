"""What stands in the room of an incident: its name, its topic, and what is posted there. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.incidents import Incident
from incidentd.domain.timeline import line
from incidentd.domain.told import Told
from incidentd.wire import Event, RoleHolder, Update

_LONGEST_NAME = 60
_LONGEST_TOPIC = 250
_OTHER = re.compile(r"[^a-z0-9]+")
POSTED = frozenset({"incident.status", "incident.severity", "incident.role", "incident.update"})
"""The events that are posted in the room."""


def room_name(incident: Incident, number: int) -> str:
    """inc-7-checkout-fails; `number` counts the rooms of an incident from 1: the second is inc-7-2-checkout-fails."""
    again = f"-{number}" if number > 1 else ""
    words = _OTHER.sub("-", incident.title.lower()).strip("-")
    return f"inc-{incident.id}{again}-{words}"[:_LONGEST_NAME].rstrip("-")


def topic(incident: Incident) -> str:
    """How it stands, when the next word comes, and where to read on."""
    following = f"next update {_clock(incident.next_update_at)}" if incident.next_update_at else "no update promised"
    stands = f"{incident.severity}, {incident.status.replace('_', ' ')}; {following}"
    where = f"incidentctl incident show INC-{incident.id}"
    title = safe_line(incident.title, _LONGEST_TOPIC - len(stands) - len(where) - 8)
    return f"{stands}; {title}; {where}"


def greeting(incident: Incident, held: Sequence[RoleHolder], last: Update | None) -> str:
    """The first words in a room."""
    lines = [f"INC-{incident.id}, {incident.severity}, {incident.status}: {safe_line(incident.title, 250)}"]
    lines += [safe_text(incident.summary)[:1000]] if incident.summary else []
    lines += [f"{one.role.replace('_', ' ')}: {one.person}" for one in held]
    lines += [_told(last.phase, last.text, last.next_at)] if last is not None else []
    lines.append("Messages that are pinned here are kept in the timeline of the incident.")
    return "\n".join(lines)


def post_of(event: Event) -> str:
    """What is posted about an event; "" for nothing, such as an update that is not for everybody of ours."""
    if event.kind not in POSTED:
        return ""
    if event.kind == "incident.update":
        data: Mapping[str, Any] = event.data
        return _told(data["phase"], data["text"], data["next_at"]) if data["audience"] == "internal" else ""
    shown = line(Told(event, {}))
    said = shown.text if shown.text.startswith(event.actor) else f"{event.actor}: {shown.text}"
    return "\n".join(safe_text(part) for part in (said, shown.detail) if part)


def _told(phase: str, text: str, following: datetime | str | None) -> str:
    at = datetime.fromisoformat(following) if isinstance(following, str) else following
    end = f"\nNext update: {_clock(at)}" if at is not None else ""
    return f"Update, {phase}: {safe_text(text)}{end}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"
