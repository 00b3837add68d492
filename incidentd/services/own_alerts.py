"""Alerts about incidentd itself: what health says and is worth a page becomes an alert, routed like any other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from incidentd import wire
from incidentd.domain import own_paging
from incidentd.domain.own_paging import OwnPaging, Said
from incidentd.domain.signals import Signal
from incidentd.services.intake import Intake
from incidentd.services.source_watch import OWN_SOURCE
from incidentd.services.workers import Loop
from incidentd.storage import alerts as stored
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

_EVERY = timedelta(seconds=30)


class OwnAlerts:
    """`health` and `settings` are given by who knows them. An alert ends when its alarm is gone.

    What is about several nodes is one alert for all of them, for its key is the same everywhere.
    """

    def __init__(self, store: Store, intake: Intake, node: str) -> None:
        self._store = store
        self._intake = intake
        self._node = node
        self._since: Mapping[str, datetime] = {}
        self._begun: datetime | None = None
        self._next: datetime | None = None
        self.health: Callable[[], Awaitable[wire.Health]] | None = None
        self.settings: Callable[[], OwnPaging] = OwnPaging
        self.loop = Loop("own alerts", self.work)

    async def work(self) -> float | None:
        """Look every half minute."""
        now = self._store.clock.now()
        self._begun = self._begun or now
        if self.health is not None and (self._next is None or now >= self._next):
            self._next = now + _EVERY
            await self.look((await self.health()).alarms)
        return None

    async def look(self, alarms: Iterable[Said]) -> None:
        """Raise what has lasted for long enough, and end what is over."""
        now, settings = self._store.clock.now(), self.settings()
        wanted = own_paging.worth_a_page(alarms, settings)
        self._since = own_paging.first_seen(self._since, wanted, now)
        firing = await self._store.read(lambda conn: stored.firing_keys(conn, OWN_SOURCE, own_paging.PREFIX))
        mine = {code: own_paging.key_of(code, self._node).removeprefix(own_paging.PREFIX) for code in wanted}
        raised = [
            own_paging.signal(code, self._node, texts)
            for code, texts in wanted.items()
            if mine[code] not in firing and now - self._since[code] >= settings.after
        ]
        signals = [*raised, *self._over(firing, set(mine.values()), now, settings)]
        if signals:
            await self._store.write(lambda tx: self._keep(tx, signals))

    def _over(self, firing: set[str], standing: set[str], now: datetime, settings: OwnPaging) -> list[Signal]:
        """Those of this node that stand no longer. Just after a start not everything has been looked at yet."""
        if self._begun is None or now - self._begun < settings.after:
            return []
        codes = (own_paging.code_of(key) for key in firing - standing if self._is_ours(key))
        return [own_paging.signal(code, self._node, ()) for code in codes]

    def _is_ours(self, key: str) -> bool:
        return own_paging.key_of(own_paging.code_of(key), self._node) == own_paging.PREFIX + key

    def _keep(self, tx: Tx, signals: Sequence[Signal]) -> None:
        self._intake.keep(tx, OWN_SOURCE, signals)
