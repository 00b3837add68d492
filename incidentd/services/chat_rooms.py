"""The room of an incident in the chat: opened once, told what happens, archived at the end.

Everything that is done at the vendor is a delivery, in the order of the incident. What follows from one that went out
is written in the transaction that settles it; one that never will is said in the timeline, and harms nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from incidentd.domain.chat import ChatSettings
from incidentd.domain.chat_words import greeting, post_of, room_name
from incidentd.domain.incidents import ENDED, RESPONDING, Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.roles import current
from incidentd.plugin.chat import RoomAct
from incidentd.plugin.values import Receipt
from incidentd.services.chat_announcements import PREFIX, incident_of_page
from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.services.escalation import Handler
from incidentd.services.incident_views import existing
from incidentd.storage import chat_rooms, deliveries, incidents, pages, timers
from incidentd.storage.chat_rooms import LIVE, RoomRow, view
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import Event
from incidentd.wire import chat as wire_chat

ROOM = "room_"
"""How the kinds of deliveries begin that do something with a room."""
ARCHIVE_DUE = "chat.archive"
FOLLOWED = frozenset(
    {"incident.declared", "incident.status", "incident.severity", "incident.role", "incident.update",
     "incident.edited", "page.step"}
)  # fmt: skip
_OVER = ENDED | {Status.RESOLVED}
_STALE = timedelta(hours=1)


class ChatRooms:
    """Implements `contracts.ChatCalls`; `follow` hears of each event, `arrived` and `failed` of each delivery."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    @property
    def _settings(self) -> ChatSettings:
        return self._process().chat

    def handlers(self) -> Mapping[str, Handler]:
        """What the timers of rooms do."""
        return {ARCHIVE_DUE: self._on_archive_due}

    # ------------------------------------------------------------------ by hand
    async def open(self, incident_id: int, actor: str) -> wire_chat.ChatRoom:
        """Open the room of an incident. Raises `NotFound`, `Conflict` when there is one, `Refused` without a chat."""

        def command(tx: Tx) -> wire_chat.ChatRoom:
            incident = existing(tx.conn, incident_id, lock=True)
            if not self._settings.channel:
                raise Refused("no chat is configured", remedy="name a channel in [chat] of process.toml")
            room = chat_rooms.latest(tx.conn, incident_id, lock=True)
            if room is not None and room.state in LIVE:
                where = room.url or room.name
                raise Conflict(f"INC-{incident_id} has a room already: {where}", current=view(room))
            return view(self._open(tx, incident, actor))

        return await self._store.write(command)

    async def archive(self, incident_id: int, actor: str) -> wire_chat.ChatRoom:
        """Archive the room of an incident. Raises `NotFound`, and `Conflict` when it is not open."""

        def command(tx: Tx) -> wire_chat.ChatRoom:
            incident = existing(tx.conn, incident_id, lock=True)
            room = chat_rooms.latest(tx.conn, incident_id, lock=True)
            if room is None:
                raise NotFound(f"INC-{incident_id} has no room in a chat")
            if room.state != "open":
                raise Conflict(f"the room of INC-{incident_id} is {room.state}", current=view(room))
            return view(self._archive(tx, incident, room, actor))

        return await self._store.write(command)

    def _open(self, tx: Tx, incident: Incident, by: str) -> RoomRow:
        number = chat_rooms.count(tx.conn, incident.id) + 1
        name = room_name(incident, number)
        room = chat_rooms.add(tx, incident.id, self._settings.channel, name, by)
        _order(tx, incident, room, RoomAct.OPEN, name)
        return room

    def _archive(self, tx: Tx, incident: Incident, room: RoomRow, by: str) -> RoomRow:
        timers.cancel(tx, ARCHIVE_DUE, incident.subject)
        _order(tx, incident, room, RoomAct.ARCHIVE, by)
        return chat_rooms.change(tx, room, state="archiving")

    def _on_archive_due(self, tx: Tx, timer: Timer) -> None:
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        room = chat_rooms.latest(tx.conn, timer.subject_id, lock=True)
        if incident is not None and room is not None and room.state == "open" and incident.status not in RESPONDING:
            self._archive(tx, incident, room, SYSTEM)

    # ------------------------------------------------------------------ by itself
    def follow(self, tx: Tx, event: Event) -> None:
        """Something happened to an incident, or to a page of one."""
        kind, _, number = event.subject.partition(":")
        if kind == "page":
            self._paged(tx, event)
            return
        incident = incidents.get(tx.conn, int(number))
        if incident is None:
            return
        room = chat_rooms.latest(tx.conn, incident.id, lock=True)
        if room is None:
            self._wanted(tx, incident, event)
        elif room.state == "open" and room.instance == self._settings.channel:
            self._happened(tx, incident, room, event)

    def _wanted(self, tx: Tx, incident: Incident, event: Event) -> None:
        """A room for what is declared to be severe enough, or becomes so while people respond."""
        new = event.kind in ("incident.declared", "incident.severity") and event.at > tx.now - _STALE
        responding = incident.status in RESPONDING or incident.status is Status.SUSPECTED
        if new and responding and incident.severity in self._settings.rooms and incident.drill_id is None:
            self._open(tx, incident, SYSTEM)

    def _happened(self, tx: Tx, incident: Incident, room: RoomRow, event: Event) -> None:
        if event.kind == "incident.role" and (person := event.data["person"]):
            self._invite(tx, incident, room, [str(person)])
        if post := post_of(event):
            _order(tx, incident, room, RoomAct.POST, post)
        if event.kind != "incident.role":
            _order(tx, incident, room, RoomAct.TOPIC, "")
        if event.kind == "incident.status":
            self._arm(tx, incident)

    def _arm(self, tx: Tx, incident: Incident) -> None:
        after = self._settings.archive_after
        if incident.status not in _OVER and incident.status in RESPONDING:
            timers.cancel(tx, ARCHIVE_DUE, incident.subject)
        elif incident.status in _OVER and after is not None:
            timers.arm_no_later(tx, ARCHIVE_DUE, incident.subject, tx.now + after)

    def _paged(self, tx: Tx, event: Event) -> None:
        """Whoever is paged for an incident that has a room is invited."""
        page = pages.get(tx.conn, int(event.subject.partition(":")[2]))
        number = incident_of_page(tx.conn, page) if page is not None and page.drill_id is None else None
        incident = incidents.get(tx.conn, number) if number is not None else None
        room = chat_rooms.latest(tx.conn, incident.id) if incident is not None else None
        if incident is not None and room is not None and room.state == "open":
            data: Mapping[str, Any] = event.data
            self._invite(tx, incident, room, [one["person"] for one in data.get("by", ())])

    def _invite(self, tx: Tx, incident: Incident, room: RoomRow, people: Iterable[str]) -> None:
        known = self._roster().people
        accounts = [known[one].accounts.get(room.instance, "") for one in people if one in known]
        if found := " ".join(dict.fromkeys(filter(None, accounts))):
            _order(tx, incident, room, RoomAct.INVITE, found)

    # ------------------------------------------------------------------ what came of it
    def arrived(self, tx: Tx, row: DeliveryRow, receipt: Receipt) -> None:
        """A delivery to the chat went out."""
        if not row.kind.startswith(ROOM):
            return
        incident, room = _of(tx, row)
        if incident is None or room is None:
            return
        act = RoomAct(row.kind.removeprefix(ROOM))
        if act is RoomAct.OPEN:
            room = chat_rooms.change(
                tx, room, state="open", vendor_id=receipt.vendor_id, url=receipt.url[:500], error=""
            )
            told = {"channel": room.instance, "name": room.name, "url": room.url}
            tx.emit("incident.chat_opened", incident.subject, told, actor=room.opened_by)
            self._greet(tx, incident, room)
        elif act is RoomAct.ARCHIVE:
            chat_rooms.change(tx, room, state="archived", archived_at=tx.now)
            told = {"channel": room.instance, "name": room.name}
            tx.emit("incident.chat_archived", incident.subject, told, actor=row.message.body or SYSTEM)
        elif room.error:
            chat_rooms.change(tx, room, error="")

    def failed(self, tx: Tx, row: DeliveryRow, error: str) -> None:
        """A delivery to the chat never will."""
        incident, room = _of(tx, row)
        if incident is None or room is None:
            return
        act = RoomAct(row.kind.removeprefix(ROOM))
        state = {RoomAct.OPEN: "failed", RoomAct.ARCHIVE: "open"}.get(act, room.state)
        chat_rooms.change(tx, room, state=state, error=error)
        told = {"channel": room.instance, "name": room.name, "act": act, "error": error}
        tx.emit("incident.chat_failed", incident.subject, told)

    def _greet(self, tx: Tx, incident: Incident, room: RoomRow) -> None:
        """What a new room begins with: how it stands, and everybody who has a part in it."""
        held = current(incidents.roles(tx.conn, [incident.id])[incident.id])
        paged = deliveries.people_by_page(tx.conn, incidents.page_ids_of(tx.conn, [incident])[incident.id])
        internal = [one for one in incidents.updates(tx.conn, [incident.id])[incident.id] if one.audience == "internal"]
        self._invite(
            tx, incident, room, [*(one.person for one in held), *(one for some in paged.values() for one in some)]
        )
        _order(tx, incident, room, RoomAct.TOPIC, "")
        _order(tx, incident, room, RoomAct.POST, greeting(incident, held, internal[-1] if internal else None))
        self._arm(tx, incident)


def _of(tx: Tx, row: DeliveryRow) -> tuple[Incident | None, RoomRow | None]:
    number = int(row.about.rpartition(":")[2])
    return incidents.get(tx.conn, number), chat_rooms.latest(tx.conn, number, lock=True)


def _order(tx: Tx, incident: Incident, room: RoomRow, act: RoomAct, text: str) -> None:
    """Put something to do with a room into the outbox. `text` is what it is done with."""
    message = Message(title=f"{act} the room of INC-{incident.id}", body=text, reason="", urgency="low")
    deliveries.add(
        tx,
        NewDelivery(
            page_id=None,
            person="",
            notifier=room.instance,
            address=room.vendor_id,
            kind=ROOM + act,
            message=message,
            idempotency_key=uuid.uuid4().hex,
            due_at=tx.now,
            about=PREFIX + incident.subject,
        ),
    )
