"""Calendars of layers: read when their timer is due, the last good copy kept, and what is wrong with them told.

The timer marks a calendar as wanted in its transaction; a loop reads it outside of one, for a calendar may be far away
and slow. A read that fails changes no shift: the copy is expanded again, so that what recurs goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd.domain.display import safe_line
from incidentd.domain.duty_changes import ImportedShift
from incidentd.domain.imported_calendars import Names, problem
from incidentd.domain.people import Ical, Roster
from incidentd.services.calendar_reading import BadCalendar, Expanded, expand
from incidentd.services.escalation import Handler
from incidentd.storage import imported_shifts, timers
from incidentd.storage.imported_shifts import CalendarRow, Key
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

READ = "calendar.read"
AHEAD = timedelta(days=400)
"""So far ahead events are expanded; every read moves it on."""
MOST_BYTES = 2 * 2**20
_FAILED_AGAIN = timedelta(minutes=5)
Fetch = Callable[[str], Awaitable[bytes]]
"""Reads a URL or a path, `MOST_BYTES` at most. Raises `CannotFetch`."""


class CannotFetch(Exception):
    """The message says why, and what to do; never the URL, for who knows it may read the calendar."""


async def _nowhere(_place: str) -> bytes:
    raise CannotFetch("nothing is read in this process")


class CalendarImports:
    """`follow` after a start and a reload, `changed` hears when a layer may say something else."""

    def __init__(
        self, store: Store, roster: Callable[[], Roster], changed: Callable[[Tx], None], fetch: Fetch = _nowhere
    ) -> None:
        self._store = store
        self._roster = roster
        self._changed = changed
        self.fetch = fetch

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {READ: self._on_due}

    def follow(self, tx: Tx) -> None:
        """Know the calendars that the roster names, and read at once those that it names anew."""
        named = self._named()
        known = {one.key: one for one in imported_shifts.every(tx.conn)}
        imported_shifts.forget(tx, [key for key in known if key not in named])
        for key, ical in named.items():
            before = known.get(key)
            if before is None or before.place != _digest(ical):
                imported_shifts.add(tx, CalendarRow(schedule=key[0], layer=key[1], place=_digest(ical)))
            else:  # the people it names may be others now
                imported_shifts.change(tx, key, wanted=True)

    def _named(self) -> dict[Key, Ical]:
        return {
            (schedule.name, layer.name): layer.ical
            for schedule in self._roster().schedules.values()
            for layer in schedule.layers
            if layer.ical is not None
        }

    def _on_due(self, tx: Tx, timer: Timer) -> None:
        schedule, _, layer = timer.subject.removeprefix("layer:").partition("/")
        imported_shifts.change(tx, (schedule, layer), wanted=True)

    # ------------------------------------------------------------------ the loop
    async def work(self) -> float | None:
        """Read what is wanted."""
        for row in await self._store.read(imported_shifts.wanted):
            ical = self._named().get(row.key)
            if ical is not None and row.place == _digest(ical):
                await self._read(row, ical)
        return None

    async def _read(self, row: CalendarRow, ical: Ical) -> None:
        now, why, content, found = self._store.clock.now(), "", row.content, None
        try:
            content = _text(await self.fetch(ical.place))
            found = await self._expanded(row.key, ical, content, now)
        except (CannotFetch, BadCalendar) as error:
            why = str(error)
        if found is None and row.content:
            content = row.content
            found = await self._again(row.key, ical, content, now)
        await self._store.write(lambda tx: self._store_read(tx, row, ical, content, found, why))

    async def _again(self, key: Key, ical: Ical, content: str, now: datetime) -> Expanded | None:
        try:
            return await self._expanded(key, ical, content, now)
        except BadCalendar:  # it was good under another version of a library: what is stored holds on
            return None

    async def _expanded(self, key: Key, ical: Ical, content: str, now: datetime) -> Expanded:
        roster = self._roster()
        layer = next(one for one in roster.schedules[key[0]].layers if one.name == key[1])
        names, zone = Names(roster.people, ical.people), layer.rotation.zone
        return await asyncio.to_thread(expand, content, names, zone, now, now + AHEAD)

    def _store_read(self, tx: Tx, row: CalendarRow, ical: Ical, content: str, found: Expanded | None, why: str) -> None:
        values: dict[str, object] = {"tried_at": tx.now, "problem": why, "wanted": False}
        if not why:
            values |= {"content": content, "read_at": tx.now}
        if found is not None:
            schedule, layer = row.key
            shifts = [
                ImportedShift(
                    schedule=schedule, layer=layer, person=one.person, starts_at=one.starts_at, ends_at=one.ends_at
                )
                for one in found.shifts
            ]
            imported_shifts.replace(tx, row.key, shifts)
            values["unknown"] = found.unknown
        imported_shifts.change(tx, row.key, **values)
        subject = f"layer:{row.schedule}/{row.layer}"
        if why != row.problem:
            text = problem(*row.key, row.read_at, why) if why else "the calendar is read again"
            tx.emit("calendar.failed" if why else "calendar.read", subject, {"text": text})
        timers.arm(tx, READ, subject, tx.now + (min(ical.every, _FAILED_AGAIN) if why else ical.every))
        self._changed(tx)


def complaints(conn: Connection) -> list[tuple[str, str]]:
    """(schedule, text) of calendars that cannot be read, and of events that name nobody, with what to do."""
    found = []
    for row in imported_shifts.complained_of(conn):
        if row.problem:
            found.append((row.schedule, problem(*row.key, row.read_at, row.problem)))
        if row.unknown:
            texts = ", ".join(f'"{safe_line(one)}"' for one in row.unknown)
            where = f"the calendar of layer {row.layer} of schedule {row.schedule}"
            remedy = "add them to its ical_people in roster.toml"
            found.append((row.schedule, f"events of {where} name nobody in the roster: {texts}; {remedy}"))
    return found


def _digest(ical: Ical) -> str:
    return hashlib.sha256(ical.place.encode()).hexdigest()[:16]


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        raise BadCalendar("it is no UTF-8: export it again as iCalendar (.ics)") from None
