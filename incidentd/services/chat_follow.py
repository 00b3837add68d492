"""Follows the event log, and puts into the outbox what the chat of responders is to be told.

The place in the log is a row that moves in the transaction that writes the deliveries: each event counts once, on
however many nodes, and after a crash. What happened while there was no chat is not told later.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection

from incidentd.domain.chat import ChatSettings
from incidentd.domain.process import Process
from incidentd.services.chat_announcements import ANNOUNCED, KINDS, PREFIX
from incidentd.services.chat_rooms import FOLLOWED, ChatRooms
from incidentd.services.workers import Loop
from incidentd.storage import deliveries, event_log, meta, pages
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import Event

_CURSOR = "chat_seq"
_BATCH = 200
STALE = timedelta(hours=1)
"""What is older is not announced any more: the daemon was down, or the chat was switched off."""
_KINDS = KINDS | FOLLOWED
_OPENING = ("report.opened", "page.started")


class ChatFollower:
    """Sleeps where no chat is configured."""

    def __init__(self, store: Store, process: Callable[[], Process], rooms: ChatRooms) -> None:
        self._store = store
        self._rooms = rooms
        self._process = process
        self._seen = -1  # not known yet
        self.loop = Loop("chat", self._work)
        store.on_commit.append(self._on_commit)

    @property
    def _settings(self) -> ChatSettings:
        return self._process().chat

    def _on_commit(self, events: list[Event]) -> None:
        if self._settings.channel and any(one.kind in _KINDS for one in events):
            self.loop.wake()

    async def _work(self) -> float | None:
        if not self._settings.channel:
            return None
        return 0.0 if await self.round() else None

    async def round(self) -> bool:
        """Look once; True when there may be more to do."""
        if self._seen < 0:
            self._seen = await self._store.write(_begin)
        seen = self._seen
        found, last = await self._store.read(lambda conn: (event_log.after_of_kinds(conn, seen, _KINDS, 1),
                                                           event_log.last_seq(conn)))  # fmt: skip
        if not found:
            self._seen = last
            return False
        self._seen = await self._store.write(self._follow)
        return True

    def _follow(self, tx: Tx) -> int:
        """Take the next events; returns the place in the log after them."""
        place = _begin(tx)
        events = event_log.after_of_kinds(tx.conn, place, _KINDS, _BATCH)
        for event in events:
            if event.kind in FOLLOWED:
                self._rooms.follow(tx, event)
            if event.kind in KINDS:
                self._tell(tx, event)
        if events:
            place = events[-1].seq
            meta.put(tx, _CURSOR, str(place))
        return place

    def _tell(self, tx: Tx, event: Event) -> None:
        settings = self._settings
        place = settings.place(event.subject)
        fresh = event.kind in _OPENING and event.at > tx.now - STALE and not _of_drill(tx.conn, event.subject)
        about = PREFIX + event.subject
        if not place or not (fresh or deliveries.announced(tx.conn, about, settings.channel)):
            return
        if deliveries.waits_untried(tx.conn, about, settings.channel):  # it will say this too
            return
        reference = event.subject.replace("report:", "R-").replace("page:", "P-")
        message = Message(title=f"{reference} in the chat", body="", reason="", urgency="low")
        deliveries.add(
            tx,
            NewDelivery(
                page_id=None,
                person="",
                notifier=settings.channel,
                address=place,
                kind=ANNOUNCED,
                message=message,
                idempotency_key=uuid.uuid4().hex,
                due_at=tx.now,
                about=about,
            ),
        )


def _begin(tx: Tx) -> int:
    """The place in the log, locked; what happened before the first time is not told."""
    place = meta.get(tx, _CURSOR, lock=True)
    if place is None:
        place = str(event_log.last_seq(tx.conn))
        meta.put(tx, _CURSOR, place)
    return int(place)


def _of_drill(conn: Connection, subject: str) -> bool:
    """Of a drill only those who take part hear."""
    kind, _, number = subject.partition(":")
    page = pages.get(conn, int(number)) if kind == "page" else None
    return page is not None and page.drill_id is not None
