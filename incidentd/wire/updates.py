"""Updates of an incident before they are sent, and the long incident."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant, OptionalText, Request


class UpdateDraft(Frozen, frozen=True):
    """A text to begin with; `last_text` is what the audience was sent before ("" for nothing)."""

    text: str
    phase: str
    audience: str
    next_at: Instant | None
    last_text: str
    last_at: Instant | None


class CheckedUpdate(Frozen, frozen=True):
    """An update as it would be sent: nothing is sent yet. `warnings` never stand in the way."""

    text: str  # as its readers get it, with the time of the next word
    next_at: Instant | None
    warnings: tuple[str, ...]
    readers: tuple[str, ...] = ()  # who is written to; reporters are in the preview of `reporters/preview`


class RunLong(Request, frozen=True):
    """Whether it is run as a long incident: told of less often, with leads that are relieved."""

    on: bool
    reason: OptionalText = ""
