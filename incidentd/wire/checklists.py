"""The checklist of an incident: what each role sees to, and who has done it."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant, Request


class ChecklistItem(Frozen, frozen=True):
    id: str
    role: str
    text: str
    done_at: Instant | None
    done_by: str
    applies: bool  # to the incident as it stands; else it was ticked off while it did


class Checklist(Frozen, frozen=True):
    items: tuple[ChecklistItem, ...]
    done: int


class Tick(Request, frozen=True):
    """`done` false takes it back. Nothing happens when it is so already."""

    done: bool = True
