"""Drafts of a person on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from incidentd import wire


class Draft(wire.Frozen, frozen=True):
    key: str
    text: str
    saved_at: wire.Instant | None


class SaveDraft(wire.Request, frozen=True):
    text: wire.OptionalText
