"""Actions that become issues of a code forge."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd.wire.base import Frozen, Request
from incidentd.wire.review_records import Action


class ExportActions(Request, frozen=True):
    """By which channel; "" is the only one that opens issues."""

    channel: Annotated[str, Meta(max_length=100)] = ""


class ExportedActions(Frozen, frozen=True):
    """Those whose issues were asked for now; none where all have one already, or wait for it."""

    actions: tuple[Action, ...]
    channel: str
