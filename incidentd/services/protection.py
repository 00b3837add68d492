"""How well project work is protected, measured from the event log; nothing is kept but the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import msgspec

from incidentd.domain.people import Roster
from incidentd.domain.protection import DEFINITIONS, Members, Week, islands, measure, week_bounds
from incidentd.domain.protection_log import Log, read
from incidentd.domain.wall_clock import wall
from incidentd.services.modes import check_team
from incidentd.services.public_holidays import public_holidays
from incidentd.storage import interruptions
from incidentd.storage.store import Store
from incidentd.wire import protection as wire_protection

_INSTANT = timedelta(microseconds=1)  # what happens at this instant counts


class Protection:
    """Implements `contracts.ProtectionCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self._store = store
        self._roster = roster

    async def measure(self, team: str, weeks: int) -> wire_protection.Protection:
        """The figures of a team for the last weeks, this one until now among them. Raises `NotFound`."""
        roster, now = self._roster(), self._store.clock.now()
        check_team(roster, team)
        people = {one: roster.people[one] for one in roster.teams[team].members}
        zone = next(iter(people.values())).zone if people else "UTC"
        bounds, until = week_bounds(now, weeks, zone), now + _INSTANT
        events = await self._store.read(lambda conn: interruptions.measured(conn, bounds[0], until))
        practice = await self._store.read(lambda conn: interruptions.practice_pages(conn, bounds[0]))
        holidays = await asyncio.to_thread(public_holidays, people, bounds[0], now)
        members = Members(people, {handle: frozenset(days) for handle, days in holidays.items()})
        spans = [(low, min(high, until)) for low, high in pairwise(bounds)]

        def figures() -> tuple[Log, list[Week]]:
            log = read(events, practice)
            return log, [measure(log, members, low, high) for low, high in [*spans, (bounds[0], until)]]

        log, (*each, whole) = await asyncio.to_thread(figures)
        return wire_protection.Protection(
            team=team,
            at=now,
            starts_at=bounds[0],
            weeks=tuple(_week(one, zone) for one in each),
            whole=_week(whole, zone),
            islands=tuple(
                wire_protection.Island(service=one.service, count=one.count, text=one.text)
                for one in islands([one for one in log.interruptions if one.at >= bounds[0]], people)
            ),
            definitions=DEFINITIONS,
        )


def _week(one: Week, zone: str) -> wire_protection.ProtectedWeek:
    values = msgspec.structs.asdict(one) | {"day": wall(one.starts_at, zone).date()}
    return wire_protection.ProtectedWeek(**values, leak_free=one.leak_free, absorption=one.absorption)
