"""The rooms of incidents in a chat, and which of their messages were kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from incidentd.storage.schema_chat import chat_kept, chat_rooms
from incidentd.storage.tx import Tx
from incidentd.wire.chat import ChatRoom

LIVE = ("opening", "open", "archiving")
"""States of a room that is there, or is being made."""


class RoomRow(msgspec.Struct, frozen=True, kw_only=True):
    """One room as stored."""

    id: int
    incident_id: int
    instance: str
    name: str
    state: str
    vendor_id: str
    url: str
    error: str
    opened_by: str
    opened_at: datetime
    archived_at: datetime | None


def _row(found: Row[Any]) -> RoomRow:
    return RoomRow(**{name: getattr(found, name) for name in RoomRow.__struct_fields__})


def add(tx: Tx, incident_id: int, instance: str, name: str, by: str) -> RoomRow:
    """A room that is being opened."""
    values = {
        "incident_id": incident_id, "instance": instance, "name": name, "state": "opening", "vendor_id": "", "url": "",
        "error": "", "opened_by": by, "opened_at": tx.now,
    }  # fmt: skip
    return _row(tx.conn.execute(insert(chat_rooms).values(**values).returning(chat_rooms)).one())


def change(tx: Tx, room: RoomRow, **values: Any) -> RoomRow:
    """Store new values."""
    tx.conn.execute(update(chat_rooms).where(chat_rooms.c.id == room.id).values(**values))
    return msgspec.structs.replace(room, **values)


def latest(conn: Connection, incident_id: int, *, lock: bool = False) -> RoomRow | None:
    """The newest room of an incident."""
    query = select(chat_rooms).where(chat_rooms.c.incident_id == incident_id).order_by(chat_rooms.c.id.desc()).limit(1)
    found = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if found is None else _row(found)


def count(conn: Connection, incident_id: int) -> int:
    """How many rooms an incident has had."""
    return len(conn.execute(select(chat_rooms.c.id).where(chat_rooms.c.incident_id == incident_id)).all())


def at_vendor(conn: Connection, instance: str, vendor_id: str) -> RoomRow | None:
    """The room with the vendor's id."""
    mine = (chat_rooms.c.instance == instance) & (chat_rooms.c.vendor_id == vendor_id) & (chat_rooms.c.vendor_id != "")
    found = conn.execute(select(chat_rooms).where(mine).order_by(chat_rooms.c.id.desc()).limit(1)).one_or_none()
    return None if found is None else _row(found)


def open_at_vendor(conn: Connection, instance: str) -> Sequence[str]:
    """The vendor's ids of the rooms that are open."""
    mine = (chat_rooms.c.instance == instance) & (chat_rooms.c.state == "open")
    return list(conn.execute(select(chat_rooms.c.vendor_id).where(mine).order_by(chat_rooms.c.id)).scalars())


def keep(tx: Tx, instance: str, message: str, incident_id: int) -> bool:
    """Remember a message; False when it was kept before."""
    mine = (chat_kept.c.instance == instance) & (chat_kept.c.message == message)
    if tx.conn.execute(select(chat_kept.c.message).where(mine)).first() is not None:
        return False
    tx.conn.execute(insert(chat_kept).values(instance=instance, message=message, incident_id=incident_id))
    return True


def view(room: RoomRow) -> ChatRoom:
    """A room as callers see it."""
    same = {name: getattr(room, name) for name in ChatRoom.__struct_fields__ if name != "channel"}
    return ChatRoom(**same, channel=room.instance)


def shown(conn: Connection, incident_id: int) -> ChatRoom | None:
    """The newest room of an incident as callers see it, None when it never had one."""
    found = latest(conn, incident_id)
    return None if found is None else view(found)
