"""Presence: who is in which room, that of an incident or of a process retro.

It lives in memory only; the nodes of one PostgreSQL tell each other by NOTIFY.

Liveness is counted in seconds of the machine, not of the daemon's clock: the one of the demonstration runs faster.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from incidentd.domain.presence import GONE_SECONDS, Present, Sign, State, here
from incidentd.services.errors import Invalid
from incidentd.services.incident_contracts import Place
from incidentd.services.incident_views import existing
from incidentd.services.retro_views import existing_retro
from incidentd.storage.store import Store
from incidentd.wire import presence as wire_presence

TOPICS: Mapping[Place, str] = {"incident": "presence", "retro": "retro-presence"}
_EXISTS: Mapping[Place, Callable[[Connection, int], object]] = {"incident": existing, "retro": existing_retro}
_MOST = 500
"""Terminals in one room; more are not let in, so that memory stays bounded."""
_ROOMS = 1_000
"""Beyond so many those in which nobody is are forgotten; who waited there for a change is answered."""
log = structlog.get_logger("incidentd.presence")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one node tells the others; the topic says of which kind the room is. `state` "left" ends it."""

    room: int = msgspec.field(name="incident_id")  # as nodes of before say it
    person: str
    session: str
    state: str
    what: str
    since: datetime


class Room:
    """Who said what last, by person and terminal; `version` is new whenever somebody would see a difference."""

    def __init__(self, version: int) -> None:
        self.signs: dict[tuple[str, str], Sign] = {}
        self.shown: tuple[Present, ...] = ()
        self.version = version


class Presences:
    """Implements `contracts.PresenceCalls`. `ticks` are the seconds in which liveness is counted."""

    def __init__(self, store: Store, ticks: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._ticks = ticks
        self._rooms: dict[tuple[Place, int], Room] = {}
        # Never one that an earlier life of the daemon gave out: who waits for a change since then hears at once.
        self._version = int(store.clock.now().timestamp() * 1000)
        self._changed = asyncio.Event()
        self._closed = False
        for of, topic in TOPICS.items():
            store.on_heard[topic] = partial(self._heard, of)

    # ------------------------------------------------------------------ asked from outside
    async def say(
        self, room_id: int, body: wire_presence.BePresent, actor: str, of: Place = "incident"
    ) -> wire_presence.Presence:
        """Note that `actor` is there, or has left; who is there then. Raises `NotFound` and `Invalid`."""
        await self._store.read(lambda conn: _EXISTS[of](conn, room_id))
        known = self._room(of, room_id).signs
        if len(known) >= _MOST and (actor, body.session) not in known:
            raise Invalid(f"{_MOST} terminals show {of} {room_id} already", field="session")
        now = self._store.clock.now()
        said = Said(
            room=room_id,
            person=actor,
            session=body.session,
            state=body.state,
            what=body.what,
            since=now - timedelta(seconds=body.idle) if body.state == "away" else now,
        )
        self._take(of, said)
        await self._store.tell(TOPICS[of], msgspec.json.encode(said).decode())
        return self._view(of, room_id)

    async def who(
        self, room_id: int, after: int = 0, wait: float = 0.0, of: Place = "incident"
    ) -> wire_presence.Presence:
        """Who is there. While that is version `after`, the answer waits, at most `wait` seconds. Raises `NotFound`."""
        await self._store.read(lambda conn: _EXISTS[of](conn, room_id))
        give_up = self._ticks() + wait
        while True:
            changed = self._changed
            shown = self._view(of, room_id)
            left = give_up - self._ticks()
            if shown.version != after or left <= 0 or self._closed:
                return shown
            await self._pause(changed, min(left, self._next_end(of, room_id)))

    async def _pause(self, changed: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(changed.wait(), max(seconds, 0.01))
        except TimeoutError:
            return

    def close(self) -> None:
        """Answer everybody who waits."""
        self._closed = True
        self._changed.set()

    # ------------------------------------------------------------------ memory
    def _room(self, of: Place, room_id: int) -> Room:
        if (of, room_id) not in self._rooms and len(self._rooms) >= _ROOMS:
            now = self._ticks()
            self._rooms = {
                key: room for key, room in self._rooms.items() if any(sign.until > now for sign in room.signs.values())
            }
        return self._rooms.setdefault((of, room_id), Room(self._version))

    def _heard(self, of: Place, text: str) -> None:
        """What another node told; one of another release may say it otherwise."""
        try:
            self._take(of, msgspec.json.decode(text, type=Said))
        except (msgspec.DecodeError, ValueError) as error:
            log.warning("presence_not_understood", error=str(error))

    def _take(self, of: Place, said: Said) -> None:
        room = self._room(of, said.room)
        key = said.person, said.session
        before = room.signs.pop(key, None)
        if said.state != "left":
            state = State(said.state)
            same = before is not None and (before.state, before.what) == (state, said.what)
            room.signs[key] = Sign(
                person=said.person,
                session=said.session,
                state=state,
                what=said.what,
                since=before.since if same and before is not None else said.since,
                until=self._ticks() + GONE_SECONDS,
            )
        self._tidy(room)

    def _tidy(self, room: Room) -> None:
        """Forget who is gone; when others see a difference, who waits for one hears of it."""
        now = self._ticks()
        room.signs = {key: sign for key, sign in room.signs.items() if sign.until > now}
        shown = here(room.signs.values(), now)
        if shown != room.shown:
            self._version += 1
            room.shown, room.version = shown, self._version
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    def _view(self, of: Place, room_id: int) -> wire_presence.Presence:
        room = self._room(of, room_id)
        self._tidy(room)
        shown = tuple(
            wire_presence.Present(person=one.person, state=one.state, what=one.what, since=one.since)
            for one in room.shown
        )
        return wire_presence.Presence(here=shown, version=room.version)

    def _next_end(self, of: Place, room_id: int) -> float:
        """Seconds until the next of a room is gone, unless it speaks again."""
        ends = (sign.until for sign in self._room(of, room_id).signs.values())
        return min(ends, default=float("inf")) - self._ticks()
