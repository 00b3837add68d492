"""Roles of an incident beyond who holds them: what is handed over with one, and paging for one."""

from __future__ import annotations

from incidentd.wire.base import Frozen, OptionalText, Request


class RoleNote(Frozen, frozen=True):
    """What whoever takes a role over has to know; "" where nothing is."""

    known: str
    tried: str
    promised: str  # what was promised to whom, and until when


class HandOver(Request, frozen=True):
    """The note that goes with a role. A part that is not given is filled in with what the room knows."""

    known: OptionalText | None = None
    tried: OptionalText | None = None
    promised: OptionalText | None = None


class PageRole(Request, frozen=True):
    """Page whoever holds a role, or those who may take it. `interruption` is wanted where that is project work."""

    note: OptionalText = ""
    interruption: str = ""
