"""One act on many alerts, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire

Act = Literal["acknowledge", "hand_back", "resolve", "link", "unlink"]


class BulkAlerts(wire.Request, frozen=True):
    """`acknowledge` and `hand_back` are about the open pages of the alerts, the others about the alerts themselves."""

    act: Act
    alert_ids: Annotated[tuple[wire.RowId, ...], Meta(min_length=1, max_length=1000)]
    incident_id: wire.RowId | None = None  # of link and unlink
    note: wire.OptionalText = ""  # of acknowledge and hand_back
    until: wire.Instant | None = None  # of acknowledge: what still fires then is escalated on


class BulkItem(wire.Frozen, frozen=True):
    """What came of one alert: done, already (it was so before), or refused."""

    alert_id: int
    outcome: str
    detail: str  # why, "" when it was done


class BulkOutcome(wire.Frozen, frozen=True):
    """One item for each alert asked for, in their order; the objects stand as they are afterwards."""

    items: tuple[BulkItem, ...]
    alerts: tuple[wire.Alert, ...]
    pages: tuple[wire.Page, ...]
    incident: wire.Incident | None
