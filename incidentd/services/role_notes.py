"""What is handed over with a role, from what the room knows."""

from __future__ import annotations

import msgspec

from incidentd.domain.role_notes import prefilled
from incidentd.services.incident_views import Seen, detail, existing
from incidentd.services.timeline import timeline
from incidentd.wire import roles as wire_roles


def note_of(seen: Seen, incident_id: int, role: str) -> wire_roles.RoleNote:
    """What to hand over with a role. Raises `NotFound`."""
    shown = detail(seen, incident_id)
    return prefilled(shown, timeline(seen.conn, existing(seen.conn, incident_id)).entries, role)


def filled(seen: Seen, incident_id: int, role: str, given: wire_roles.HandOver) -> dict[str, str]:
    """The note that somebody gave, with what the room knows where they said nothing."""
    said = {part: text for part, text in msgspec.structs.asdict(given).items() if text is not None}
    return {**msgspec.structs.asdict(note_of(seen, incident_id, role)), **said}
