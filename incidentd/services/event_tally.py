"""What this node committed since its start, counted from the events as they are committed, for the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd.services import page_times, promise_tally
from incidentd.services.page_times import PageTimes
from incidentd.services.promise_tally import PromiseTally
from incidentd.storage.store import Store
from incidentd.wire import Event

_OUTCOMES = {"delivery.sent": "sent", "delivery.failed": "failed", "delivery.retrying": "retried"}


class EventTally:
    """Hears every commit of this node. `settle` looks up in the store what the events alone do not say."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.events: Counter[str] = Counter()  # by kind
        self.deliveries: Counter[tuple[str, str]] = Counter()  # by notifier and outcome
        self.interruptions: Counter[str] = Counter()  # by reason
        self.pages = PageTimes()
        self.promises = PromiseTally()

    async def start(self) -> None:
        """Listen from now on; alone with the store, take up what was promised before."""
        if self._store.engine == "sqlite":  # nobody else writes, so nobody else follows it
            now = self._store.clock.now()
            self.promises.seed(await self._store.read(lambda conn: promise_tally.unfinished(conn, now)))
        self._store.on_commit.append(self._heard)

    def _heard(self, events: Sequence[Event]) -> None:
        for event in events:
            self.events[event.kind] += 1
            if event.kind in page_times.KINDS:
                self.pages.heard(event)
            if event.kind in promise_tally.KINDS:
                self.promises.heard(event)
            if outcome := _OUTCOMES.get(event.kind):
                self.deliveries[str(event.data.get("notifier", "")), outcome] += 1
            elif event.kind == "interruption.recorded":
                self.interruptions[str(event.data.get("reason", ""))] += 1

    async def settle(self) -> None:
        """Judge what was heard since the last time. After a failure the same waits for the next time."""
        now, waiting = self._store.clock.now(), self.pages.taken()
        asked = self.promises.asked(now)
        if not (waiting or asked):
            return

        def read(conn: Connection) -> tuple[page_times.Durations, promise_tally.Judged]:
            return page_times.look(conn, waiting), promise_tally.look(conn, asked, now)

        try:
            durations, judged = await self._store.read(read)
        except BaseException:
            self.pages.put_back(waiting)
            self.promises.put_back(asked)
            raise
        self.pages.count(durations)
        self.promises.count(asked, judged)
