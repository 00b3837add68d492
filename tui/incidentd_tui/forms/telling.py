"""Which reporters a change of their incident would tell: shown before it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import reports as wire_reports
from incidentd_tui import phrases

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

Values = dict[str, str]
_TOLD = ("active", "mitigated", "resolved", "false_alarm")
"""States whose coming reporters hear of."""


def of_update(tui: IncidentdApp, incident: wire.Incident) -> Callable[[Values], Awaitable[list[str]]]:
    """For the dialog of an update: those to customers reach every reporter."""

    async def preview(values: Values) -> list[str]:
        if values["audience"] != "customers":
            return []
        return await _ask(tui, incident, {"text": values["text"], "phase": values["phase"]})

    return preview


def of_status(tui: IncidentdApp, incident: wire.Incident) -> Callable[[Values], Awaitable[list[str]]]:
    """For the dialog of the state."""

    async def preview(values: Values) -> list[str]:
        return await _ask(tui, incident, {"status": values["to"]}) if values["to"] in _TOLD else []

    return preview


async def _ask(tui: IncidentdApp, incident: wire.Incident, change: dict[str, str]) -> list[str]:
    body = msgspec.convert({name: str(value) for name, value in change.items()}, wire_reports.PreviewBroadcast)
    try:
        found = await tui.acts.gateway.ask(tui.acts.client.preview_broadcast(incident.id, body))
        return [*told(found), *on_page(found)]
    except ClientError as error:
        return [tui.acts.reason("", error)]


def on_page(found: wire_reports.BroadcastPreview) -> list[str]:
    """Under which title a status page shows it."""
    return [f"on the status page: {found.page_title or 'under no title of its own'}"] if found.on_page else []


def told(found: wire_reports.BroadcastPreview) -> list[str]:
    """Who of those that reported is written to, a line each below the first."""
    fresh = [one for one in found.to if not one.told_before]
    if not fresh:
        return []
    head = f"{phrases.count(len(fresh), 'reporter')} told on the channel they used, once"
    return [head, *(f"  {one.reference}  {one.recipient} by {one.channel}" for one in fresh)]
