"""The version of an incident that a dialog was opened with, and how a change of it is taken back."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from incidentd import wire

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


class Seen:
    """The version a dialog was opened with; after a refusal the user saw the newer one."""

    def __init__(self, tui: IncidentdApp, incident: wire.Incident) -> None:
        self.tui = tui
        self.id = incident.id
        self.version = incident.version

    def current(self) -> wire.Incident:
        return self.tui.model.incidents[self.id]

    def outcome(self, reason: str) -> str:
        """`reason`, with what sending again does when somebody else was first."""
        newer = self.current().version
        if reason and newer != self.version:
            self.version = newer
            return f"{reason} Sending again puts yours on top."
        return reason


async def take(tui: IncidentdApp, incident_id: int, call: Awaitable[wire.Incident]) -> wire.Incident | None:
    """The answer of a change that takes another one back, shown at once; None after the reason was shown."""
    answer = await tui.acts.attempt(f"incident:{incident_id}", call)
    if answer is not None:
        tui.acts.take_incident(answer)
    return answer
