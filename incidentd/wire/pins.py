"""Pinned moments of a timeline, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from incidentd.wire.base import Request, RowId


class Pin(Request, frozen=True):
    """`seq` is the entry's; not `pinned` takes the pin off."""

    seq: RowId
    pinned: bool = True
