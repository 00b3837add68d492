"""The schedules as plugins may ask them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.display import safe_line
from incidentd.domain.final_schedule import holder_at
from incidentd.domain.people import Roster
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.decoding import storable
from incidentd.plugin.duty import OnDuty
from incidentd.services.interruptions import interrupted_by_call
from incidentd.storage import duty_changes
from incidentd.storage.store import Store, StoreClosed

_LONGEST = 200


class LentDuty:
    """Implements the plugin API's `DutyBook`."""

    def __init__(self, store: Callable[[], Store], roster: Callable[[], Roster], instance: str) -> None:
        self._store = store
        self._roster = roster
        self._instance = instance

    async def on_call(self, schedule: str) -> OnDuty | None:
        """Whoever carries the pager now, overrides, swaps and absences included. Raises `StoreUnavailable`."""
        roster, now = self._roster(), self._store().clock.now()
        wanted = roster.schedules.get(schedule)
        if wanted is None:
            return None
        try:
            changes = await self._store().read(lambda conn: duty_changes.at(conn, now))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the store cannot be read") from error
        shift = holder_at(wanted, changes, now)
        person = roster.people.get(shift.person) if shift is not None else None
        if person is None:
            return None
        addresses = tuple(one.address for one in person.contacts_for("high") if one.address)
        return OnDuty(person=person.handle, name=person.name, addresses=addresses)

    async def put_through(self, person: str, *, once: str, note: str = "") -> None:
        """Record that a call pulled `person` out of project work, if it did. Raises `StoreUnavailable`."""
        subject = f"call:{storable(once)[:_LONGEST]}"
        told = safe_line(note, _LONGEST)
        try:
            await self._store().write(lambda tx: interrupted_by_call(tx, subject, person, told, self._instance))
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("the call could not be recorded") from error
