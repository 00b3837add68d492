"""Calendar feeds: an address from which a calendar reads the shifts of a person, a schedule or a team.

That of a person has the reviews too to which they are invited.

The address holds a signed token; whoever has it may read these shifts and nothing else. A feed has a generation in the
store that is part of what is signed: revoking it counts on, and every address given before is void.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from incidentd.domain.duty_changes import Changes
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.people import Roster
from incidentd.services.calendar_text import Named, calendar
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.review_calendar import meeting_events
from incidentd.services.signing_keys import ADDRESSES, SigningKeys
from incidentd.storage import duty_changes
from incidentd.storage.schema import meta
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import duty as wire_duty

if TYPE_CHECKING:
    from icalendar import Event

PAST, AHEAD = timedelta(days=30), timedelta(days=180)
"""How far a feed reaches."""
_SIGNATURE = 20  # bytes of HMAC-SHA256: 160 bits
_KINDS = ("person", "schedule", "team")


class CalendarFeeds:
    """Implements `contracts.FeedCalls` and the ingress' `Calendars`."""

    def __init__(
        self,
        store: Store,
        roster: Callable[[], Roster],
        keys: SigningKeys,
        public_url: Callable[[], str],
        review_name: Callable[[], str],
    ) -> None:
        self._store = store
        self._roster = roster
        self._keys = keys
        self._public_url = public_url
        self._review_name = review_name

    async def url(self, kind: str, name: str) -> wire_duty.FeedUrl:
        """The address of a feed. Raises `NotFound`, `Invalid`."""
        self._check(kind, name)
        generation = await self._store.read(lambda conn: _generation(conn, kind, name))
        return self._address(kind, name, generation or 0)

    async def revoke(self, kind: str, name: str, actor: str) -> wire_duty.FeedUrl:
        """Another address; the ones given before are void. Raises `NotFound`, `Invalid`."""
        self._check(kind, name)

        def command(tx: Tx) -> int:
            known = _generation(tx.conn, kind, name)
            fresh = (known or 0) + 1
            key, value = _place(kind, name), str(fresh)
            if known is None:
                tx.conn.execute(insert(meta).values(name=key, value=value))
            else:
                tx.conn.execute(update(meta).where(meta.c.name == key).values(value=value))
            tx.emit("calendar.revoked", f"{kind}:{name}", {"text": f"the calendar feed of {kind} {name}"}, actor=actor)
            return fresh

        return self._address(kind, name, await self._store.write(command))

    async def read(self, token: str) -> bytes | None:
        """The calendar behind a token; None when it is not ours, was revoked, or is about what is gone."""
        roster, now = self._roster(), self._store.clock.now()
        found = self._about(token)
        if found is None:
            return None
        generation, kind, name = found
        if name not in _known(roster, kind):
            return None
        begin, end = now - PAST, now + AHEAD
        review_name = self._review_name()

        def look(conn: Connection) -> tuple[int, Changes, list[Event]]:
            meetings = meeting_events(conn, name, review_name, begin, end) if kind == "person" else []
            return _generation(conn, kind, name) or 0, duty_changes.between(conn, begin, end), meetings

        current, changes, meetings = await self._store.read(look)
        if generation != current:
            return None
        people = {"person": (name,), "team": roster.teams[name].members if kind == "team" else ()}.get(kind)
        shifts: list[Named] = [
            (schedule.name, shift)
            for schedule in roster.schedules.values()
            if kind != "schedule" or schedule.name == name
            for shift in final_schedule(schedule, changes, begin, end)
            if people is None or shift.person in people
        ]
        return calendar(f"On call: {name}", shifts, now, self._keys.installation, meetings)

    # ------------------------------------------------------------------ tokens
    def _address(self, kind: str, name: str, generation: int) -> wire_duty.FeedUrl:
        base = self._public_url().rstrip("/")
        if not base:
            raise Invalid(
                "the daemon knows no address at which it is reached from outside",
                field="kind",
                remedy="set public_url in [ingress] of incidentd.toml",
            )
        payload = f"{generation}.{kind}.{name}".encode()
        token = base64.urlsafe_b64encode(_sign(self._keys.key, payload) + payload).rstrip(b"=").decode()
        return wire_duty.FeedUrl(kind=kind, name=name, url=f"{base}/calendar/{token}")

    def _about(self, token: str) -> tuple[int, str, str] | None:
        """(generation, kind, name) of a token that was signed here."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        mac, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not any(hmac.compare_digest(mac, _sign(key, payload)) for key in self._keys.live(ADDRESSES)):
            return None
        generation, kind, name = payload.decode().split(".", 2)
        return int(generation), kind, name

    def _check(self, kind: str, name: str) -> None:
        if kind not in _KINDS:
            raise NotFound(f"there is no feed of a {kind}", field="kind", remedy=f"use {', '.join(_KINDS)}")
        if name not in _known(self._roster(), kind):
            raise NotFound(f"there is no {kind} {name!r}", field="name", remedy="see roster.toml")


def _sign(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, b"calendar\0" + payload, hashlib.sha256).digest()[:_SIGNATURE]


def _known(roster: Roster, kind: str) -> Iterator[str]:
    yield from {"person": roster.people, "schedule": roster.schedules, "team": roster.teams}[kind]


def _place(kind: str, name: str) -> str:
    return f"calendar:{kind}:{name}"


def _generation(conn: Connection, kind: str, name: str) -> int | None:
    value = conn.execute(select(meta.c.value).where(meta.c.name == _place(kind, name))).scalar_one_or_none()
    return None if value is None else int(value)
