"""Cursors of lists: opaque to the caller, the last row's id inside."""

from __future__ import annotations

from incidentd.services.errors import Invalid


def encode(last_id: int | None) -> str:
    """The cursor after a row; "" when the list is at its end."""
    return "" if last_id is None else f"i{last_id}"


def decode(cursor: str) -> int | None:
    """The row id in a cursor, None for the start. Raises `Invalid`."""
    if not cursor:
        return None
    if cursor[0] == "i" and cursor[1:].isascii() and cursor[1:].isdigit() and len(cursor) < 20:
        return int(cursor[1:])
    raise Invalid("this cursor is none of ours", field="cursor", remedy="pass next_cursor of the page before")
