"""Who can be reached now: the rule of `domain.reachability` over what is stored and how the notifiers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.duty_warnings import gap_problems, warnings
from incidentd.domain.final_schedule import HORIZON, WEEK
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import Roster
from incidentd.domain.reachability import Known, NotifierState, Reachability, duty_problems, judge, on_duty
from incidentd.services.calendar_imports import complaints
from incidentd.storage import contacts, duty_changes
from incidentd.storage.store import Store


class ReachabilityView:
    """`state_of` tells how a notifier instance is."""

    def __init__(self, store: Store, roster: Callable[[], Roster], state_of: Callable[[str], NotifierState]) -> None:
        self._store = store
        self._roster = roster
        self._state_of = state_of

    async def everybody(self) -> Mapping[str, Reachability]:
        """Each person of the roster, by handle."""
        return await self._store.read(lambda conn: self._judged(conn, self._store.clock.now()))

    def _judged(self, conn: Connection, now: datetime) -> dict[str, Reachability]:
        stored = contacts.everything(conn)
        judged = {}
        for handle, person in self._roster().people.items():
            known = {
                (notifier, address): Known(failures=row.failures, last_error=row.last_error, proven_at=row.proven_at)
                for (whose, notifier, address), row in stored.items()
                if whose == handle
            }
            judged[handle] = judge(person, self._state_of, known, now)
        return judged

    async def problems(self) -> list[OwnAlarm]:
        """Those who carry a pager now or next and cannot be reached, the gaps and overlaps of the coming
        week, and calendars that cannot be read."""
        now = self._store.clock.now()
        changes, calendars = await self._store.read(
            lambda conn: (duty_changes.between(conn, now, now + HORIZON), complaints(conn))
        )
        duties = on_duty(self._roster(), now, changes)
        found = warnings(self._roster(), changes, now, now + WEEK)
        unreachable = duty_problems(duties, await self.everybody())
        return [
            *alarms("person-unreachable", unreachable),
            *gap_problems(self._roster(), found, now),
            *alarms("duty-calendar", (text for _, text in calendars)),
        ]
